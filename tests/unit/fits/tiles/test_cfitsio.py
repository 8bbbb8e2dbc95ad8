"""cfitsio's functions inside astropy: found in the installed one, and named where they are not."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import astropy
import numpy as np
import pytest
from astropy.io.fits.hdu.compressed import _compression

from skybatch.fits.tiles import cfitsio
from skybatch.fits.tiles.cfitsio import HcompressUnavailable, check_version, load_cfitsio

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Look the functions up anew, before and after."""
    load_cfitsio.cache_clear()
    yield
    load_cfitsio.cache_clear()


def test_the_installed_astropy_has_the_functions_and_they_work() -> None:
    """Fails when astropy moves, renames or changes what is called."""
    functions = load_cfitsio()
    pixels = np.random.default_rng(1).integers(-300, 300, (20, 13), dtype=np.int32)
    stream = functions.compress(pixels.tobytes(), 20, 13, 0, 4)
    decoded = np.zeros_like(pixels)
    assert functions.decompress(stream + bytes(64), False, decoded) == 0
    assert np.array_equal(decoded, pixels)


def test_the_decoder_agrees_with_astropys_own_wrapper() -> None:
    pixels = np.random.default_rng(2).integers(-3000, 3000, (33, 47), dtype=np.int32)
    functions = load_cfitsio()
    stream = functions.compress(pixels.tobytes(), 33, 47, 16, 4)
    decoded = np.zeros_like(pixels)
    functions.decompress(stream + bytes(1000), True, decoded)
    expected = _compression.decompress_hcompress_1_c(stream + bytes(1000), 33, 47, 16, 1, 4)
    assert decoded.tobytes() == bytes(expected)


def test_damage_raises_the_error_of_the_extension_or_a_status() -> None:
    functions = load_cfitsio()
    try:
        status = functions.decompress(b"\0" * 200, False, np.zeros((8, 8), np.int32))
    except functions.error:
        status = 1
    assert status != 0


def test_functions_are_looked_up_once() -> None:
    assert load_cfitsio() is load_cfitsio()


def test_the_installed_astropy_is_within_the_range() -> None:
    check_version(astropy.__version__)


def test_the_range_is_that_of_the_package() -> None:
    """One range for installing and running, in the extras that read Quicklooks."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lowest, unsupported = cfitsio.SUPPORTED_ASTROPY
    for extra in ("quicklook", "service"):
        assert f"astropy>={lowest},<{unsupported}" in extras[extra]


@pytest.mark.parametrize("version", ["6.1.7", "9.0.0", "10.0", "9.0.dev12+gabc", "unknown", ""])
def test_another_version_is_refused(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(astropy, "__version__", version)
    with pytest.raises(HcompressUnavailable) as caught:
        load_cfitsio()
    assert f"installed: {version}" in caught.value.missing


@pytest.mark.parametrize("version", ["7.0.0", "7.1", "8.0.2", "8.1rc1"])
def test_a_supported_version_passes(version: str) -> None:
    check_version(version)


def test_a_moved_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, cfitsio.MODULE, None)
    with pytest.raises(HcompressUnavailable) as caught:
        load_cfitsio()
    assert cfitsio.MODULE in caught.value.missing
    assert (caught.value.code, caught.value.retryable) == ("hcompress_unavailable", False)


@pytest.mark.parametrize("name", ["ENCODER", "EXCEPTION", "SYMBOL"])
def test_a_renamed_function_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cfitsio, name, "moved_elsewhere")
    with pytest.raises(HcompressUnavailable) as caught:
        load_cfitsio()
    assert "moved_elsewhere" in caught.value.missing


def test_a_module_that_is_no_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if astropy wrote its codec in Python."""
    module = ModuleType(cfitsio.MODULE)
    module.__file__ = __file__
    monkeypatch.setitem(sys.modules, cfitsio.MODULE, module)
    with pytest.raises(HcompressUnavailable) as caught:
        load_cfitsio()
    assert cfitsio.SYMBOL in caught.value.missing


def test_without_astropy_it_is_an_import_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "astropy", None)
    with pytest.raises(ImportError, match="astropy"):
        load_cfitsio()
