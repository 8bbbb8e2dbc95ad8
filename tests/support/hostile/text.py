"""Hostile tables in text formats: lines, quotes, columns and rulers without end."""

from __future__ import annotations

from tests.support.hostile.parts import COLUMNS, MARK, repeated


def marked_rows(size: int) -> bytes:
    """Our mark as a column over rows as short as they can be."""
    return repeated("1,1,1\n", size, f"ra,dec,{MARK}\n")


def marked_wide_rows(size: int) -> bytes:
    """Our mark over columns without cells."""
    return repeated("1,1" + "," * (COLUMNS - 2) + "\n", size, f"ra,dec,{MARK}" + "," * (COLUMNS - 3) + "\n")


def marked_many_columns(size: int) -> bytes:
    """Our mark over 40 columns, with as many rows as fit."""
    names = ",".join(f"c{number}" for number in range(37))
    return repeated("1,1" + ",x" * 38 + "\n", size, f"ra,dec,{MARK},{names}\n")


def marked_quoted(size: int) -> bytes:
    """Our mark over quoted cells."""
    return repeated('"1","1","a"\n', size, f"ra,dec,{MARK}\n")


def one_long_line(size: int) -> bytes:
    """One line of separators."""
    return repeated(",", size, "ra,dec")


def long_lines(size: int) -> bytes:
    """Lines of separators, each as long as a line may be."""
    return repeated("," * 199_000 + "\n", size)


def lines_of_words(size: int) -> bytes:
    """Lines of words, each as long as a line may be."""
    return repeated("a b;c,d|e\tf " * 16_000 + "\n", size)


def empty_lines(size: int) -> bytes:
    """Nothing but line ends."""
    return repeated("\n", size, "ra,dec\n1,1\n")


def comment_lines(size: int) -> bytes:
    """Comments that could describe columns, each with many brackets."""
    return repeated("# 1 A " + "[" * 900 + "\n", size, tail="ra,dec\n1,1\n")


def long_comments(size: int) -> bytes:
    """Comments as long as a line may be."""
    return repeated("#" + "Column a (" * 19_000 + "\n", size, tail="ra,dec\n1,1\n")


def ecsv_header(size: int) -> bytes:
    """A header of ECSV that never ends."""
    return repeated("# - {name: a, unit: deg, datatype: float64}\n", size, "# %ECSV 1.0\n", "ra,dec\n1,1\n")


def rows_behind_gaps(size: int) -> bytes:
    """Rows of words, each behind a blank line, where another table could begin."""
    return repeated("x" + ",y" * (COLUMNS - 1) + "\n\n", size, "ra,dec" + ",z" * (COLUMNS - 2) + "\n")


def many_tables(size: int) -> bytes:
    """A header behind each blank line."""
    return repeated("ra,dec\n1,1\n\n", size)


def wide_tables(size: int) -> bytes:
    """As many tables as may be, each of as many columns as may be."""
    return repeated("ra,dec" + ",ra_x" * (COLUMNS - 2) + "\n\n", size)


def repeated_names(size: int) -> bytes:
    """The column names over and over."""
    return repeated("ra,dec\n", size)


def units_rows(size: int) -> bytes:
    """Cells that look like units for long."""
    return repeated("deg " + "m s-1 " * 33_000 + ",deg\n", size, "ra,dec\n")


def names_in_brackets(size: int) -> bytes:
    """Column names that open brackets and blanks without end."""
    return repeated("(" + " " * 190 + ",", min(size, 190_000), "ra,dec,", "x\n")


def names_like_positions(size: int) -> bytes:
    """Column names that are full of right ascensions."""
    return repeated("ra" * 90 + ",", min(size, 179_000), "ra,dec,", "x\n")


def text_cells(size: int) -> bytes:
    """A list of names, each as long as a line may be."""
    return repeated("x" * 190_000 + "\n", size, "name\n")


def long_digits(size: int) -> bytes:
    """Digits that are no number at their end only, where column names are looked for."""
    return repeated("1" * 190_000 + "x\n", size)


def long_digit_cells(size: int) -> bytes:
    """The same in cells of positions, behind blank lines."""
    return repeated("1" * 90_000 + "x," + "1" * 90_000 + "x\n\n", size, "ra,dec\n")


def open_quote(size: int) -> bytes:
    """A quote that is never closed."""
    return repeated('x,"', size, 'ra,dec\n1,"')


def many_quotes(size: int) -> bytes:
    """A cell of quotes."""
    return repeated('"', size, 'ra,dec\n1,"')


def ipac_wide(size: int) -> bytes:
    """An IPAC table of bars."""
    return repeated(" 1\n", size, "|ra |dec|" + "|" * (COLUMNS - 2) + "\n")


def ipac_marked(size: int) -> bytes:
    """A marked IPAC table of as many rows as may be."""
    return repeated(" 1 1 1\n", size, f"\\{MARK} = '1'\n|ra|dec|a|\n")


def ipac_far_bars(size: int) -> bytes:
    """A marked IPAC table whose bars stand far apart."""
    return repeated(" 1\n", size, f"\\{MARK} = '1'\n|ra|dec|" + " " * 190_000 + "|\n")


def ipac_folded(size: int) -> bytes:
    """A marked IPAC table that is folded, of many columns."""
    names = "|".join(f"c{number}" for number in range(40))
    return repeated("1 " * 42 + "\n", size, f"\\{MARK} = '1'\n|ra|dec|{names}|\n")


def ipac_keywords(size: int) -> bytes:
    """Keywords without end."""
    return repeated("\\ equinox = 'J2000'\n", size, tail="|ra|dec|\n 1  1\n")


def drawn_wide(size: int) -> bytes:
    """A drawn table of empty cells."""
    return repeated("|1|1" + "|" * 900 + "\n", size, f"|ra|dec|{MARK}" + "|" * 899 + "\n")


def drawn_rulers(size: int) -> bytes:
    """A drawn table of rulers."""
    return repeated("+---+---+\n", size, "|ra|dec|\n")


def regions(size: int) -> bytes:
    """A region file of one line of regions and an open text."""
    head = "# Region file format: DS9\nfk5\n"
    line = "circle(1,1,1);" * 6000 + "#" + "text={" * 15_000 + "\n"
    return repeated(line, size, head)


def bad_regions(size: int) -> bytes:
    """A region file of what is no region."""
    return repeated("polygon(1,1,1)\n", size, "# Region file format: DS9\nfk5\n")


def byte_by_byte(size: int) -> bytes:
    """A byte-by-byte description of columns that overlap."""
    ruler = "-" * 40 + "\n"
    head = f"Byte-by-byte Description of file: a\n{ruler} Bytes Format Units Label\n{ruler}"
    head += "".join(f" 1-190000 A9 deg ra_{number}\n" for number in range(COLUMNS)) + " 1-9 A9 deg dec\n"
    return repeated("x" * 190_000 + "\n", size, head + ruler)
