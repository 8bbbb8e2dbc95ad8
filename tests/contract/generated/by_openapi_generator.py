"""A program on the client that openapi-generator makes. Arguments: URL of the service, FITS table."""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path

from openapi_client import ApiClient, ApiException, BatchesApi, BatchRequest, Configuration


def main(url: str, table: str) -> None:
    batches = BatchesApi(ApiClient(Configuration(host=url)))
    encoded = base64.b64encode(Path(table).read_bytes()).decode()
    request = BatchRequest.from_dict({"mode": "positions", "table_base64": encoded, "bands": "J"})
    batch = batches.submit_batch(request).batch_id
    status = batches.get_batch(batch)
    while status.state not in ("complete", "failed", "cancelled"):
        time.sleep(0.5)
        status = batches.get_batch(batch)
    archive = batches.download_file(batch, "images.tar")
    try:
        batches.submit_batch(BatchRequest.from_dict({"mode": "region"}))
        code = ""
    except ApiException as refused:
        code = json.loads(refused.body)["code"]
    print(json.dumps({"state": status.state, "bytes": len(archive), "code": code}))


main(*sys.argv[1:])
