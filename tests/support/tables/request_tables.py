"""Tables and bodies for the tests of requests: the survey documentation's examples, and ways to post them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from skybatch.errors import SkybatchError
from skybatch.requests.model import Request
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings

LIMITS = Settings()

POSITIONS_ALL = """\
|        ra|       dec| best|
|    double|    double| char|
|       deg|       deg|     |
|      null|      null| null|
  65.497627  19.535070     n
"""
POSITIONS_BEST = """\
|       dec|        ra| best|
|    double|    double| char|
|       deg|       deg|     |
|      null|      null| null|
  19.535070  65.497627     y
"""
POSITIONS_CROP = """\
|        ra| best|       dec| size|
  65.497627     y  19.535070    50
"""
POSITIONS_GATOR = """\
|         ra|        dec|    j_m|    h_m|    k_m| ph_qual|
|     double|     double| double| double| double|    char|
|        deg|        deg|    mag|    mag|    mag|        |
|       null|       null|   null|   null|   null|    null|
  218.793021  -29.988167  15.269  14.775  14.721      AAA
  218.889627  -23.928709  16.954  16.095  15.967      DDD
  219.026042  -25.927643  16.413  15.764  15.750      BCD
"""
KEYS_THREE = """\
| coadd_key| band|
|       int| char|
    1590591     J
    1590591     H
    1590591     K
"""
KEYS_ALL = """\
| coadd_key| band|
    1590591     A
"""
KEYS_MIXED = """\
|   id| coadd_key| band| my_column|
| char|       int| char|      char|
     1    1590591     A      these
    59    1230312     a     are my
     3    1590590     j     column
   200     699387     K     values
"""
SCANS_SIX = """\
|  xdate|  hem| scan| image| band|
|   char| char|  int|   int| char|
  971031     n    96    197     J
  971031     n    96    197     H
  971031     n    96    197     K
  981121     n    69    256     j
  981121     n    69    256     h
  981121     n    69    256     k
"""
SCANS_TWO = """\
|  xdate|  hem| scan| image| band|
|   char| char|  int|   int| char|
  971031     n    96    197     A
  981121     n    69    256     a
"""
SCANS_EMPTY_IMAGE = """\
|  xdate| hem| scan| image| band|
  971031    n    96            A
"""
SCANS_NULL_IMAGE = """\
|  xdate| hem| scan| image| band|
  971031    n    96   null     A
"""
SCANS_NO_IMAGE = """\
|  xdate| hem| scan| band|
  971031    n    96     A
"""


def parsed_request(limits: Settings = LIMITS, /, **fields: object) -> Request:
    """The request of a JSON body with these fields."""
    request, _ = parse_body(json.dumps(fields).encode(), "application/json", limits)
    return request


def parsed_rows(mode: str, table: str, **fields: Any) -> list[dict[str, object]]:
    """The rows of a table posted in JSON, without their lines."""
    rows = parsed_request(mode=mode, table=table, **fields).rows
    return [{**replace(row, line=None).to_json(), "bands": "".join(row.bands)} for row in rows]


def multipart_body(
    fields: Mapping[str, object], table: bytes | None = None, name: str = "t.tbl"
) -> tuple[bytes, str]:
    """A multipart/form-data body and its content type."""
    parts: list[tuple[str, Any]] = [
        (key, item)
        for key, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    if table is not None:
        parts.append(("table", (name, table, "application/octet-stream")))
    return encode_multipart_formdata(parts)


def parsed_upload(mode: str, table: bytes, limits: Settings = LIMITS, **fields: object) -> Request:
    """The request of a table posted as a file of a form."""
    body, content_type = multipart_body({"mode": mode, **fields}, table)
    return parse_body(body, content_type, limits)[0]


def http_status(call: Callable[[], object]) -> int:
    """The HTTP status that a call's error answers with, 200 without one."""
    try:
        call()
    except SkybatchError as error:
        return error.status
    return 200
