"""What every endpoint owes to HTTP: methods, caches, compression, CORS, errors and large responses."""

from __future__ import annotations

import gzip
import io
from urllib.parse import urlencode

import numpy as np
import pytest
from astropy.io.votable import parse

from local.stack import Stack
from tests.contract.addresses import (
    DEC,
    IMAGE,
    INVENTORY,
    LINKS,
    RA,
    SEARCH,
    SIA,
    SIA2,
    at,
    first_hdu,
)
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e
POSITION = {"POS": f"{RA},{DEC}", "SIZE": 0.01}
MEDIA_TYPES = {
    "VOTABLE": "application/x-votable+xml",
    "CSV": "text/csv",
    "TSV": "text/tab-separated-values",
    "IPAC_TABLE": "text/plain",
    "HTML": "text/html",
}


@pytest.mark.parametrize("table_format", MEDIA_TYPES)
@pytest.mark.parametrize("path", [SIA, SEARCH, INVENTORY])
def test_every_format_has_its_media_type(service: Service, path: str, table_format: str) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    answer = service.call(at(path, **POSITION, responseformat=table_format), headers=origin)
    assert answer.status == 200
    assert answer.headers["content-type"].split(";")[0] == MEDIA_TYPES[table_format]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_parameters_are_read_in_any_case_and_from_posted_forms_alike(service: Service) -> None:
    expected = service.call(at(SIA, **POSITION)).body
    assert service.call(at(SIA, pos=POSITION["POS"], sIzE=POSITION["SIZE"])).body == expected
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert service.call(SIA, urlencode(POSITION).encode(), form).body == expected
    assert (
        service.call(at(SIA, SIZE=0.01), urlencode({"POS": POSITION["POS"]}).encode(), form).body == expected
    )


def test_a_body_the_caller_has_is_not_sent_again(service: Service) -> None:
    answer = service.call(at(SIA, **POSITION))
    again = service.call(at(SIA, **POSITION), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert (
        service.call(at(SIA, **POSITION, MAXREC=1), headers={"If-None-Match": answer.headers["etag"]}).status
        == 200
    )


def test_large_tables_are_compressed_for_callers_that_accept_gzip(service: Service) -> None:
    address = at(SEARCH, where="1=1", ct="csv")
    plain, packed = service.call(address), service.call(address, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]


def test_a_head_has_the_length_and_etag_of_its_get(service: Service) -> None:
    for address in (at(SIA, **POSITION), f"{IMAGE}?center=100,100px&size=20px"):
        head, get = service.call(address, method="HEAD"), service.call(address)
        assert head.body == b""
        assert head.headers["content-length"] == str(len(get.body))
        assert head.headers["etag"] == get.headers["etag"]


def test_the_link_to_an_image_is_presigned_for_the_method_of_the_request(service: Service) -> None:
    for method in ("GET", "HEAD"):
        link = service.call(IMAGE, method=method, follow=False)
        assert link.status == 302
        assert link.headers["cache-control"] == "no-store"
        assert service.call(link.headers["location"], method=method).status == 200


def test_errors_have_the_form_of_their_protocol(service: Service) -> None:
    sia = service.call(SIA)
    status = next(iter(parse(io.BytesIO(sia.body), verify="ignore").resources[0].infos))
    assert (sia.status, status.name, status.value) == (200, "QUERY_STATUS", "ERROR")
    inventory = service.call(INVENTORY)
    assert inventory.status == 200
    assert b">No location specified</INFO>" in inventory.body
    line = service.call(at(SIA, RESPONSEFORMAT="CSV"))
    assert (line.status, line.body.count(b"\n")) == (400, 1)
    search = service.call(SEARCH)
    assert (search.status, search.headers["content-type"].split(";")[0]) == (400, "text/plain")
    sia2 = service.call(at(SIA2, POS="CIRCLE 1 2"))
    assert sia2.status == 400
    assert b'value="ERROR"' in sia2.body
    soda = service.call("/soda/sync")
    assert (soda.status, soda.body[:12]) == (400, b"UsageFault: ")


def test_maxrec_truncates_and_reports_overflow(service: Service) -> None:
    document = parse(io.BytesIO(service.call(at(INVENTORY, **POSITION, MAXREC=5)).body), verify="ignore")
    resource = document.resources[0]
    assert len(resource.tables[0].array) == 5
    assert [info.value for info in resource.infos if info.name == "QUERY_STATUS"] == ["OK", "OVERFLOW"]


def test_object_names_are_resolved(service: Service) -> None:
    by_name = service.call(at(INVENTORY, POS="M31", ds="asky", RESPONSEFORMAT="CSV"))
    assert by_name.status == 200
    unknown = service.call(at(INVENTORY, POS="no such object at all"))
    assert unknown.status == 200
    assert b'value="ERROR"' in unknown.body


def test_quicklooks_are_served_by_path_and_by_parameters(service: Service, stack: Stack) -> None:
    path = next((stack.archive / "twomass/allsky").rglob("quicklook/ji*.fits.H"))
    relative = path.relative_to(stack.archive).as_posix()
    assert service.call(f"/ibe/data/{relative}").body == path.read_bytes()
    cut = first_hdu(service.call(f"/ibe/data/{relative}?center=100,100px&size=20px").body)
    assert cut.data.shape == (20, 20)
    parts = {"dh": path.parts[-4], "scan": path.parts[-3][1:], "name": f"{path.name[:10]}.fits"}
    restored = service.call(at("/cgi-bin/2MASS/IM/nph-im", ds="asky", atdir="/ti08", type="ql", **parts))
    whole = first_hdu(restored.body)
    assert whole.header["BITPIX"] == 16
    x0, y0 = (int(whole.header[f"CRPIX{n}"] - cut.header[f"CRPIX{n}"]) for n in (1, 2))
    np.testing.assert_array_equal(cut.data, whole.data[y0 : y0 + 20, x0 : x0 + 20])


def test_the_page_of_an_image_has_its_download_and_preview(service: Service) -> None:
    rows = (
        service.call(at(INVENTORY, **POSITION, format="text/html", responseformat="CSV"))
        .body.decode()
        .splitlines()
    )
    assert len(rows) > 1
    address = next(cell for cell in rows[1].split(",") if cell.startswith("http"))
    page = service.call(address)
    assert page.headers["content-type"].startswith("text/html")
    assert b"Download the FITS file" in page.body
    picture = service.call(f"{address}&preview=png")
    assert picture.body.startswith(b"\x89PNG")


def test_folder_pages_link_down_to_the_images(service: Service) -> None:
    path = "/ibe/data/"
    for part in IMAGE.removeprefix(path).split("/"):
        listing = service.call(path)
        assert listing.status == 200
        path += part
        assert f'href="{path}' in listing.body.decode()
        path += "/"
    assert service.call("/ibe/data/twomass/nowhere/").status == 404
    assert service.call("/ibe/data/inventory/").status == 404


def test_posted_parameters_are_bounded(service: Service) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = urlencode([("ID", "x" * 5000)] * 60).encode()
    assert service.call(LINKS, posted, form, follow=False).status == 413
