"""ObsCore: the mandatory columns."""

from __future__ import annotations

from skybatch.vo.obscore.columns import OBSCORE

# ObsCore 1.1, table 6: what must be there.
MANDATORY = {
    *("dataproduct_type", "calib_level", "obs_collection", "obs_id", "obs_publisher_did", "access_url"),
    *("access_format", "access_estsize", "target_name", "s_ra", "s_dec", "s_fov", "s_region", "s_xel1"),
    *("s_xel2", "s_resolution", "t_min", "t_max", "t_exptime", "t_resolution", "t_xel", "em_min", "em_max"),
    *("em_res_power", "em_xel", "o_ucd", "pol_states", "pol_xel", "facility_name", "instrument_name"),
}


def test_every_mandatory_column_is_there() -> None:
    assert {column.name for column in OBSCORE} >= MANDATORY
    assert all(column.utype.startswith("obscore:") and column.ucd for column in OBSCORE)
