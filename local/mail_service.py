"""SES as the functions of a local stack reach it: the emulator's, with what that leaves out.

The emulator keeps subject, text and sender of a message. Here its header fields, Reply-To and tags are kept
too, and SES's mailbox simulator (SES guide, "Using the mailbox simulator") answers as on AWS: mail to it
bounces, or is complained of, which EventBridge is told.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local.emulator import REGION, Emulator
from local.gateway import ForwardingHandler, Gateway, serve_gateway

SEND = "/v2/email/outbound-emails"
# Addresses of the mailbox simulator that mail comes back from -> type of SES's event, and of EventBridge's.
SIMULATOR = "simulator.amazonses.com"
RETURNED: Mapping[str, tuple[str, str]] = {
    "bounce": ("Bounce", "Email Bounced"),
    "suppressionlist": ("Bounce", "Email Bounced"),
    "complaint": ("Complaint", "Email Complaint Received"),
}


@dataclass
class SentMessages:
    """The messages that SES was given, as SendEmail has them, by the identifier that SES gave to each."""

    requests: dict[str, dict[str, Any]] = field(default_factory=dict)

    def headers(self, message_id: str) -> list[tuple[str, str]]:
        """Return the header fields of a message beside those that SES writes; none of one not known."""
        request = self.requests.get(message_id, {})
        given = request.get("Content", {}).get("Simple", {}).get("Headers") or ()
        answers = ", ".join(request.get("ReplyToAddresses") or ())
        return [
            *([("Reply-To", answers)] if answers else []),
            *((each["Name"], each["Value"]) for each in given),
        ]


class MailHandler(ForwardingHandler):
    """Passes requests on to the emulator, and keeps the messages that it took."""

    sent: SentMessages
    on_sent: Callable[[str, dict[str, Any]], None]

    def _ask(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        status, headers, content = super()._ask(target, body)
        if self.command == "POST" and self.path.partition("?")[0] == SEND and status == 200:
            message_id, request = str(json.loads(content)["MessageId"]), json.loads(body)
            self.sent.requests[message_id] = request
            type(self).on_sent(message_id, request)
        return status, headers, content


@contextmanager
def serve_mail(emulator: Emulator) -> Iterator[tuple[Gateway, SentMessages]]:
    """Serve SES for the length of a ``with`` block; yield the server, and the messages it is given."""
    sent = SentMessages()

    def came_back(message_id: str, request: dict[str, Any]) -> None:
        # In a thread of its own: the notifier, whom the event wakes, still waits for its answer.
        threading.Thread(target=tell_returned, args=(emulator, message_id, request), daemon=True).start()

    handler = type("_Handler", (MailHandler,), {"sent": sent, "on_sent": staticmethod(came_back)})
    with serve_gateway(handler=handler) as server:
        server.target = emulator.url
        yield server, sent


def tell_returned(emulator: Emulator, message_id: str, request: dict[str, Any]) -> None:
    """Have the functions called that a rule of EventBridge calls for what becomes of a message.

    EventBridge takes events of SES from SES alone, so the rules are asked here.
    """
    events, functions = emulator.client("events"), emulator.client("lambda")
    for kind, detail in returned_events(message_id, request):
        event = json.dumps(envelope(kind, detail))
        for rule in events.list_rules()["Rules"]:
            pattern = rule.get("EventPattern")
            if not pattern or not events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
                continue
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                functions.invoke(FunctionName=target["Arn"], InvocationType="Event", Payload=event.encode())


def envelope(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    """Return an event as EventBridge delivers it."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": "aws.ses",
        "account": "000000000000",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def returned_events(message_id: str, request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield type and detail of each event of a message, as SES publishes it (SES guide, "Event data")."""
    tags = {each["Name"]: [each["Value"]] for each in request.get("EmailTags") or ()}
    tags["ses:configuration-set"] = [request.get("ConfigurationSetName", "")]
    for address in request["Destination"]["ToAddresses"]:
        local, _, domain = address.rpartition("@")
        found = RETURNED.get(local.partition("+")[0]) if domain == SIMULATOR else None
        if found is None or not request.get("ConfigurationSetName"):
            continue
        detail = {
            "eventType": found[0],
            "mail": {"messageId": message_id, "destination": [address], "tags": tags},
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General"},
        }
        yield found[1], detail
