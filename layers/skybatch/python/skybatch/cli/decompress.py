"""The command `skybatch decompress FILE…`: compressed images to plain FITS, offline."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from skybatch.cli.terminal.output import COMPLETE, FAILED, USAGE
from skybatch.errors import SkybatchError, SourceUnsupported

EXAMPLES = """\
examples:
  skybatch decompress 0001_981121n_j0690256_ql.fits.H      writes 0001_981121n_j0690256_ql.fits beside it
  skybatch decompress images/*.fits.H --output plain
  skybatch decompress 981121n_j0690256.fits.fz             a tile-compressed Atlas image: the original file

Quicklooks are lossy: for positions, finding charts and visual inspection, never for photometry. The
restored files say so in their headers. Needs astropy and isal, which skybatch's extra "quicklook" brings."""
SUFFIXES = (".fits.H", ".fits.fz", ".fits.gz", ".fits")


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "decompress",
        help="restore Quicklooks and tile-compressed images to plain FITS",
        description="Restore compressed Quicklooks and tile-compressed Atlas images to plain FITS, offline.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".fits.H or .fits.fz")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="target directory (default: that of each file)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite existing files")
    parser.set_defaults(run=_decompress)


def _decompress(options: argparse.Namespace) -> int:
    """Restore each file; a failure is printed and does not keep the others from being restored."""
    failed, missing = 0, 0
    for path in options.files:
        try:
            print(restore(path, options.output or path.parent, force=options.force))
        except FileNotFoundError:
            print(f"skybatch: {path}: there is no such file", file=sys.stderr)
            missing += 1
        except (SkybatchError, OSError) as error:
            print(f"skybatch: {path}: {error}", file=sys.stderr)
            failed += 1
    if failed:
        return FAILED
    return USAGE if missing else COMPLETE


def restore(path: Path, directory: Path, *, force: bool = False) -> Path:
    """Restore one Quicklook or tile-compressed image into a directory and return the file written.

    Raises
    ------
    SourceDamaged, SourceUnsupported
        The file is neither, or cannot be decoded.
    FileExistsError
        The target exists and ``force`` is not set.
    PackageMissing
        astropy, numpy or isal is not installed.
    """
    decoded = _decode(path.read_bytes())
    target = directory / plain_name(path.name)
    if target.exists() and not force:
        raise FileExistsError(f"{target} exists (--force overwrites)")
    directory.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(decoded)
    return partial.replace(target)


def plain_name(name: str) -> str:
    """Return the name of the plain file, with ``.fits`` in place of a compressed suffix."""
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")
    return name.removesuffix(suffix) + ".fits"


def _decode(source: bytes) -> bytes:
    try:
        from skybatch.fits.tiles.gzip2_reader import decompress_tiled, is_tiled
        from skybatch.imaging.quicklook import decompress_quicklook as restored

        with suppress(SourceUnsupported):  # tiles of another compression, those of a Quicklook
            if is_tiled(source):
                return decompress_tiled(source)
        return restored(source)  # imports its decoder lazily
    except ImportError as missing:
        from skybatch.client.exceptions import PackageMissing

        raise PackageMissing(
            f"{missing.name} is not installed: install skybatch with the extra 'quicklook'."
        ) from missing
