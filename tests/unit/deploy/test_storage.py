"""The results bucket and the queue: closed, encrypted, and emptied in time."""

from __future__ import annotations

from tests.support.batches.template import (
    FUNCTIONS,
    RESOURCES,
    of_type,
    properties,
)


def test_the_results_bucket_is_private_and_encrypted() -> None:
    bucket = properties("ResultsBucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rules == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]


def test_the_results_bucket_refuses_plain_http() -> None:
    (statement,) = properties("ResultsBucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_is_kept_or_removed_with_the_stack_is_said() -> None:
    """Results outlive the stack, but not a creation that failed; the rest has nothing worth keeping."""
    bucket = RESOURCES["ResultsBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    for kind in ("AWS::SQS::Queue", "AWS::Logs::LogGroup"):
        for name in of_type(kind):
            assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Delete"


def test_results_are_removed_but_the_key_of_batch_ids_is_not() -> None:
    rules = {rule["Id"]: rule for rule in properties("ResultsBucket")["LifecycleConfiguration"]["Rules"]}
    assert rules["batches"]["Prefix"] == "batches/"
    purge = {"Fn::FindInMap": ["ExpireDaysToPurgeDays", {"Ref": "ExpireDays"}, "PurgeDays"]}
    assert rules["batches"]["ExpirationInDays"] == purge
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    expiring = {rule["Prefix"] for rule in rules.values() if "ExpirationInDays" in rule}
    assert expiring == {
        *("batches/", "images/", "active/", "names/", "answers/", "usage/accounts/"),
        *("mail/links/", "mail/held/", "mail/asked/"),
    }
    assert rules["mail-links"]["ExpirationInDays"] == rules["mail-held"]["ExpirationInDays"] == purge


def test_the_queue_waits_six_worker_timeouts_and_gives_up_after_five() -> None:
    queue = properties("TaskQueue")
    column = ["WorkerTimeoutToVisibility", {"Ref": "WorkerTimeout"}, "VisibilitySeconds"]
    assert queue["VisibilityTimeout"] == {"Fn::FindInMap": column}
    assert FUNCTIONS["WorkerFunction"]["Timeout"] == {"Ref": "WorkerTimeout"}
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_one_message_at_a_time_reported_one_by_one() -> None:
    (source,) = FUNCTIONS["WorkerFunction"]["Events"].values()
    assert source["Properties"]["BatchSize"] == 1
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
