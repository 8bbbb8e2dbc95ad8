"""The SAM template, made ready for the emulator: long-form intrinsics, code folders turned into zips."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]

# Resource properties that name a local folder (zipped) or a local file (uploaded as it is).
FOLDER_PROPERTIES = ("CodeUri", "ContentUri")
FILE_PROPERTIES = ("DefinitionUri",)

# The emulator unpacks layers anew for every worker, and runs functions in our own virtual environment,
# which has the third-party packages already.
STUBBED_FOLDER = "science"


class _LongForm(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads ``!Sub``, ``!GetAtt``, ``!Ref`` … as the JSON forms CloudFormation defines for them."""


def _intrinsic(loader: _LongForm, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: value}


_LongForm.add_multi_constructor("!", _intrinsic)
# YAML 1.1 would turn the policy version 2012-10-17 into a date.
_LongForm.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_template(path: Path) -> Template:
    """Load the template as plain dicts and lists, every intrinsic function in its long form."""
    template: Template = yaml.load(path.read_text(), Loader=_LongForm)
    return template


def resolved_parameters(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter that has a value: the given one, else the template's default.

    Raises ValueError naming any given parameter that the template does not have.
    """
    declared: dict[str, Any] = template.get("Parameters", {})
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise ValueError(f"the template has no parameter {', '.join(unknown)}; it has {', '.join(declared)}")
    defaults = {name: str(spec["Default"]) for name, spec in declared.items() if "Default" in spec}
    return defaults | dict(given)


def with_numeric_concurrency(template: Template, values: Mapping[str, str]) -> Template:
    """Return a copy in which each ``MaximumConcurrency: {Ref: …}`` is a number.

    The emulator passes a referenced parameter on as a string, and then delivers no message at all.
    """

    def number(key: str, value: Any) -> Any:
        if key == "MaximumConcurrency" and isinstance(value, dict) and "Ref" in value:
            return int(values[value["Ref"]])
        return value

    copied: Template = _mapped(template, number)
    return copied


def with_environment(template: Template, variables: Mapping[str, str]) -> Template:
    """Return a copy whose functions have these variables too."""
    if not variables:
        return template
    copied: Template = copy.deepcopy(template)
    common = copied["Globals"]["Function"]["Environment"]["Variables"]
    common.update(variables)
    return copied


# Types that the emulator refuses by name; none of them is part of what a request reaches.
NOT_EMULATED = frozenset({"AWS::Budgets::Budget"})


def without_not_emulated(template: Template) -> Template:
    """Return a copy without the resources that the emulator does not know."""
    kept = {name: one for name, one in template["Resources"].items() if one["Type"] not in NOT_EMULATED}
    return {**template, "Resources": kept}


def without_tls_only(template: Template) -> Template:
    """Return a copy without the bucket policies that only demand TLS: the emulator speaks plain HTTP.

    It enforces them where it checks permissions (``AUTH=true``), and no function could reach a bucket. A
    policy that says anything else stays as it is.
    """
    resources = {name: one for name, one in template["Resources"].items() if not _only_demands_tls(one)}
    return {**template, "Resources": resources}


def _only_demands_tls(resource: dict[str, Any]) -> bool:
    if resource["Type"] != "AWS::S3::BucketPolicy":
        return False
    statements = resource["Properties"]["PolicyDocument"]["Statement"]
    return all(one.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}} for one in statements)


def _mapped(node: Any, change: Callable[[str, Any], Any]) -> Any:
    if isinstance(node, dict):
        return {key: _mapped(change(key, value), change) for key, value in node.items()}
    if isinstance(node, list):
        return [_mapped(item, change) for item in node]
    return node


def with_uploaded_code(template: Template, root: Path, upload: Callable[[str, bytes], str]) -> Template:
    """Return a copy with local code, layers and definitions replaced by what ``upload(name, body)`` gives.

    Paths are taken relative to ``root``, the template's folder.
    """

    def stored(key: str, value: Any) -> Any:
        if not isinstance(value, str) or value.startswith("s3://"):
            return value
        if key in FOLDER_PROPERTIES:
            return upload(f"{_flat(value)}.zip", layer_or_code(root / value))
        if key in FILE_PROPERTIES:
            return upload(_flat(value), (root / value).read_bytes())
        return value

    copied: Template = dict(template)
    copied["Resources"] = _mapped(template["Resources"], stored)
    return copied


def _flat(path: str) -> str:
    """One name for one folder: ``functions/planner/`` → ``functions-planner``."""
    return "-".join(Path(path).parts)


def layer_or_code(folder: Path) -> bytes:
    """Zip a code or layer folder; for the third-party layer an empty one."""
    if folder.name == STUBBED_FOLDER:
        return _zip({"python/README": b"The virtual environment supplies these packages.\n"})
    files = {str(path.relative_to(folder)): path.read_bytes() for path in _sources(folder)}
    if not files:
        raise FileNotFoundError(f"no code in {folder}")
    return _zip(files)


def _sources(folder: Path) -> list[Path]:
    built = ("__pycache__", ".egg-info")
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.endswith(built) for part in path.relative_to(folder).parts)
    ]


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Zip without compression: each worker unpacks its own, in half the time."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return sink.getvalue()
