"""A name service redirects within its own host over https, and nowhere else."""

from __future__ import annotations

import pytest

from skybatch.names.redirects import redirect_target
from skybatch.names.response_parsers import InvalidResponse

OWN = "https://names.example.org/look?up=m83"


@pytest.mark.parametrize(
    "location",
    ["/elsewhere?up=m83", "elsewhere", "https://names.example.org/b", "https://names.example.org:443/b"],
)
def test_redirects_within_the_host_are_followed(location: str) -> None:
    assert redirect_target(OWN, OWN, location).startswith("https://names.example.org")
    assert redirect_target(OWN.replace("https", "http"), OWN, location).startswith(
        "https://names.example.org"
    )


@pytest.mark.parametrize(
    "location",
    [
        "http://names.example.org/b",
        "https://names.example.org:8443/b",
        "https://other.example.org/",
        "//other.example.org/",
        "https://names.example.org.evil.example/",
        "https://names.example.org@evil.example/",
        "https://user@names.example.org/",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://localhost/",
        "file:///etc/passwd",
        "ftp://names.example.org/",
    ],
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    with pytest.raises(InvalidResponse):
        redirect_target(OWN, OWN, location)


def test_a_configured_local_service_redirects_within_itself_only() -> None:
    local = "http://127.0.0.1:8080/look"
    assert redirect_target(local, local, "/b") == "http://127.0.0.1:8080/b"
    for location in ("http://127.0.0.1:9090/b", "http://localhost:8080/b", "http://[::1]:8080/"):
        with pytest.raises(InvalidResponse):
            redirect_target(local, local, location)


def test_a_service_without_https_does_not_redirect_without_it() -> None:
    plain = "http://names.example.org/look"
    with pytest.raises(InvalidResponse):
        redirect_target(plain, plain, "/b")
