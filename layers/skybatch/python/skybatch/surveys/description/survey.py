"""`Survey`: what a description says of a survey; its fields are the keys of the TOML file.

Where a key has a default, a description may leave it out. Wavelengths are in metres, diameters in degrees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal

from skybatch.surveys.description.described import described
from skybatch.surveys.description.images import (
    Band,
    Dataset,
    Field,
    ImageSet,
    Mission,
    Names,
    Place,
    Power,
    Product,
)
from skybatch.surveys.description.metadata import Column, Header, Import, ObsCore, Tables, Verified, VOTable
from skybatch.surveys.description.request_rules import Requests
from skybatch.surveys.description.templates import Template


@described
class Survey:
    """A survey, as its description says.

    Attributes
    ----------
    schema
        Version of the form of descriptions: 1.
    id
        Identifier; a survey of several data sets has one identifier each, ``{id}-{dataset.id}``.
    title, short
        Names for people.
    mission
        First element of the archive's addresses; by default the id.
    facility
        Observatory: a text, or a table with ``by``, the name of a field, and a text for each value of it.
    instrument, acknowledgement, references, doi, rights
        Texts; references are bibliographic codes.
    bibtex
        Entries of its papers, as README files and the help give them; by default made of the references.
    powers
        Abilities of the service that only some surveys have.
    filters_page
        Address of the survey's own page about its filters.
    verified
        What of the description was tried on genuine files of the survey, and what was not.
    """

    schema: Literal[1]
    id: str
    title: str
    short: str
    mission: Mission = Mission(name="")
    facility: str | Mapping[str, str] = ""
    instrument: str = ""
    acknowledgement: str = ""
    references: tuple[str, ...] = ()
    doi: str = ""
    bibtex: str = ""
    rights: str = "public"
    powers: tuple[Power, ...] = ()
    filters_page: str = ""
    verified: Verified = Verified()
    dataset: tuple[Dataset, ...]
    band: tuple[Band, ...]
    place: Place = Place()
    fields: Mapping[str, Field]
    set: ImageSet
    product: Mapping[str, Product]
    names: Names = Names()
    header: Header = Header()
    imports: Import = field(default=Import(), metadata={"key": "import"})
    columns: Mapping[str, Column] = field(default_factory=dict)
    tables: Tables = Tables()
    votable: VOTable = VOTable()
    obscore: ObsCore = ObsCore()
    requests: Requests = Requests()

    @cached_property
    def bands(self) -> Mapping[str, Band]:
        """Bands by id, in the description's order."""
        return {band.id: band for band in self.band}

    @property
    def bands_apart(self) -> bool:
        """Whether each band of an image set has a pixel grid, and so a place on the sky, of its own."""
        return self.set.grid == "band" and len(self.band) > 1

    @cached_property
    def band_order(self) -> Mapping[str, int]:
        """The place of each band in the description's order, from 0."""
        return {band: place for place, band in enumerate(self.bands)}

    @cached_property
    def datasets(self) -> Mapping[str, Dataset]:
        """Data sets by the name that requests, plans and inventory folders have: see `dataset_key`."""
        return {self.dataset_key(dataset): dataset for dataset in self.dataset}

    @property
    def has_sets_of_one_band(self) -> bool:
        """Tell whether each image set is one image, whose header names the band: keys do not."""
        return len(self.band) > 1 and not any("{band." in product.key for product in self.product.values())

    @property
    def images(self) -> Mapping[str, Product]:
        """The products that batches deliver, by name."""
        return {name: product for name, product in self.product.items() if product.role == "image"}

    @property
    def first_product(self) -> str:
        """The name of the product that batches deliver by default."""
        return next(iter(self.images))

    def bands_text(self, bands: Iterable[str]) -> str:
        """Return bands as tables write them: ``JHK`` where all bands have one letter, else ``W1,W2``."""
        between = "" if all(len(band.id) == 1 for band in self.band) else ","
        return between.join(self.bands[band].show for band in bands)

    def dataset_key(self, dataset: Dataset) -> str:
        """Return the name of a data set in plans and inventory folders; the survey's for its only one."""
        return dataset.id or self.id

    @cached_property
    def set_id(self) -> Template:
        """Template of the identifier of an image set."""
        return Template(self.set.id)

    def survey_id(self, dataset: str) -> str:
        """Return the identifier of a data set as a survey of its own: ``2mass-asky``, or ``allwise``."""
        return f"{self.id}-{dataset}" if self.datasets[dataset].id else self.id

    def address(self, dataset: str) -> str:
        """Return what the addresses of a data set begin with: ``wise/allwise/p3am_cdd/``."""
        return f"{self.mission.name}/{self.datasets[dataset].path}/"

    def dataset_title(self, dataset: str) -> str:
        """Return the title of a data set with the survey's name: ``2MASS 6X Catalog``."""
        return with_name(self.short, self.datasets[dataset].title)

    def has(self, power: Power) -> bool:
        """Tell whether the survey has a power."""
        return power in self.powers


def with_name(short: str, title: str) -> str:
    """Return a title that begins with the survey's name, as it is or with that before it."""
    return title if title.startswith(short) else f"{short} {title}"
