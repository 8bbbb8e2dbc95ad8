"""Cards and sizes of HDUs of any kind against astropy."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged
from skybatch.fits.hdus.card_list import CardList
from skybatch.fits.header import find_end


def card_list(*cards: str) -> CardList:
    return CardList("".join(card.ljust(80) for card in cards).encode())


def made() -> fits.HDUList:
    table = fits.BinTableHDU(np.array([(1, b"abc")], dtype=[("n", "i4"), ("t", "S3")]))
    images = [
        fits.ImageHDU(np.ones(sides, kind))
        for sides, kind in (((7, 5), "i2"), ((3, 2, 9), "f8"), ((3,), "u1"))
    ]
    return fits.HDUList(
        [fits.PrimaryHDU(), table, *images, fits.CompImageHDU(np.ones((9, 9), "i4")), fits.ImageHDU()]
    )


def test_every_hdu_is_followed_by_the_next() -> None:
    file = io.BytesIO()
    hdus = made()
    hdus.writeto(file)
    content = file.getvalue()
    position = 0
    with fits.open(io.BytesIO(content), disable_image_compression=True) as again:
        for hdu in again:
            info = hdu.fileinfo()
            assert position == info["hdrLoc"]
            end = find_end(content, position)
            cards = CardList(content[position:end])
            position = info["datLoc"] + cards.data_bytes
    assert position == len(content)


@pytest.mark.parametrize(
    "cards",
    [
        ("BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = -3"),
        ("BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 3"),
        ("BITPIX  = 'x'", "NAXIS   = 1", "NAXIS1  = 3"),
        ("BITPIX  = 8", "NAXIS   = 1000"),
        ("BITPIX  = 64", "NAXIS   = 3", *(f"NAXIS{n}  = 99999999999999" for n in (1, 2, 3))),
        ("BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = 3", "PCOUNT  = -8"),
    ],
)
def test_sizes_that_no_file_has_are_damage(cards: tuple[str, ...]) -> None:
    with pytest.raises(SourceDamaged):
        _ = card_list(*cards).data_bytes


def test_long_texts_stay_together_and_hierarch_cards_have_their_names() -> None:
    cards = card_list(
        "A       = 'long&'", "CONTINUE  'er'", "HIERARCH ESO DET = 3 / x", "HIERARCH ESO DET2 = 4", "COMMENT"
    )
    assert [key for key, _ in cards.entries()] == [
        b"A       ", b"HIERARCH ESO DET", b"HIERARCH ESO DET2", b"COMMENT ",
    ]  # fmt: skip
    assert [len(card) for _, card in cards.entries()] == [160, 80, 80, 80]
    assert cards.get("A") == "long&"
    assert cards.get("B") is None
    assert cards.integer("B", 7) == 7


def test_random_groups_are_counted_as_the_standard_has_them() -> None:
    groups = card_list(
        "BITPIX  = -32", "NAXIS   = 3", "NAXIS1  = 0", "NAXIS2  = 4", "NAXIS3  = 5", "GROUPS  = T",
        "PCOUNT  = 2", "GCOUNT  = 300",
    )  # fmt: skip
    assert groups.data_bytes == -(-4 * 300 * (2 + 20) // 2880) * 2880
