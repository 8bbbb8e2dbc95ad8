"""The two buckets that must exist before a deployment: the archive's, and the one for code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skybatch.deployment.aws_calls import Clients, refusal
from skybatch.deployment.findings import Finding, error, ok, skipped, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

# As for the results (template.yaml): what a browser that follows a redirect to the bucket needs.
CORS_METHODS = {"GET", "HEAD"}
CORS_EXPOSED = {"accept-ranges", "content-disposition", "content-length", "content-range", "etag"}
# Classes of storage that must be restored before they can be read.
FROZEN_CLASSES = {"GLACIER", "DEEP_ARCHIVE"}
SAMPLE_KEYS = 50
ARCHIVE_CORS = "put-bucket-cors as docs/operations.md has it, with the origin *"


def check_code_bucket(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Lambda takes code from a bucket of its own region alone."""
    found = _head(clients, stack.code_bucket)
    if isinstance(found, str):
        yield error("code-bucket", f"{stack.code_bucket}: {found}", f"aws s3 mb s3://{stack.code_bucket}")
    elif found["region"] not in ("", stack.region):
        yield error(
            "code-bucket",
            f"{stack.code_bucket} is in {found['region']}, and Lambda takes code of its own region alone",
            f"a bucket in {stack.region}",
        )
    else:
        yield ok("code-bucket", stack.code_bucket)


