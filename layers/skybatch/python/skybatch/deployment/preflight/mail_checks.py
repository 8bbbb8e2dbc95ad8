"""Mail: whether SES is there, out of its sandbox, in good standing, and knows the sender."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skybatch.deployment.aws_calls import Clients, refusal
from skybatch.deployment.findings import Finding, error, ok, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

SUPPRESSED = {"BOUNCE", "COMPLAINT"}


def check_mail(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Look at the account's SES and at the sender; nothing where no mail is to be sent."""
    sender = stack.parameter("MailFrom")
    if not sender:
        yield ok("mail", "none is sent: MailFrom is empty")
        return
    if not _region_has_ses(stack.region):
        yield error(
            "mail",
            f"SES is not in {stack.region}",
            "leave MailFrom empty: results stay on their pages",
        )
        return
    yield from _account(clients("sesv2").get_account())
    yield from _sender(stack, clients, sender)


def _region_has_ses(region: str) -> bool:
    import boto3

    session = boto3.Session()
    return region in session.get_available_regions("sesv2", session.get_partition_for_region(region))


def _account(account: dict[str, Any]) -> Iterator[Finding]:
    if not account.get("SendingEnabled", True) or account.get("EnforcementStatus") == "SHUTDOWN":
        yield error("mail-account", "SES sends nothing for this account", "see the SES account dashboard")
    elif account.get("EnforcementStatus") == "PROBATION":
        yield warning("mail-account", "SES has this account under review", "see its reputation")
    if account.get("ProductionAccessEnabled"):
        quota = account.get("SendQuota", {}).get("Max24HourSend", 0)
        yield ok("mail-sandbox", f"out of the sandbox, {quota:,.0f} mails a day")
    else:
        yield warning(
            "mail-sandbox",
            "SES is in its sandbox: 200 mails a day, to verified addresses alone",
            "ask for production access (SES console, account dashboard)",
        )
    missing = SUPPRESSED - set(account.get("SuppressionAttributes", {}).get("SuppressedReasons", ()))
    if missing:
        yield warning(
            "mail-suppression",
            f"addresses are not suppressed after {' and '.join(sorted(missing)).lower()}",
            "aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
        )


def _sender(stack: PlannedStack, clients: Clients, sender: str) -> Iterator[Finding]:
    """Look at the sender's identity, or its domain's, and at who is to create it."""
    creates = stack.parameter("CreateMailIdentity") == "true"
    domain = sender.rpartition("@")[2]
    known = {name: _verified(clients, name) for name in (sender, domain)}
    if creates and known[sender] is not None and not _is_of_stack(stack, clients):
        yield error(
            "mail-identity",
            f"SES has the identity {sender} already, and the stack would create it once more",
            "CreateMailIdentity=false",
        )
    elif known[sender] or known[domain]:
        yield ok("mail-identity", f"{sender if known[sender] else domain} is verified")
    elif creates:
        yield warning(
            "mail-identity",
            f"{sender} is not verified yet; no mail leaves before it is",
            "follow the link of the mail that SES sends to it after the deployment",
        )
    else:
        yield error(
            "mail-identity",
            f"SES has verified neither {sender} nor {domain}",
            "verify one of them first",
        )


def _verified(clients: Clients, identity: str) -> bool | None:
    """Whether SES has verified an identity; None where it has no such identity."""
    answer, code = refusal(lambda: clients("sesv2").get_email_identity(EmailIdentity=identity))
    return None if code else bool(answer.get("VerifiedForSendingStatus"))


def _is_of_stack(stack: PlannedStack, clients: Clients) -> bool:
    _, code = refusal(
        lambda: clients("cloudformation").describe_stack_resource(
            StackName=stack.name, LogicalResourceId="MailIdentity"
        )
    )
    return not code
