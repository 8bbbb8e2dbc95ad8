"""The inventory's look-ups done by DuckDB on Parquet and by SQLite with an R*Tree, as a good engineer would.

Both get the same columns, sorted and indexed as suits them, select candidates in SQL and hand them to the
same exact predicate; so what is compared is finding and reading rows, and the answers must be equal.
Answers are coadd keys, sorted.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.image_sets import ImageSets, scan_codes
from skybatch.sky.fk5 import fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.regions import Circle
from skybatch.sky.vectors import to_sphere, to_vector
from skybatch.sky.zones import RA_BITS, key_ranges, zone_keys

Keys = NDArray[np.int64]
GRID = "coadd_key, crval1, crval2, crota2, shape"
# 32-bit R*Tree coordinates are rounded outward by SQLite itself; this covers our own sums.
SLACK = 1e-7


class Rival:
    """What both have in common: pixel grids and the exact part."""

    def __init__(self, shapes: NDArray[np.float64]) -> None:
        self.grids = PixelGrids.from_table(shapes)

    def footprints(self, columns: Any) -> Footprints:
        _, ra, dec, rotation, shape = columns
        return Footprints(ra, dec, rotation, shape.astype(np.intp), self.grids)

    def exact_region(self, columns: Any, ra: float, dec: float, diameter: float) -> Keys:
        held = Circle(ra, dec, diameter / 2.0).matches(self.footprints(columns), "overlap")
        return np.sort(columns[0][held])

    def region(self, ra: float, dec: float, diameter: float) -> Keys:
        """Find the image sets that overlap a circle, in degrees."""
        raise NotImplementedError

    def positions(self, ra: Any, dec: Any, best: bool) -> tuple[Any, Keys]:
        """Find the image sets that contain positions: rows and keys."""
        raise NotImplementedError

    def keys(self, wanted: Any) -> Keys:
        """Find image sets by coadd key."""
        raise NotImplementedError

    def scans(self, low: Any, high: Any) -> Keys:
        """Find image sets by ranges of scan codes."""
        raise NotImplementedError

    def exact_positions(self, columns: Any, row: Any, ra: Any, dec: Any, best: bool) -> tuple[Any, Keys]:
        """Rows and keys, sorted; of each row's images the most centred one only if ``best``."""
        distance = self.footprints(columns).edge_distance(fk5_vector(ra, dec)[row])
        inside = distance >= 0.0
        row, key, distance = row[inside], columns[0][inside], distance[inside]
        order = np.lexsort((key, -distance, row)) if best else np.lexsort((key, row))
        row, key = row[order], key[order]
        first = np.diff(row, prepend=-1) != 0 if best else slice(None)
        return row[first], key[first]


def arrays(rows: list[tuple[Any, ...]], width: int) -> list[NDArray[Any]]:
    table = np.array(rows, dtype=np.float64).reshape(-1, width)
    return [table[:, 0].astype(np.int64), *table[:, 1:].T]


class SQLite(Rival):
    """Boxes in three dimensions: no trouble at the poles or RA 0."""

    def __init__(self, path: Path, shapes: NDArray[np.float64]) -> None:
        super().__init__(shapes)
        self.db = sqlite3.connect(path)

    @staticmethod
    def build(path: Path, sets: ImageSets) -> None:
        db = sqlite3.connect(path)
        db.execute("PRAGMA journal_mode=OFF")
        db.execute(f"CREATE TABLE sets (id INTEGER PRIMARY KEY, {GRID}, code)")
        db.execute("CREATE VIRTUAL TABLE tree USING rtree(id, x0, x1, y0, y1, z0, z1)")
        shapes, shape = sets.grids()
        reach = np.radians(PixelGrids.from_table(shapes).angular_radius) + SLACK
        centre = to_vector(sets.crval1, sets.crval2)
        boxes = np.stack([centre - reach, centre + reach], axis=-1).reshape(-1, 6)
        code = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
        number = range(len(sets))
        columns = (sets.coadd_key, sets.crval1, sets.crval2, sets.crota2, shape, code)
        rows = zip(number, *(c.tolist() for c in columns), strict=True)
        db.executemany("INSERT INTO sets VALUES (?,?,?,?,?,?,?)", rows)
        db.executemany("INSERT INTO tree VALUES (?,?,?,?,?,?,?)", zip(number, *boxes.T.tolist(), strict=True))
        db.execute("CREATE UNIQUE INDEX by_key ON sets (coadd_key)")
        db.execute("CREATE UNIQUE INDEX by_code ON sets (code, coadd_key)")
        db.commit()
        db.close()

    def _near(self, vector: Any, chord: float) -> list[tuple[Any, ...]]:
        low, high = (vector - chord).tolist(), (vector + chord).tolist()
        sql = (
            f"SELECT {GRID} FROM tree JOIN sets USING (id)"
            " WHERE x0<=? AND x1>=? AND y0<=? AND y1>=? AND z0<=? AND z1>=?"
        )
        bounds = [edge for pair in zip(high, low, strict=True) for edge in pair]
        return self.db.execute(sql, bounds).fetchall()

    def region(self, ra: float, dec: float, diameter: float) -> Keys:
        rows = self._near(fk5_vector(ra, dec), 2 * np.sin(np.radians(diameter) / 4))
        return self.exact_region(arrays(rows, 5), ra, dec, diameter)

    def positions(self, ra: Any, dec: Any, best: bool) -> tuple[Any, Keys]:
        found = [self._near(vector, 0.0) for vector in fk5_vector(ra, dec)]
        row = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
        columns = arrays([one for rows in found for one in rows], 5)
        return self.exact_positions(columns, row, ra, dec, best)

    def keys(self, keys: Any) -> Keys:
        sql = f"SELECT {GRID} FROM sets WHERE coadd_key=?"
        return np.array([self.db.execute(sql, (key,)).fetchone()[0] for key in keys.tolist()])

    def scans(self, low: Any, high: Any) -> Keys:
        sql = "SELECT coadd_key FROM sets WHERE code BETWEEN ? AND ?"
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        return np.array([key for pair in pairs for (key,) in self.db.execute(sql, pair)])


