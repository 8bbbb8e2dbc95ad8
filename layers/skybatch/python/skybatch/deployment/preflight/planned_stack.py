"""What is about to be deployed: the stack, its buckets and parameters, and the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class PlannedStack:
    """A stack as an operator means to deploy it.

    Attributes
    ----------
    name
        Of the stack, which functions and log groups are named after.
    region
        Where it is deployed.
    archive
        Bucket of images and inventory; ``prefix`` is in front of their keys, empty or ending in a slash.
    code_bucket
        Bucket for the code and the packaged template.
    template
        Path of the template.
    given
        Template parameters that differ from their defaults, ``ArchiveBucket`` and ``ArchivePrefix`` aside.
    """

    name: str
    region: str
    archive: str
    prefix: str
    code_bucket: str
    template: Path
    given: Mapping[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> str:
        """Return a parameter's value: the given one, else the template's default, else empty."""
        default = self.document.get("Parameters", {}).get(name, {}).get("Default", "")
        return self.given.get(name, str(default))

    @property
    def requester_pays(self) -> bool:
        """Whether the service will say that it pays for what it reads of the archive."""
        return self.parameter("ArchiveRequesterPays") == "true"

    @property
    def payer(self) -> dict[str, str]:
        """What requests to the archive bucket have to say."""
        return {"RequestPayer": "requester"} if self.requester_pays else {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The template, its intrinsic functions as plain values; empty where there is no such file."""
        if not self.template.is_file():
            return {}
        document: dict[str, Any] = yaml.load(self.template.read_text(), _Plain)  # noqa: S506 (a SafeLoader)
        return document


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads ``!Sub``, ``!Ref`` … as the plain values behind them; in C where PyYAML has it."""


def _plain(loader: yaml.constructor.SafeConstructor, _: str, node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)


_Plain.add_multi_constructor("!", _plain)
