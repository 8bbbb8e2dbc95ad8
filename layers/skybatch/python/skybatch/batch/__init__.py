"""The life of one batch: plan, tasks, outcomes, package, message."""
