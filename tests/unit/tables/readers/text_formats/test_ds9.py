"""Region files of ds9: positions are read, everything else is said what it is."""

from __future__ import annotations

import pytest

from tests.support.tables.table_reading import refusal, rows_in, selecting, upload_of

SELECT = selecting("ra", "dec", "csys", "equinox", "id")
OPENING = "# Region file format: DS9 version 4.1\nglobal color=green width=1\n"


def read(text: str) -> list[tuple[str | None, ...]]:
    return [tuple(row.values()) for row in rows_in(text, SELECT)]


@pytest.mark.parametrize(
    "shape",
    [
        'circle(65.5,-1.5,30")',
        "point(65.5,-1.5) # point=circle",
        'ellipse(65.5, -1.5, 3", 2", 45)',
        "box(65.5,-1.5,0.1,0.1,0)",
        'annulus(65.5,-1.5,3",5")',
        "circle 65.5 -1.5 0.1",
        "+circle(65.5d,-1.5d,0.1d)",
        "# text(65.5,-1.5) text={here}",
    ],
)
def test_a_shape_with_a_centre_is_a_position(shape: str) -> None:
    assert read(f"{OPENING}fk5\n{shape}\n")[0][:4] == ("65.5", "-1.5", "fk5", "J2000")


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("fk5", ("fk5", "J2000")),
        ("J2000", ("fk5", "J2000")),
        ("fk4", ("fk4", "B1950")),
        ("icrs", ("icrs", None)),
        ("galactic", ("gal", None)),
        ("ecliptic", ("ecl", "J2000")),
    ],
)
def test_the_system_holds_until_another_is_named(system: str, said: tuple[str, str | None]) -> None:
    text = f"{OPENING}fk5\npoint(1,2)\n{system}\npoint(3,4)\n{system}; point(5,6); point(7,8)\n"
    assert [row[2:4] for row in read(text)] == [("fk5", "J2000"), said, said, said]


def test_sexagesimal_and_texts_are_kept() -> None:
    text = f"{OPENING}fk5\npoint(13:37:00.9,-29:51:56) # text={{M 83}}\npoint(1,2) # text='b'\n"
    assert read(text) == [
        ("13:37:00.9", "-29:51:56", "fk5", "J2000", "M 83"),
        ("1", "2", "fk5", "J2000", "b"),
    ]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("polygon(1,1,2,2,3,1)", "polygon"),
        ("line(1,1,2,2)", "line"),
        ("-circle(1,1,2)", "excluded"),
        ("image\ncircle(100,100,20)", "pixels"),
        ("physical;circle(100,100,20)", "pixels"),
        ("circle(100i,100i,20i)", "pixels"),
        ("circle(1r,1r,1r)", "radians"),
        ("circle(1)", "pair"),
        ("what is this", "no region"),
    ],
)
def test_what_is_no_position_is_named_with_its_line(line: str, word: str) -> None:
    error = refusal(f"{OPENING}fk5\npoint(1,2)\n{line}\n", SELECT)
    assert word in error.errors[0].rule
    assert error.errors[0].line == 4 + line.count("\n") + 1


def test_regions_without_a_system_are_refused() -> None:
    assert "coordinate system" in refusal(f"{OPENING}circle(1,2,3)\n", SELECT).detail


def test_region_files_of_casa_are_refused_by_name() -> None:
    assert "CASA" in refusal("#CRTFv0\ncircle[[1deg, 2deg], 3arcsec]\n", SELECT).detail


def test_sizes_are_said_to_be_unused() -> None:
    assert len(upload_of(f"{OPENING}fk5\ncircle(1,2,3)\n", SELECT).notices) == 2
    assert len(upload_of(f"{OPENING}fk5\npoint(1,2)\n", SELECT).notices) == 1
