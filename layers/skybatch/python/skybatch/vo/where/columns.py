"""The columns of ``where``, each computed from image sets when a condition first uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from skybatch.tables.schemas.image_geometry import image_points
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.vo.where.three_valued import Kind

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

KINDS: dict[str, Kind] = {column.name: "text" if column.is_text else "number" for column in NATIVE_SEARCH}
_POINTS = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "naxis1", "naxis2")
_OF_SETS = {"ordate": "date", "hemisphere": "hem", "scanno": "scan", "coaddno": "image"}
_OF_BANDS = ("seesh", "magzp", "msnr10")


class ImageColumns(Mapping[str, Any]):
    """Columns of one band's images by name: (n,) arrays, or one value for all.

    ``points`` keeps what is the same for all bands of the same sets, where the caller shares it.
    """

    def __init__(self, details: ImageSets, band: str, points: dict[str, Any] | None = None) -> None:
        self.details, self.band = details, band
        self._points: dict[str, Any] = {} if points is None else points
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = self._made(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)

    def _made(self, name: str) -> Any:
        own: dict[str, Callable[[], Any]] = {"filter": lambda: self.band, "fname": self._file_names}
        if name in own:
            return own[name]()
        if name in _OF_BANDS:
            return getattr(self.details, name)[self.band]
        field = _OF_SETS.get(name, name)
        if hasattr(self.details, field):
            return getattr(self.details, field)
        if not self._points:
            self._points |= image_points({each: getattr(self.details, each) for each in _POINTS})
        return self._points[name]

    def _file_names(self) -> list[str]:
        suffixes = self.details.suffix[self.band].tolist()
        numbers = zip(self.details.scan.tolist(), self.details.image.tolist(), suffixes, strict=True)
        return [f"{self.band}i{scan:03d}{image:04d}{suffix}" for scan, image, suffix in numbers]
