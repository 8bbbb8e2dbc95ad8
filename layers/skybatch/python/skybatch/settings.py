"""What the template passes to the functions: one frozen object, read from the environment once."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

# What an operator can close, as the template's ClosedEndpoints names them.
CLOSABLE_ENDPOINTS = (
    *("batches", "plans", "tables", "previews"),
    *("ibe-search", "ibe-sia", "ibe-data", "cgi-bin", "sia2", "soda", "datalink"),
)


@dataclass(frozen=True)
class Settings:
    """Names and limits of one deployment; each field is the environment variable of its name, upper case.

    Defaults are those of the template's parameters (a test holds the two together). Bytes are plain
    bytes, durations seconds unless the name says days. A resolver is a base URL or a template that holds
    ``{name}``; empty for the service's own address.
    """

    results_bucket: str = ""
    archive_bucket: str = ""
    archive_prefix: str = ""
    archive_requester_pays: bool = False
    queue_url: str = ""
    state_machine_arn: str = ""
    public_url: str = ""
    proxies_in_front: int = 0
    origin_secret: str = ""
    viewer_address_header: str = "X-Viewer-Address"
    jwt_issuer: str = ""
    mail_from: str = ""
    mail_name: str = ""
    mail_reply_to: str = ""
    mail_configuration_set: str = ""
    confirm_addresses: str = "false"
    notifier_function: str = ""
    operator_name: str = ""
    operator_url: str = ""
    operator_email: str = ""
    max_batch_bytes: int = 1_000_000_000
    max_rows: int = 2500
    max_images: int = 100_000
    max_upload_bytes: int = 4_000_000
    max_active_batches: int = 5
    max_daily_batches: int = 30
    max_daily_from_caller: int = 200
    max_daily_seconds_from_caller: int = 50_000
    max_daily_bytes_from_caller: int = 10_000_000_000
    max_daily_images_from_caller: int = 200_000
    max_daily_links: int = 200_000
    closed_endpoints: str = ""
    dispatch_window: int = 200
    worker_timeout: int = 30
    visibility_seconds: int = 180
    deadline_seconds: int = 7200
    expire_days: int = 14
    log_retention_days: int = 30
    irsa_resolver: str = ""
    ned_resolver: str = ""
    simbad_resolver: str = ""
    resolver_timeout: int = 10

    @cached_property
    def closed(self) -> frozenset[str]:
        """The endpoints that are closed. Raises ValueError for a word that names none."""
        words = frozenset(word.strip() for word in self.closed_endpoints.split(",") if word.strip())
        if unknown := words.difference(CLOSABLE_ENDPOINTS):
            known = ", ".join(CLOSABLE_ENDPOINTS)
            raise ValueError(f"closed_endpoints: {sorted(unknown)} cannot be closed, but {known} can")
        return words

    @classmethod
    def from_environment(cls, environment: dict[str, str] | None = None) -> Settings:
        """Read every field that the environment sets; an empty string means the default."""
        env = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for field in fields(cls):
            text = env.get(field.name.upper(), "")
            if text:
                given[field.name] = _value(text, field.default)
        return cls(**given)


def _value(text: str, default: object) -> str | int | bool:
    """Read a variable as the type of its default."""
    if isinstance(default, bool):
        return text == "true"
    return int(text) if isinstance(default, int) else text


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.from_environment()
