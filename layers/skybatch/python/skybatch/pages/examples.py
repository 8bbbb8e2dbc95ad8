"""One example of each mode, as the form fills it in: the survey documentation's own."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "region": {"center": "m83", "diameter": "0.25", "relation": "overlap"},
    "positions": {
        "best": "true",
        "table": """\
|        ra|       dec|   size| best|     id|
|    double|    double|    int| char|   char|
|       deg|       deg| arcsec|     |       |
  65.497627  19.535070      50     y  crop
  65.497627  19.535070    null     n  whole
 218.793021 -29.988167     300     y  finder
""",
    },
    "coadd_keys": {
        "table": """\
|   id| coadd_key| band|
| char|       int| char|
     1    1590591     A
    59    1230312     a
     3    1590590     j
   200     699387     K
"""
    },
    "scan": {"date": "971031", "hemisphere": "n", "scan": "96"},
    "scans": {
        "table": """\
|  xdate|  hem| scan| image| band|
|   char| char|  int|   int| char|
  971031     n    96    197     A
  981121     n    69    256     a
"""
    },
}
