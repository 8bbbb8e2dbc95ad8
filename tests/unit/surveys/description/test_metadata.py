"""What a description says of headers, columns and ObsCore, by default."""

from __future__ import annotations

from skybatch.surveys.description.metadata import Header, ObsCore, Tables


def test_defaults_claim_nothing_of_the_images() -> None:
    assert (Header().wcs, Header().frame, Header().values) == ((), "ICRS", {})
    assert (ObsCore().exposure, ObsCore().resolution, ObsCore().time) == (None, None, None)
    assert Tables().sia == ()
