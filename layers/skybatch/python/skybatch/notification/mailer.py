"""Sending one message by SES."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any, Protocol

from skybatch.notification.email import Message
from skybatch.settings import Settings

# What SES says of one address, not of the account (API v2, SendEmail): it is malformed, or, where the account
# is in the sandbox, not verified.
MALFORMED, REJECTED = "BadRequestException", "MessageRejected"


class AddressRefused(Exception):
    """Mail to this address cannot be sent; to others it can."""


class Mailer(Protocol):
    """Sends one message to one address; raises AddressRefused, or whatever else went wrong."""

    def send(self, address: str, message: Message) -> None:
        """Send, or raise."""


@dataclass(frozen=True)
class SesMailer:
    """Mail through SES, from the deployment's own address.

    Attributes
    ----------
    ses
        A boto3 ``sesv2`` client.
    sender
        The address that mail comes from.
    name
        Shown beside it, empty for none.
    reply_to
        Where answers go, empty for the sender.
    configuration_set
        By which SES reports bounces and complaints, empty for none.
    """

    ses: Any
    sender: str
    name: str = ""
    reply_to: str = ""
    configuration_set: str = ""

    @classmethod
    def from_settings(cls, ses: Any, settings: Settings) -> SesMailer:
        """Return the mailer of a deployment."""
        return cls(
            ses,
            settings.mail_from,
            settings.mail_name,
            settings.mail_reply_to,
            settings.mail_configuration_set,
        )

    def send(self, address: str, message: Message) -> None:
        """Send, or raise AddressRefused or what else boto3 raises."""
        try:
            self.ses.send_email(**self.parameters(address, message))
        except self.ses.exceptions.ClientError as error:
            if _is_about(error.response.get("Error", {}), address, self.sender):
                raise AddressRefused(error.response["Error"]["Code"]) from None
            raise

    def parameters(self, address: str, message: Message) -> dict[str, Any]:
        """Return the parameters of SendEmail; what is not set is left out."""
        given = {
            "FromEmailAddress": formataddr((self.name, self.sender)) if self.name else self.sender,
            "Destination": {"ToAddresses": [address]},
            "Content": message.to_ses(),
        }
        optional: dict[str, Any] = {
            "ReplyToAddresses": [self.reply_to] if self.reply_to else None,
            "ConfigurationSetName": self.configuration_set or None,
            "EmailTags": [{"Name": name, "Value": value} for name, value in message.tags.items()] or None,
        }
        return given | {name: value for name, value in optional.items() if value is not None}


def _is_about(error: Mapping[str, Any], address: str, sender: str) -> bool:
    """Whether an error of SES is about the address of one message, and not about ours or the account."""
    text = str(error.get("Message", ""))
    named = address in text and sender not in text
    return error.get("Code") == MALFORMED or (error.get("Code") == REJECTED and named)
