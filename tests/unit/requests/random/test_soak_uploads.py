"""A search for uploads that cost more than those known: by a grammar, from kept seeds, over all formats."""

from __future__ import annotations

import random
import time
import tracemalloc
from functools import partial

import pytest

from skybatch.requests.parser import parse_body
from tests.support.hostile.grammar import FORMATS, GENES, Genes, mutated, random_genes, upload_of
from tests.support.tables.request_tables import LIMITS, http_status, multipart_body

SEED = 20_261_128
TRIES = 40  # of each format
SMALL, WHOLE = 300_000, 3_900_000  # bytes while searching, and of the worst found
MOST_BYTES = 400_000_000
PLAINEST: Genes = (0,) * GENES
# Genes of the worst that earlier searches found, which every search begins with.
KEPT: dict[str, tuple[Genes, ...]] = {
    "separated values": ((0, 4, 0, 0, 12, 12, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0),),
    "IPAC": (
        (6821, 9499, 9135, 9581, 6236, 8112, 7506, 1302, 4345, 134, 6941, 8353, 1257, 4042, 9046, 6881),
    ),
    "drawn with bars": (
        (6975, 7840, 3222, 5385, 9546, 2435, 5153, 1052, 3994, 1239, 2445, 335, 9410, 3732, 4364, 9734),
    ),
    "ds9": ((8318, 6267, 8503, 6163, 3119, 7124, 5788, 9992, 7140, 9703, 4123, 3824, 1798, 2723, 607, 2699),),
    "VOTable TABLEDATA": ((0, 3, 0, 0, 12, 12, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0),),
    "VOTable BINARY": ((0, 4, 0, 0, 12, 12, 0, 0, 0, 0, 1, 0, 2, 1, 0, 0),),
    "FITS": ((0, 3, 0, 0, 12, 12, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0),),
    "xlsx": ((0, 5, 0, 0, 12, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),),
}


def cost(format_name: str, genes: Genes, size: int) -> tuple[float, int, int]:
    """Return the seconds of processor time, the most bytes of memory, and the status of one upload."""
    mode, upload = upload_of(format_name, genes, size)
    if len(upload) > LIMITS.max_upload_bytes:
        return 0.0, 0, 413
    post = partial(http_status, partial(parse_body, *multipart_body({"mode": mode}, upload), LIMITS))
    start = time.process_time()
    status = post()
    seconds = time.process_time() - start
    tracemalloc.start()
    try:
        assert post() == status
        return seconds, tracemalloc.get_traced_memory()[1], status
    finally:
        tracemalloc.stop()


def worst_of(format_name: str, tries: int, seed: int) -> list[Genes]:
    """Search for the genes that cost most time, and most memory, at a small size."""
    source = random.Random(f"{seed} {format_name}")
    best: list[tuple[float, Genes]] = [(-1.0, ()), (-1.0, ())]
    first = [PLAINEST, *KEPT.get(format_name, ())]
    for _ in range(tries):
        parents = [genes for _, genes in best if genes]
        if first:
            genes = first.pop()
        elif parents and source.random() < 0.6:
            genes = mutated(source.choice(parents), source)
        else:
            genes = random_genes(source)
        seconds, memory, status = cost(format_name, genes, SMALL)
        assert status == 200 or 400 <= status < 500, (format_name, genes)
        for place, value in enumerate((seconds, float(memory))):
            if value > best[place][0]:
                best[place] = (value, genes)
    return [genes for _, genes in best]


@pytest.mark.soak
@pytest.mark.parametrize("format_name", FORMATS)
def test_the_worst_uploads_that_a_search_finds_stay_within_memory(format_name: str) -> None:
    for what, genes in zip(("time", "memory"), worst_of(format_name, TRIES, SEED), strict=True):
        seconds, memory, status = cost(format_name, genes, WHOLE)
        print(f"\n{format_name}, worst in {what}: {seconds:.2f} s, {memory / 1e6:.0f} MB, {status}, {genes}")
        assert status == 200 or 400 <= status < 500
        assert memory < MOST_BYTES


@pytest.mark.parametrize("format_name", FORMATS)
def test_genes_make_the_same_upload_again_and_the_plainest_is_read(format_name: str) -> None:
    genes = random_genes(random.Random(1))
    assert upload_of(format_name, genes, 5000) == upload_of(format_name, genes, 5000)
    assert cost(format_name, PLAINEST, 3000)[2] == 200
