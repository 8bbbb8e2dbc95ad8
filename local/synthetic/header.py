"""The header of a sample image: the survey's key words in their order and form, our own values."""

from __future__ import annotations

from pathlib import Path

from local.synthetic.scans import FRAME_STEP, LAST_COADD, PIXEL, ImageSet

CARD = 80
HEADER_BYTES = 11520  # four blocks of 2880, as in the survey's files
TEXT = Path(__file__).with_name("atlas_cards.txt").read_text()
TELESCOPES = {"n": "Hopkins", "s": "CTIO"}
# Standard deviations from the mean of the percentiles 2.27 … 97.72 of a normal distribution.
QUANTILES = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


def header(images: ImageSet, band: str, *, sky: float, noise: float, magzp: float, seesh: float) -> bytes:
    """Format the padded header, 11,520 bytes, of one band of an image set; ``sky`` and ``noise`` in DN."""
    scan = images.scan
    text = TEXT.format(
        band=band,
        naxis2=images.naxis2,
        crpix2=(images.naxis2 + 1) / 2,
        crval1=images.crval1,
        crval2=images.crval2,
        crota2=images.crota2,
        cdelt1=-PIXEL,
        cdelt2=PIXEL,
        date=scan.date,
        day=scan.day,
        scan=scan.scan,
        direction=scan.direction,
        telescope=TELESCOPES[scan.hem],
        strip=100000 + scan.first_key % 100000,
        position=_tile_name(scan.ra, scan.dec),
        first_row=149 + images.first_row,
        frame_step=FRAME_STEP,
        sky=sky,
        noise=noise,
        magzp=magzp,
        seesh=seesh,
        quantiles=[sky + noise * at for at in QUANTILES],
        ut=f"06:{images.image * 1.3 // 60:02.0f}:{images.image * 1.3 % 60:05.2f}",
        sidereal=_sexagesimal(scan.ra / 15, ".2f"),
        ra=_sexagesimal(scan.ra / 15, ".2f"),
        dec_first=_sexagesimal(ImageSet(scan, 0).crval2, ".1f", sign=True),
        dec_last=_sexagesimal(ImageSet(scan, LAST_COADD).crval2, ".1f", sign=True),
    )
    cards = [*text.splitlines(), "END"]
    padded = "".join(card.ljust(CARD) for card in cards).ljust(HEADER_BYTES)
    if max(map(len, cards)) > CARD or len(padded) != HEADER_BYTES:
        raise ValueError(f"a card of {images} is longer than {CARD} characters")
    return padded.encode("ascii")


def _tile_name(ra: float, dec: float) -> str:
    """Format a tile's name as the survey does, e.g. ``s060534``: hemisphere, degrees, hours, minutes."""
    minutes = int(ra * 4)
    return f"{'s' if dec < 0 else 'n'}{abs(int(dec)):02d}{minutes // 60:02d}{minutes % 60:02d}"


def _sexagesimal(value: float, seconds_format: str, *, sign: bool = False) -> str:
    decimals = int(seconds_format[1])
    seconds = round(abs(value) * 3600, decimals)
    mark = ("-" if value < 0 else "+") if sign else ""
    rest = format(seconds % 60, f"0{3 + decimals}{seconds_format}")
    return f"{mark}{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}:{rest}"
