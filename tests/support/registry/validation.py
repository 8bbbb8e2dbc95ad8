"""stilts as the judge of documents that follow the IVOA's schemas."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
SCHEMAS = {
    "http://www.ivoa.net/xml/RegistryInterface/v1.0": FOLDER / "RegistryInterface-v1.0.xsd",
    "http://www.ivoa.net/xml/SIA/v1.1": FOLDER / "SIA-v1.1.xsd",
}


def violations(document: str, folder: Path) -> str:
    """Return what stilts finds against a document, nothing where it is valid; skips where stilts is not."""
    if shutil.which("stilts") is None:
        pytest.skip("stilts is not installed (apt-get install stilts)")
    path = folder / "document.xml"
    path.write_text(document, "utf-8")
    locations = [f"schemaloc={namespace}={schema}" for namespace, schema in SCHEMAS.items()]
    words = ["stilts", "xsdvalidate", "uselocals=true", *locations, f"doc={path}"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    return "" if ran.returncode == 0 else (ran.stdout + ran.stderr)