class DuckDB(Rival):
    """Parquet in zone order: row groups are passed over by their statistics, positions joined by zone."""

    def __init__(self, path: Path, shapes: NDArray[np.float64]) -> None:
        import duckdb

        super().__init__(shapes)
        self.db = duckdb.connect()
        self.db.execute(f"CREATE VIEW sets AS SELECT * FROM read_parquet('{path}')")

    @staticmethod
    def build(path: Path, sets: ImageSets) -> None:
        import pyarrow
        import pyarrow.parquet

        zone_key = zone_keys(sets.crval1, sets.crval2)
        order = np.argsort(zone_key, kind="stable")
        columns = {name: getattr(sets, name)[order] for name in ("coadd_key", "crval1", "crval2", "crota2")}
        columns["shape"] = sets.grids()[1][order]
        columns["zone_key"] = zone_key[order].astype(np.int64)
        columns["zone"] = columns["zone_key"] >> RA_BITS
        columns["code"] = scan_codes(sets.date, sets.hem, sets.scan, sets.image)[order]
        pyarrow.parquet.write_table(pyarrow.table(columns), path, row_group_size=20_480)

    def _fetched(self, sql: str, values: list[Any] | None = None, names: str = GRID) -> list[NDArray[Any]]:
        answer = self.db.execute(sql, values).fetchnumpy()
        return [np.asarray(answer[name]) for name in names.split(", ")]

    def region(self, ra: float, dec: float, diameter: float) -> Keys:
        low, high, _ = key_ranges(*to_sphere(fk5_vector(ra, dec)), diameter / 2 + self.grids.angular_radius)
        bounds = [int(low.min()), int(high.max())]
        wanted = " OR ".join(f"zone_key BETWEEN {a} AND {b}" for a, b in zip(low, high, strict=True))
        sql = f"SELECT {GRID} FROM sets WHERE zone_key BETWEEN ? AND ? AND ({wanted})"
        return self.exact_region(self._fetched(sql, bounds), ra, dec, diameter)

    def positions(self, ra: Any, dec: Any, best: bool) -> tuple[Any, Keys]:
        import pyarrow

        low, high, owner = key_ranges(*to_sphere(fk5_vector(ra, dec)), self.grids.angular_radius)
        wanted = pyarrow.table(
            {
                "low": low.astype(np.int64),
                "high": high.astype(np.int64),
                "position": owner,
                "z": low >> RA_BITS,
            }
        )
        self.db.register("wanted", wanted)
        sql = f"SELECT {GRID}, position FROM sets JOIN wanted ON zone = z AND zone_key BETWEEN low AND high"
        *columns, row = self._fetched(sql, None, f"{GRID}, position")
        return self.exact_positions(columns, row, ra, dec, best)

    def keys(self, keys: Any) -> Keys:
        import pyarrow

        self.db.register("wanted", pyarrow.table({"k": keys, "n": np.arange(len(keys))}))
        sql = "SELECT coadd_key FROM wanted JOIN sets ON coadd_key = k ORDER BY n"
        return self._fetched(sql, None, "coadd_key")[0]

    def scans(self, low: Any, high: Any) -> Keys:
        import pyarrow

        # A scan is one value of code // 10000: an equality that a hash join can use.
        table = {"low": low, "high": high, "s": low // 10_000, "n": np.arange(len(low))}
        self.db.register("wanted", pyarrow.table(table))
        sql = (
            "SELECT coadd_key FROM wanted JOIN sets ON code // 10000 = s AND code BETWEEN low AND high"
            " ORDER BY n, code"
        )
        return self._fetched(sql, None, "coadd_key")[0]
