"""What the fake S3 does by the verb of a request: objects, listings, copies and uploads by parts."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.support.aws.s3_memory import S3Object
from tests.support.aws.s3_rules import Refused

if TYPE_CHECKING:
    from tests.support.aws.fake_s3 import S3Request

_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_PAGE = 1000
Answer = tuple[int, dict[str, str], bytes]


def _get(request: S3Request) -> Answer:
    if not request.key and request.command == "GET":
        return _list_uploads(request) if "uploads" in request.query else _list(request)
    found = request.fake.memory.get(request.key, request.given)
    headers = _headers(request, found)
    asked = request.given.get("range")
    if asked is None:
        return 200, {**headers, "content-length": str(len(found.body))}, found.body
    start, _, last = asked.removeprefix("bytes=").partition("-")
    size = len(found.body)
    first, end = (int(start), int(last or size - 1)) if start else (max(0, size - int(last)), size - 1)
    if first >= size:
        raise Refused(416, "InvalidRange", "The requested range is not satisfiable")
    part = found.body[first : end + 1]
    where = {
        "content-range": f"bytes {first}-{first + len(part) - 1}/{size}",
        "content-length": str(len(part)),
    }
    return 206, {**headers, **where}, part


def _headers(request: S3Request, found: S3Object) -> dict[str, str]:
    kept = {name: found.headers[name] for name in _KEPT if name in found.headers}
    if request.given.get("x-amz-checksum-mode") == "ENABLED" and found.crc32 and "range" not in request.given:
        kept |= {"x-amz-checksum-crc32": found.crc32, "x-amz-checksum-type": "FULL_OBJECT"}
    return {"etag": found.e_tag, "last-modified": format_datetime(found.written, usegmt=True), **kept}


_KEPT = ("content-type", "content-disposition", "content-encoding")


def _list(request: S3Request) -> Answer:
    after = request.query.get("continuation-token") or request.query.get("start-after", "")
    prefix = request.query.get("prefix", "")
    names = [key for key in sorted(request.fake.memory.objects) if key.startswith(prefix) and key > after]
    if delimiter := request.query.get("delimiter"):
        return _list_folder(request, names, len(prefix), delimiter)
    page = names[:_PAGE]
    rows = [(key, request.fake.memory.objects[key]) for key in page]
    listed = "".join(_contents(key, found) for key, found in rows)
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(names) > _PAGE else ""
    truncated = str(len(names) > _PAGE).lower()
    return _xml(
        "ListBucketResult",
        f"<KeyCount>{len(page)}</KeyCount><IsTruncated>{truncated}</IsTruncated>{more}{listed}",
    )


def _list_folder(request: S3Request, names: list[str], start: int, delimiter: str) -> Answer:
    """Answer a listing with a delimiter, of fewer names than a page."""
    folders = dict.fromkeys(
        name[: name.index(delimiter, start) + 1] for name in names if delimiter in name[start:]
    )
    inside = (name for name in names if delimiter not in name[start:])
    told = [_contents(name, request.fake.memory.objects[name]) for name in inside]
    told += [f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in folders]
    return _xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{''.join(told)}")


def _contents(key: str, found: S3Object) -> str:
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>{found.written:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
        f"<ETag>{escape(found.e_tag)}</ETag><Size>{len(found.body)}</Size></Contents>"
    )


def _list_uploads(request: S3Request) -> Answer:
    prefix = request.query.get("prefix", "")
    rows = [
        f"<Upload><Key>{escape(upload.key)}</Key><UploadId>{upload_id}</UploadId></Upload>"
        for upload_id, upload in request.fake.memory.uploads.items()
        if upload.key.startswith(prefix)
    ]
    return _xml("ListMultipartUploadsResult", f"<IsTruncated>false</IsTruncated>{''.join(rows)}")


def _put(request: S3Request) -> Answer:
    memory, given = request.fake.memory, request.given
    source = unquote(given.get("x-amz-copy-source", "")).lstrip("/").partition("/")[2]
    if "uploadId" in request.query:
        upload, number = request.query["uploadId"], int(request.query["partNumber"])
        if source:
            tag = memory.copy_part(upload, number, source, given)
            return _xml("CopyPartResult", f"<ETag>{escape(tag)}</ETag>")
        return 200, {"etag": memory.put_part(upload, number, request.body)}, b""
    if source:
        return _xml(
            "CopyObjectResult", f"<ETag>{escape(memory.copy(source, request.key, given).e_tag)}</ETag>"
        )
    if request.key:
        return 200, {"etag": memory.put(request.key, request.body, given).e_tag}, b""
    return 200, {}, b""  # CreateBucket


def _post(request: S3Request) -> Answer:
    memory = request.fake.memory
    if "uploads" in request.query:
        upload = memory.create_upload(request.key, request.given)
        return _xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
    if "delete" in request.query:
        keys = [
            found.text or "" for found in ElementTree.fromstring(request.body).iter() if _is(found, "Key")
        ]
        for key in keys:
            memory.objects.pop(key, None)
        return _xml("DeleteResult", "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys))
    parts = [
        (int(_text(part, "PartNumber")), _text(part, "ETag"))
        for part in ElementTree.fromstring(request.body).iter()
        if _is(part, "Part")
    ]
    made = memory.complete(request.query["uploadId"], parts, request.given)
    return _xml("CompleteMultipartUploadResult", f"<ETag>{escape(made.e_tag)}</ETag>")


def _is(element: ElementTree.Element, name: str) -> bool:
    return element.tag.removeprefix(_NAMESPACE) == name


def _text(element: ElementTree.Element, name: str) -> str:
    return next(child.text or "" for child in element if _is(child, name))


def _delete(request: S3Request) -> Answer:
    if "uploadId" in request.query:
        request.fake.memory.abort(request.query["uploadId"])
    else:
        request.fake.memory.objects.pop(request.key, None)
    return 204, {}, b""


def _xml(name: str, content: str) -> Answer:
    body = f'<?xml version="1.0"?><{name} xmlns="{_NAMESPACE[1:-1]}">{content}</{name}>'.encode()
    return 200, {"content-type": "application/xml"}, body


OPERATIONS: dict[str, Callable[[S3Request], Answer]] = {
    "GET": _get,
    "HEAD": _get,
    "PUT": _put,
    "POST": _post,
    "DELETE": _delete,
}
