"""The part of a description that says which images there are: data sets, bands, keys, names and products."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from skybatch.surveys.description.described import described

FieldType = Literal["text", "int", "path"]
Role = Literal["image", "link"]
Power = Literal["coadd_keys", "scans", "quicklooks", "tiles", "nph_im"]


@described
class Mission:
    """The first element of the archive's addresses, and other spellings of it."""

    name: str
    aliases: tuple[str, ...] = ()


@described
class Dataset:
    """One data set of the survey.

    Attributes
    ----------
    id
        Its identifier in requests and its inventory's folder; empty for the only one of a survey.
    path
        Two path elements of its address below the mission: data set and table.
    title
        Title for people, without the survey's name.
    sia_title
        Title in answers of the archive's image search; by default the survey's short name and the title.
    """

    id: str = ""
    path: str
    title: str
    sia_title: str = ""

    @property
    def folder(self) -> str:
        """The first element of the path: the archive's name of the data set."""
        return self.path.partition("/")[0]

    @property
    def table(self) -> str:
        """The second element of the path: the archive's name of the table."""
        return self.path.partition("/")[2]


@described
class Band:
    """One filter.

    Attributes
    ----------
    id
        Identifier in requests and results, in lower case.
    label
        Name for people.
    show
        Name in tables.
    native
        Value in the archive's own search.
    token
        Text in keys.
    words
        Spellings that requests may use, in lower case.
    wave
        Reference wavelength, lower and upper limit, metres; left out where they are not known.
    """

    id: str
    label: str
    show: str = ""
    native: str | int = ""
    token: str = ""
    words: tuple[str, ...] = ()
    wave: tuple[float, float, float] | None = None

    @property
    def reference(self) -> float | None:
        """Reference wavelength, metres; None where it is not known, as the limits then."""
        return self.wave and self.wave[0]

    @property
    def lower(self) -> float | None:
        """Lower limit, metres."""
        return self.wave and self.wave[1]

    @property
    def upper(self) -> float | None:
        """Upper limit, metres."""
        return self.wave and self.wave[2]


@described
class Place:
    """Where the images lie.

    Attributes
    ----------
    bucket
        Bucket; empty for the archive bucket of the deployment.
    region
        AWS region of the bucket.
    access
        Whether requests to the bucket are signed.
    requester_pays
        Whether they declare to pay for what they read.
    prefix
        Template of what stands before ``key``; empty where keys are paths below the root of the tree.
    ignore
        Patterns of shell wildcards: files that are counted and not reported.
    """

    bucket: str = ""
    region: str = ""
    access: Literal["signed", "anonymous"] = "signed"
    requester_pays: bool = False
    prefix: str = "{mission.name}/{dataset.path}/"
    ignore: tuple[str, ...] = ()


@described
class Field:
    """A part of keys, titles and file names.

    Attributes
    ----------
    type
        Whether it is text, a whole number, or a path: all of the key but its ending, slashes included.
    match
        Pattern of its text in keys: character classes and characters, each with a count. A path has none.
    format
        Format in templates that give none, such as ``03d``.
    min, max
        Limits of a number.
    check
        A further rule of its text: ``yymmdd``, a day of the calendar.
    keyword
        FITS keyword that must agree with it, where a header has that.
    words
        Spellings in headers and tables, in lower case, and the values they stand for.
    imported
        Columns of metadata tables that hold it; ``import`` in the description.
    """

    type: FieldType = "text"
    match: str = ""
    format: str = ""
    min: int | None = None
    max: int | None = None
    check: Literal["", "yymmdd"] = ""
    keyword: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    imported: tuple[str, ...] = field(default=(), metadata={"key": "import"})

    @property
    def pattern(self) -> str:
        """Regular expression of its text."""
        return ".+?" if self.type == "path" else self.match


@described
class Number:
    """A number of image sets: its column and type, and the columns of metadata tables that hold it."""

    column: str
    type: Literal["i4"] = "i4"
    imported: tuple[str, ...] = field(default=(), metadata={"key": "import"})


@described
class ImageSet:
    """What names an image set: the images of one pixel grid, or of one pointing.

    Attributes
    ----------
    fields
        Names of the fields, in the order of sets that are otherwise alike.
    id
        Template of its identifier in requests and tables.
    grid
        ``set``: all bands have one pixel grid. ``band``: each has its own, and a footprint of its own.
    number
        A number of each set besides, where the survey has one.
    """

    fields: tuple[str, ...]
    id: str
    grid: Literal["set", "band"] = "set"
    number: Number | None = None


@described
class Product:
    """A kind of file that the survey has of each image. The first is what batches deliver.

    Attributes
    ----------
    role
        ``image``: delivered by batches. ``link``: named beside an image, in SIA, DataLink and addresses.
    type
        Letter in tables.
    title
        Word in titles.
    key
        Template of its key below the prefix, without the ending.
    forms
        Endings under which it may be stored, the usual one first, without their leading dot.
    read
        Endings in the order in which a crop prefers them; by default ``forms``.
    pixflags
        Pixel flags of SIA 1.0, section 4.2.4.
    bitpix
        Type of the pixels, as in FITS; 0: that of each image.
    hdu
        Number of the HDU that holds the image, from 0, or its EXTNAME; by default the first that holds one.
    no_data
        Values of pixels without data, by BSCALE and BZERO, beside NaN and BLANK: pictures show them as such.
    header_blocks
        2880-byte blocks of the header, for tables that do not tell.
    power
        The power that this product is part of.
    semantics
        Term of DataLink, of links.
    mark
        End of file names that tells it from the first product; by default its name, after an underscore.
    """

    role: Role = "image"
    type: str = "A"
    title: str
    key: str
    forms: tuple[str, ...]
    read: tuple[str, ...] = ()
    pixflags: str = "C"
    bitpix: int = -32
    hdu: int | str = ""
    no_data: tuple[float, ...] = ()
    header_blocks: int = 4
    power: Power | None = None
    semantics: str = ""
    mark: str = ""


@described
class Names:
    """Templates of titles and file names.

    Attributes
    ----------
    sia, title, obs
        Titles in image searches, in tables of batches and the image inventory, and in ObsCore.
    file, colour
        Names of delivered images and of colour pictures, without ending.
    """

    sia: str = ""
    title: str = ""
    obs: str = ""
    file: str = ""
    colour: str = ""
