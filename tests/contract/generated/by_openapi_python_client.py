"""A program on the client that openapi-python-client makes. Arguments: URL of the service, FITS table."""

from __future__ import annotations

import json
import sys
import time
from io import BytesIO
from pathlib import Path

from skybatch_client import Client
from skybatch_client.api.batches import download_file, get_batch, submit_batch
from skybatch_client.models import BatchForm, BatchFormMode, BatchRequest, BatchRequestMode
from skybatch_client.types import File


def main(url: str, table: str) -> None:
    client = Client(base_url=url, follow_redirects=True)
    upload = File(payload=BytesIO(Path(table).read_bytes()), file_name="targets.fits")
    form = BatchForm(mode=BatchFormMode.POSITIONS, table=upload, bands="J")
    batch = submit_batch.sync(client=client, body=form).batch_id
    status = get_batch.sync(batch, client=client)
    while str(status.state) not in ("complete", "failed", "cancelled"):
        time.sleep(0.5)
        status = get_batch.sync(batch, client=client)
    archive = download_file.sync(batch, "images.tar", client=client)
    refused = submit_batch.sync(client=client, body=BatchRequest(mode=BatchRequestMode.REGION))
    size = len(archive.payload.read())
    print(json.dumps({"state": str(status.state), "bytes": size, "code": refused.code}))


main(*sys.argv[1:])
