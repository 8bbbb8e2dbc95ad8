"""From a parsed request to a started execution: quotas, ids, resubmission, cancellation."""