def check_archive_bucket(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Look at the archive's bucket as the functions will: region, payer, key, owner, listing, CORS."""
    found = _head(clients, stack.archive)
    if isinstance(found, str):
        yield error(
            "archive-bucket",
            f"{stack.archive}: {found}",
            "create and fill it, or correct its name",
        )
        return
    yield from _archive_region(stack, found["region"])
    yield from _archive_owner(stack, clients)
    yield from _archive_payer(stack, clients)
    yield from _archive_encryption(stack, clients)
    yield from _archive_cors(stack, clients)
    yield from _archive_objects(stack, clients)


def _head(clients: Clients, bucket: str) -> dict[str, str] | str:
    """Return the bucket's region, or why it cannot be seen."""
    answer, code = refusal(lambda: clients("s3").head_bucket(Bucket=bucket))
    if code in ("404", "NoSuchBucket"):
        return "there is no such bucket"
    if code:
        return "these credentials may not see it" if code == "403" else f"HeadBucket answers {code}"
    headers = answer["ResponseMetadata"].get("HTTPHeaders", {})
    return {"region": str(answer.get("BucketRegion") or headers.get("x-amz-bucket-region") or "")}


def _archive_region(stack: PlannedStack, region: str) -> Iterator[Finding]:
    if region in ("", stack.region):
        yield ok("archive-region", f"{stack.archive} is in {region or stack.region}")
        return
    yield error(
        "archive-region",
        f"{stack.archive} is in {region}: functions in {stack.region} would not find it, and bytes that "
        "cross regions are paid for",
        f"deploy in {region}: AWS_REGION={region}",
    )


def _archive_owner(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    account = clients("sts").get_caller_identity()["Account"]
    _, code = refusal(lambda: clients("s3").head_bucket(Bucket=stack.archive, ExpectedBucketOwner=account))
    if code:
        yield warning(
            "archive-owner",
            f"{stack.archive} belongs to another account than {account}",
            f"its policy must allow s3:GetObject and s3:ListBucket to account {account}",
        )


def _archive_payer(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    answer, code = refusal(lambda: clients("s3").get_bucket_request_payment(Bucket=stack.archive))
    if code:
        yield _unchecked("archive-payer", "GetBucketRequestPayment", code)
    elif answer.get("Payer") != "Requester":
        yield ok("archive-payer", "the bucket's owner pays")
    elif stack.requester_pays:
        yield ok("archive-payer", "the requester pays, and the service will say so")
    else:
        yield error(
            "archive-payer",
            f"{stack.archive} lets the requester pay, which the service will not say it does",
            "ArchiveRequesterPays=true",
        )


def _archive_encryption(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    answer, code = refusal(lambda: clients("s3").get_bucket_encryption(Bucket=stack.archive))
    if code == "ServerSideEncryptionConfigurationNotFoundError":
        return
    if code:
        yield _unchecked("archive-encryption", "GetEncryptionConfiguration", code)
        return
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    kinds = {rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "") for rule in rules}
    if any(kind.startswith("aws:kms") for kind in kinds):
        yield _encrypted(stack, f"new objects of {stack.archive} are encrypted by a KMS key", _key(rules))
    else:
        yield ok("archive-encryption", "by S3 itself")


def _key(rules: list[dict[str, Any]]) -> str:
    keys = (rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "") for rule in rules)
    return next((str(key) for key in keys if key), "")


def _encrypted(stack: PlannedStack, fact: str, key: str) -> Finding:
    """Compare a key, by its ARN or its last part, with the one that the functions may use."""
    usable = stack.parameter("ArchiveKmsKeyArn")
    if usable and key.rpartition("/")[2] in ("", usable.rpartition("/")[2]):
        return ok("archive-encryption", f"{fact}, which the functions may use: {usable}")
    named = f" ({key})" if key else ""
    return error(
        "archive-encryption",
        f"{fact}{named}, which no function may use",
        "ArchiveKmsKeyArn with the key's ARN, or SSE-S3 for the archive",
    )


def _archive_cors(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    answer, code = refusal(lambda: clients("s3").get_bucket_cors(Bucket=stack.archive))
    if code and code != "NoSuchCORSConfiguration":
        yield _unchecked("archive-cors", "GetBucketCORS", code)
        return
    rules = [] if code else answer["CORSRules"]
    missing = min((missing_of_cors(rule) for rule in rules), key=len, default=["a rule"])
    if missing:
        yield warning(
            "archive-cors",
            f"pages in a browser cannot read images of {stack.archive}: its CORS lacks {', '.join(missing)}",
            ARCHIVE_CORS,
        )
    else:
        yield ok("archive-cors", "browsers may read")


def missing_of_cors(rule: dict[str, Any]) -> list[str]:
    """List what a browser misses in a CORS rule; redirected to the bucket, it has the origin null."""
    missing = [] if "*" in rule.get("AllowedOrigins", ()) else ["the origin *"]
    missing += sorted(CORS_METHODS - set(rule.get("AllowedMethods", ())))
    if "*" not in rule.get("AllowedHeaders", ()) and "range" not in _lower(rule.get("AllowedHeaders", ())):
        missing.append("the header Range")
    return missing + [
        f"exposed {name}" for name in sorted(CORS_EXPOSED - _lower(rule.get("ExposeHeaders", ())))
    ]


def _lower(names: Any) -> set[str]:
    return {str(name).lower() for name in names}


def _archive_objects(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """List as the functions do, and look at what the first objects and the inventory are stored as."""
    s3 = clients("s3")
    page, code = refusal(
        lambda: s3.list_objects_v2(
            Bucket=stack.archive, Prefix=stack.prefix, MaxKeys=SAMPLE_KEYS, **stack.payer
        )
    )
    if code:
        yield error(
            "archive-list",
            f"{stack.archive} may not be listed ({code}): a missing image would look like a forbidden one",
            "s3:ListBucket on the bucket, for these credentials and in its policy for the service's roles",
        )
        return
    frozen = [item["Key"] for item in page.get("Contents", ()) if item.get("StorageClass") in FROZEN_CLASSES]
    if frozen:
        yield error(
            "archive-storage",
            f"{frozen[0]} is in a class that must be restored first",
            "restore, then copy it",
        )
    yield from _inventory(stack, clients)


def _inventory(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Look for a published inventory: its pointer has the name ``current`` in each data set's folder."""
    s3, prefix = clients("s3"), f"{stack.prefix}inventory/"
    listed = s3.list_objects_v2(Bucket=stack.archive, Prefix=prefix, Delimiter="/", **stack.payer)
    pointers = [f"{each['Prefix']}current" for each in listed.get("CommonPrefixes", ())]
    found = [key for key in [f"{prefix}current", *pointers] if _object(s3, stack, key) is not None]
    if not found:
        tree = f"s3://{stack.archive}/{stack.prefix}".rstrip("/")
        yield error(
            "inventory",
            f"there is none below {prefix} of {stack.archive}",
            f"skybatch archive index {tree}",
        )
        return
    yield ok("inventory", ", ".join(found))
    head = _object(s3, stack, found[0]) or {}
    if str(head.get("ServerSideEncryption", "")).startswith("aws:kms"):
        yield _encrypted(stack, f"{found[0]} is encrypted by a KMS key", str(head.get("SSEKMSKeyId", "")))


def _object(s3: Any, stack: PlannedStack, key: str) -> dict[str, Any] | None:
    answer, _ = refusal(lambda: s3.head_object(Bucket=stack.archive, Key=key, **stack.payer))
    return answer  # type: ignore[no-any-return]


def _unchecked(check: str, action: str, code: str) -> Finding:
    return skipped(check, f"{action} answers {code}", f"allow s3:{action} to check it")
