"""What SES is given: sender, name, answers, and what brings bounces back."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters

from skybatch.notification.email import Message
from skybatch.notification.mailer import SesMailer
from skybatch.settings import Settings

SENDER = "sky@example.org"
MESSAGE = Message("s", "t", "<p>h", {"References": "<a@b>"}, {"batch": "b" * 32})


def parameters(**settings: str) -> dict[str, Any]:
    mailer = SesMailer.from_settings(None, Settings(mail_from=SENDER, **settings))  # type: ignore[arg-type]
    return mailer.parameters("you@example.org", MESSAGE)


def test_what_is_not_set_is_left_out() -> None:
    assert set(parameters()) == {"FromEmailAddress", "Destination", "Content", "EmailTags"}
    assert parameters()["FromEmailAddress"] == SENDER


@pytest.mark.parametrize("name", ["Sky images", 'The "Sky", Ltd.', "Sternwarte München", "空"])
def test_a_name_stands_beside_the_address(name: str) -> None:
    message = EmailMessage()
    message["From"] = parameters(mail_name=name)["FromEmailAddress"]
    (address,) = message["From"].addresses
    assert isinstance(address, Address)
    assert (address.display_name, address.addr_spec) == (name, SENDER)
    assert parameters(mail_name=name)["FromEmailAddress"].isascii()


def test_all_parameters_are_such_of_sendemail() -> None:
    """By botocore's model of SES."""
    given = parameters(mail_name="x", mail_reply_to="r@example.org", mail_configuration_set="sky-mail")
    assert given["ReplyToAddresses"] == ["r@example.org"]
    assert given["ConfigurationSetName"] == "sky-mail"
    assert given["EmailTags"] == [{"Name": "batch", "Value": "b" * 32}]
    model = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail")
    validate_parameters(given, model.input_shape)
