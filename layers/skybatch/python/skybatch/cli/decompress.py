"""`skybatch decompress FILE…`: what was delivered compressed, to plain FITS, offline."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from skybatch.errors import SkybatchError, SourceUnsupported

EXAMPLES = """\
examples:
  skybatch decompress 0001_981121n_j0690256_ql.fits.H      writes 0001_981121n_j0690256_ql.fits beside it
  skybatch decompress images/*.fits.H --output plain
  skybatch decompress 981121n_j0690256.fits.fz             an Atlas image in tiles: the original file again

Quicklooks are lossy: for positions, finding charts and looking, never for photometry. The restored files
say so in their headers. Needs astropy and isal: pip install 'skybatch[quicklook]'."""
ENDINGS = (".fits.H", ".fits.fz", ".fits.gz", ".fits")


def add_command(topics: Any) -> None:
    """Add the command."""
    parser = topics.add_parser(
        "decompress",
        help="restore compressed Quicklooks and images in tiles to plain FITS",
        description="Restore compressed Quicklooks, and Atlas images in tiles, to plain FITS, offline.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".fits.H or .fits.fz")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where to write (beside each file)")
    parser.add_argument("--force", action="store_true", help="overwrite files that exist")
    parser.set_defaults(run=_decompress)


def _decompress(options: argparse.Namespace) -> int:
    """Restore each file; one that cannot be is told of, and the others go on."""
    failed = 0
    for path in options.files:
        try:
            print(restore(path, options.output or path.parent, force=options.force))
        except (SkybatchError, OSError) as error:
            print(f"skybatch: {path}: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def restore(path: Path, directory: Path, *, force: bool = False) -> Path:
    """Restore one Quicklook, or one image in tiles, into a directory; the file written.

    Raises SourceDamaged, SourceUnsupported for what is neither, FileExistsError unless ``force``,
    PackageMissing without astropy, numpy and isal.
    """
    decoded = _restored(path.read_bytes())
    target = directory / plain_name(path.name)
    if target.exists() and not force:
        raise FileExistsError(f"{target} exists (--force overwrites)")
    directory.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(decoded)
    return part.replace(target)


def plain_name(name: str) -> str:
    """The name of the plain file: ``.fits`` in place of a compressed ending."""
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending) + ".fits"


def _restored(source: bytes) -> bytes:
    try:
        from skybatch.fits.tiles.gzip2 import is_tiled, plain_tiled
        from skybatch.imaging.quicklook import restore as restored

        with suppress(SourceUnsupported):  # tiles of another compression: a Quicklook's
            if is_tiled(source):
                return plain_tiled(source)
        return restored(source)  # which imports its decoder when it needs it
    except ImportError as missing:
        from skybatch.client.exceptions import PackageMissing

        raise PackageMissing(
            f"{missing.name} is not installed: pip install 'skybatch[quicklook]'."
        ) from missing
