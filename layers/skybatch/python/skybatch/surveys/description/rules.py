"""The rules that a description must keep beyond the types of its keys."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from skybatch.surveys.description.colour_names import broken_colour_rules
from skybatch.surveys.description.column_rules import broken_column_rules
from skybatch.surveys.description.images import Band, Dataset, Field, Product
from skybatch.surveys.description.keys import PARTS_OF
from skybatch.surveys.description.request_rules import DEFAULT_IMAGE_TYPE, IMAGE_TYPES
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.templates import Template, is_pattern

Broken = Iterator[tuple[str, str]]
SURVEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
BAND_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,14}")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ENDINGS = ("fits", "fits.gz", "fit", "fit.gz", "fits.fz", "fits.H", "fts", "fts.gz", "fz", "fit.fz", "fts.fz")
_ALWAYS = frozenset(f"{thing}.{part}" for thing in ("dataset", "mission") for part in PARTS_OF[thing])
_OF_IMAGE = _ALWAYS | {f"{thing}.{part}" for thing in ("band", "product") for part in PARTS_OF[thing]}
_NEEDED_BY_POWER = {
    "scans": ("fields", ("date", "hem", "scan", "image")),
    "quicklooks": ("product", ("quicklook",)),
}


def broken_rules(survey: Survey) -> Broken:
    """Yield (key, rule) for every rule that a survey, with its defaults, breaks."""
    yield from _identity(survey)
    yield from _bands(survey.band)
    yield from _place(survey)
    for name, field in survey.fields.items():
        yield from _field(f"fields.{name}", field)
    yield from _image_set(survey)
    yield from _products(survey)
    yield from _names(survey)
    yield from _powers(survey)
    yield from _requests(survey)
    yield from broken_column_rules(survey)
    yield from broken_colour_rules(survey)


def _identity(survey: Survey) -> Broken:
    if not SURVEY_ID.fullmatch(survey.id):
        yield "id", "must be lower-case letters, digits and dashes, at most 31"
    if not re.fullmatch(r"\w+", survey.mission.name, re.ASCII):
        yield "mission.name", "must be letters, digits and underscores"
    if survey.bibtex and not _is_bibtex(survey.bibtex):
        yield "bibtex", "must be entries as @article{key, …}, each brace with its other"
    yield from _datasets(survey.dataset)
    facility = survey.facility
    if not isinstance(facility, str) and facility.get("by") not in survey.fields:
        yield "facility.by", f"must be a field: {', '.join(survey.fields)}"


def _is_bibtex(text: str) -> bool:
    """Tell whether a text is entries with balanced braces; what stands in them is not read."""
    depth, entries = 0, 0
    for word in re.findall(r"@\w+\s*\{|[{}]", text):
        if word[0] == "@" and depth == 0:
            entries += 1
        depth += -1 if word == "}" else 1
        if depth < 0 or not entries:
            return False
    return depth == 0 and entries > 0


def _datasets(datasets: tuple[Dataset, ...]) -> Broken:
    if not datasets:
        yield "dataset", "must have at least one data set"
    yield from _repeated("dataset", "id", [each.id for each in datasets])
    yield from _repeated("dataset", "path", [each.path for each in datasets])
    for n, each in enumerate(datasets):
        if not re.fullmatch(r"\w+/\w+", each.path, re.ASCII):
            yield f"dataset[{n}].path", "must be two names with a slash between: data set and table"
        if each.id and not SURVEY_ID.fullmatch(each.id):
            yield f"dataset[{n}].id", "must be lower-case letters, digits and dashes, at most 31"


def _bands(bands: tuple[Band, ...]) -> Broken:
    if not bands:
        yield "band", "must have at least one band"
    for what in ("id", "show", "token"):
        yield from _repeated("band", what, [getattr(each, what) for each in bands])
    yield from _repeated("band", "words", [word for each in bands for word in each.words])
    for n, each in enumerate(bands):
        if not BAND_ID.fullmatch(each.id) or each.id in ("a", "all"):
            yield f"band[{n}].id", "must be lower-case letters and digits, at most 15, and neither a nor all"
        if each.wave is not None and not 0.0 < each.wave[1] < each.wave[0] < each.wave[2] < 1000.0:
            yield (
                f"band[{n}].wave",
                "must be reference, lower and upper limit in metres, lower < reference < upper",
            )
        if any(word != word.lower() or word in ("a", "all") or not word.isprintable() for word in each.words):
            yield f"band[{n}].words", "must be in lower case, and neither a nor all"


def _repeated(key: str, what: str, values: Iterable[str]) -> Broken:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield f"{key}.{what}", f"{value!r} is there twice"
        seen.add(value)


def _place(survey: Survey) -> Broken:
    place = survey.place
    if place.bucket and not BUCKET.fullmatch(place.bucket):
        yield "place.bucket", "must be the name of a bucket: lower-case letters, digits, dots and dashes"
    if place.bucket and not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}", place.region):
        yield "place.region", "must be the region of the bucket, such as us-west-2"
    for what, given in (("access", place.access == "anonymous"), ("requester_pays", place.requester_pays)):
        if given and not place.bucket:
            yield "place.bucket", f"must be named where {what} is"
    if place.access == "anonymous" and place.requester_pays:
        yield "place.requester_pays", "must be false where access is anonymous: nobody would pay"
    yield from _template("place.prefix", survey.place.prefix, _ALWAYS)
    if survey.place.prefix and not survey.place.prefix.endswith("/"):
        yield "place.prefix", "must end in a slash, or be empty"


def _field(key: str, field: Field) -> Broken:
    if field.type == "path" and field.match:
        yield f"{key}.match", "must be left out of a path"
    if field.type != "path" and not is_pattern(field.match):
        yield (
            f"{key}.match",
            f"{field.match!r} must be character classes and characters with counts, such as [0-9]{{4}}[ns]",
        )
    if field.type == "int" and not re.fullmatch(r"(0?[0-9]*d)?", field.format):
        yield f"{key}.format", "must be a format of whole numbers, such as 03d"
    if field.min is not None and field.max is not None and field.min > field.max:
        yield f"{key}.min", f"{field.min} is greater than max, {field.max}"
    if field.keyword and not re.fullmatch(r"[A-Z0-9_-]{1,8}", field.keyword):
        yield f"{key}.keyword", "must be a FITS keyword of at most eight upper-case characters"


def _image_set(survey: Survey) -> Broken:
    for n, name in enumerate(survey.set.fields):
        if name not in survey.fields:
            yield f"set.fields[{n}]", _unknown(name, "field", survey.fields)
    if not survey.set.fields:
        yield "set.fields", "must name at least one field"
    yield from _template("set.id", survey.set.id, survey.fields)
    yield from _uses_all("set.id", survey.set.id, survey.set.fields)
    if survey.bands_apart and survey.set.number is not None:
        yield "set.number", "needs grid set: a number is of one grid"


def _products(survey: Survey) -> Broken:
    if not survey.images:
        yield "product", "must have one of role image"
    yield from _repeated("product", "type", [each.type for each in survey.images.values()])
    yield from _repeated(
        "product", "key", [f"{each.key}.{form}" for each in survey.product.values() for form in each.forms]
    )
    for name, product in survey.product.items():
        yield from _product(f"product.{name}", product, survey)


def _product(key: str, product: Product, survey: Survey) -> Broken:
    yield from _template(f"{key}.key", product.key, {*survey.fields, *_OF_IMAGE})
    yield from _uses_all(f"{key}.key", product.key, survey.set.fields)
    told = bool(survey.header.band_keyword)
    if (
        not told
        and len(survey.band) > 1
        and not {f"band.{part}" for part in PARTS_OF["band"]} & _parts(product.key)
    ):
        yield (
            f"{key}.key",
            "must tell the bands apart: {band.token} is not in it, nor is there header.band_keyword",
        )
    for n, value in enumerate(product.no_data):
        if not math.isfinite(value):
            yield f"{key}.no_data[{n}]", "must be finite: NaN and infinities are no data without saying so"
    if not product.forms:
        yield f"{key}.forms", "must name at least one ending"
    for what, forms in (("forms", product.forms), ("read", product.read)):
        for n, form in enumerate(forms):
            known = form in ENDINGS or form.lower() in ENDINGS
            if not (known if what == "forms" else form in product.forms):
                allowed = ENDINGS if what == "forms" else product.forms
                yield f"{key}.{what}[{n}]", _unknown(form, "ending", allowed)


def _names(survey: Survey) -> Broken:
    number = {survey.set.number.column} if survey.set.number else set()
    known = {*survey.fields, "id", *number, *_OF_IMAGE}
    for what in ("sia", "title", "obs", "file", "colour"):
        yield from _template(f"names.{what}", getattr(survey.names, what), known)
    for what in ("file", "colour"):
        text = getattr(survey.names, what)
        if "id" not in _parts(text):
            yield from _uses_all(f"names.{what}", text, survey.set.fields)
        if "/" in text:
            yield f"names.{what}", "must be the name of a file, without slashes"
    for n, collection in enumerate(survey.obscore.collection):
        yield from _template(f"obscore.collection[{n}]", collection, _ALWAYS)
    yield from _template("obscore.obs_id", survey.obscore.obs_id, {*survey.fields, "id", *number, *_ALWAYS})
    if not re.fullmatch(r"ivo://[^{}]+\?\{address\}", survey.obscore.did):
        yield "obscore.did", "must be ivo://…?{address}"


def _powers(survey: Survey) -> Broken:
    for power, (table, needed) in _NEEDED_BY_POWER.items():
        for name in needed if survey.has(power) else ():  # type: ignore[arg-type]
            if name not in getattr(survey, table):
                yield "powers", f"{power} needs {table}.{name}"
    for power in survey.powers if survey.bands_apart else ():
        yield "powers", f"{power} needs set.grid set"
    if survey.has("coadd_keys") and survey.set.number is None:
        yield "powers", "coadd_keys needs set.number"


def _requests(survey: Survey) -> Broken:
    requests, least, most = survey.requests, *survey.requests.diameter
    if not 0.0 < least <= most <= 180.0:
        yield "requests.diameter", "must be least and largest diameter in degrees, above 0 and at most 180"
    yield from _image_types(requests.image_types, survey)
    for word in requests.caution:
        if word not in requests.image_types:
            yield f"requests.caution.{word}", _unknown(word, "type of image", requests.image_types)
    for mode, power in (("coadd_keys", "coadd_keys"), ("scan", "scans"), ("scans", "scans")):
        if mode in requests.modes and power not in survey.powers:
            yield "requests.modes", f"{mode} needs the power {power}"
    for mode in requests.example:
        if mode not in requests.modes:
            yield f"requests.example.{mode}", _unknown(mode, "mode of requests.modes", requests.modes)


def _image_types(given: Mapping[str, str], survey: Survey) -> Broken:
    """Check that each product that is delivered has one word, and the first that of the default type."""
    for word, product in given.items():
        if word not in IMAGE_TYPES:
            yield f"requests.image_types.{word}", _unknown(word, "type of image", IMAGE_TYPES)
        if product not in survey.images:
            yield f"requests.image_types.{word}", _unknown(product, "product of role image", survey.images)
    yield from _repeated("requests", "image_types", given.values())
    if survey.images and given.get(DEFAULT_IMAGE_TYPE) != survey.first_product:
        yield (
            f"requests.image_types.{DEFAULT_IMAGE_TYPE}",
            f"must be the first product, {survey.first_product}",
        )
    for name in survey.images:
        if name not in given.values():
            yield "requests.image_types", f"has no type of image that is {name}, a product of role image"


def _template(key: str, text: str, known: Iterable[str]) -> Broken:
    try:
        names = Template(text).names
    except ValueError as error:
        yield key, str(error)
        return
    for name in sorted(names - set(known)):
        yield key, _unknown(name, "part", sorted(known))


def _uses_all(key: str, text: str, fields: Iterable[str]) -> Broken:
    try:
        whole = {use.name for use in Template(text).uses if use.whole}
    except ValueError:
        return  # told by `_template`
    for name in fields:
        if name not in whole:
            yield key, f"does not have the whole of {{{name}}}, so that two image sets would share one"


def _parts(text: str) -> frozenset[str]:
    try:
        return Template(text).names
    except ValueError:
        return frozenset()


def _unknown(name: str, what: str, known: Iterable[str] | Mapping[str, object]) -> str:
    return f"{name!r} is no {what}; known are {', '.join(known) or 'none'}"
