"""Where else the sky is shown: addresses that hold a field."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from skybatch.presentation.gallery.sky_links import Field, sky_links


def test_addresses_hold_centre_and_width() -> None:
    for _, url in sky_links(Field(10.5, -3.25, 0.5)):
        found = parse_qs(urlsplit(url).query)
        assert found["target"] == ["10.500000 -3.250000"]
        assert found["fov"] == ["0.5"]
        assert urlsplit(url).scheme == "https"
