"""Every rule of descriptions: what breaks it is named by key."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidSurvey
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.rules import broken_rules
from tests.support.survey.descriptions import PLAIN, plain_description, plain_survey

BAND = '{ id = "l", label = "L", wave = [0.21, 0.20, 0.22] }'
MATCH = '"[0-9]{5}[+-][0-9]{5}"'
WEIGHT = '[product.weight]\ntype = "W"\ntitle = "Weight"\nkey = "{field}.weight"\nforms = ["fits"]'
KEY = 'key = "{field[0:2]}/{field}"'


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "radio"', 'id = "Radio"', "id"),
        *(
            ('id = "radio"', f'id = "radio"\nbibtex = "{text}"', "bibtex")
            for text in ("Becker 1995", "@article{a, year = {1995}", "@article{a, year = 1995}}", "x{y}@a{b}")
        ),
        ('path = "radio/images"', 'path = "radio"', r"dataset\[0\]\.path"),
        ("dataset = [{", 'dataset = [{ path = "a/b", title = "B" }, {', r"dataset\.id"),
        (f"[{BAND}]", "[]", "band"),
        (BAND, f"{BAND}, {BAND}", r"band\.id"),
        (BAND, f'{BAND}, {{ id = "s", label = "S", wave = [0.1, 0.09, 0.11] }}', r"product\.image\.key"),
        ("[0.21, 0.20, 0.22]", "[0.21, 0.22, 0.20]", r"band\[0\]\.wave"),
        ('id = "l"', 'id = "all"', r"band\[0\]\.id"),
        (MATCH, '"(a|b)*"', r"fields\.field\.match"),
        (MATCH, '"[0-9]+"', r"fields\.field\.match"),
        (MATCH, '".*"', r"fields\.field\.match"),
        (MATCH, '"[9-0]"', r"fields\.field\.match"),
        (f"match = {MATCH}", f'match = {MATCH}, keyword = "too long a keyword"', r"fields\.field\.keyword"),
        (f"match = {MATCH}", f'match = {MATCH}, type = "path"', r"fields\.field\.match"),
        (f"match = {MATCH}", "", r"fields\.field\.match"),
        ('fields = ["field"]', 'fields = ["tile"]', r"set\.fields\[0\]"),
        ('id = "{field}"', 'id = "{tile}"', r"set\.id"),
        ('id = "{field}"', 'id = "{field[0:4]}"', r"set\.id"),
        ('id = "{field}"', 'id = "{field"', r"set\.id"),
        (KEY, 'key = "{field[0:2]}/x"', r"product\.image\.key"),
        (KEY, 'key = "{field}/{unknown}"', r"product\.image\.key"),
        ('forms = ["fits"]', 'forms = ["fits"]\nno_data = [0, nan]', r"product\.image\.no_data\[1\]"),
        ('forms = ["fits"]', 'forms = ["fits"]\nno_data = 0', r"product\.image\.no_data"),
        ('forms = ["fits"]', "forms = []", r"product\.image\.forms"),
        ('forms = ["fits"]', 'forms = ["jpg"]', r"product\.image\.forms\[0\]"),
        ('forms = ["fits"]', 'forms = ["fits"]\nread = ["fits.gz"]', r"product\.image\.read\[0\]"),
        ('forms = ["fits"]', 'forms = ["fits"]\nrole = "link"', "product"),
    ],
)
def test_a_broken_rule_is_named_by_its_key(old: str, new: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=rf"(?m)^radio\.toml: {key}: "):
        read_survey(plain_description((old, new)), "radio.toml")


OWN_GRIDS = ('id = "{field}"', 'id = "{field}"\ngrid = "band"')


def test_bands_may_have_grids_of_their_own() -> None:
    two = (BAND, f'{BAND}, {{ id = "s", label = "S", wave = [0.1, 0.09, 0.11] }}')
    keys = (KEY, 'key = "{field}.{band.id}"')
    assert plain_survey(two, OWN_GRIDS, keys).bands_apart
    assert not plain_survey(two, keys).bands_apart
    assert not plain_survey(OWN_GRIDS).bands_apart


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('grid = "band"', 'grid = "band"\nnumber = { column = "key" }'), r"set\.number"),
        (('short = "Radio"', 'short = "Radio"\npowers = ["tiles"]'), "powers"),
    ],
)
def test_numbers_and_powers_are_of_sets_of_one_grid(change: tuple[str, str], key: str) -> None:
    two = (BAND, f'{BAND}, {{ id = "s", label = "S", wave = [0.1, 0.09, 0.11] }}')
    changes = (two, OWN_GRIDS, (KEY, 'key = "{field}.{band.id}"'), change)
    with pytest.raises(InvalidSurvey, match=rf"(?m)^radio\.toml: {key}: "):
        plain_survey(*changes)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ('[place]\naccess = "anonymous"', r"place\.bucket"),
        ('[place]\nbucket = "own"', r"place\.region"),
        ('[place]\nbucket = "own"\nregion = "Oregon"', r"place\.region"),
        ('[place]\nbucket = "Own/x"\nregion = "us-west-2"', r"place\.bucket"),
        ("[place]\nrequester_pays = true", r"place\.bucket"),
        (
            '[place]\nbucket = "own"\nregion = "us-west-2"\naccess = "anonymous"\nrequester_pays = true',
            r"place\.requester_pays",
        ),
        ('[place]\nprefix = "radio"', r"place\.prefix"),
        ('[names]\nfile = "{field}/x"', r"names\.file"),
        ('[names]\nfile = "radio"', r"names\.file"),
        ('[names]\ntitle = "{nothing}"', r"names\.title"),
        ('[obscore]\ndid = "radio"', r"obscore\.did"),
        ("[obscore]\nresolution = { s = 1.0 }", r"obscore\.resolution\.s"),
        ('[obscore.time]\nday = "night"', r"obscore\.time\.day"),
        ("[requests]\ndiameter = [7.0, 0.5]", r"requests\.diameter"),
        ('[requests]\nmodes = ["scans"]', r"requests\.modes"),
        ('[requests]\nimage_types = { atlas = "map" }', r"requests\.image_types\.atlas"),
        ('[requests]\nimage_types = { cutout = "image" }', r"requests\.image_types\.cutout"),
        ('[requests]\nimage_types = { quicklook = "image" }', r"requests\.image_types\.atlas"),
        ('[requests]\nimage_types = { atlas = "image", quicklook = "image" }', r"requests\.image_types"),
        (WEIGHT, r"requests\.image_types"),
        (f'{WEIGHT}\n[requests]\nimage_types = {{ atlas = "weight" }}', r"requests\.image_types\.atlas"),
        ('[requests]\ncaution = { other = "x" }', r"requests\.caution\.other"),
        ('[requests]\ncolour = { bands = ["l", "l", "s"] }', r"requests\.colour\.bands\[2\]"),
        ("[requests.example.scan]\nscan = '1'", r"requests\.example\.scan"),
    ],
)
def test_a_broken_rule_of_further_tables_is_named(more: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=rf"(?m)^radio\.toml: {key}: "):
        read_survey(f"{PLAIN}\n{more}\n", "radio.toml")


def test_a_power_needs_what_it_works_on() -> None:
    powers = ('short = "Radio"', 'short = "Radio"\npowers = ["scans", "quicklooks", "coadd_keys"]')
    with pytest.raises(InvalidSurvey) as refused:
        plain_survey(powers)
    assert refused.value.detail.count("powers: ") == 6


def test_the_packaged_description_keeps_all_rules() -> None:
    survey = read_survey(packaged_description("2mass"), "2mass.toml")
    assert list(broken_rules(survey)) == []
