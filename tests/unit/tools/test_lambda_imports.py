"""Imports of a handler are found however they are written, and tried in the given folders alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.lambda_imports import ImportFailed, find_python, import_handler, imports_of


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_imports_are_followed_through_our_package(tmp_path: Path) -> None:
    source = "from skybatch import batch\nfrom skybatch.batch import work\nimport json\n"
    handler = write(tmp_path / "app.py", source)
    root = tmp_path / "python"
    write(root / "skybatch/__init__.py", "def __getattr__(name):\n    import client_only\n")
    write(root / "skybatch/batch/__init__.py")
    write(root / "skybatch/batch/work.py", "from .plan import Task\ndef f():\n    import astropy.io.fits\n")
    write(root / "skybatch/batch/plan.py", "if TYPE_CHECKING:\n    import mypy_only\nclass Task: ...\n")
    write(root / "skybatch/cli.py", "import tqdm\n")
    ours = {"skybatch", "skybatch.batch", "skybatch.batch.plan", "skybatch.batch.work"}
    assert set(imports_of(handler, root)) == ours | {"json", "astropy.io.fits"}


def test_a_handler_is_imported_from_the_given_folders_alone(tmp_path: Path) -> None:
    python = find_python(f"{sys.version_info.major}.{sys.version_info.minor}") or Path(sys.executable)
    write(tmp_path / "app.py", "import here\ndef handler(event, context): ...\n")
    write(tmp_path / "layer/here.py")
    assert import_handler(python, [tmp_path, tmp_path / "layer"], ["json"]) > 0
    with pytest.raises(ImportFailed, match="No module named 'numpy'"):
        import_handler(python, [tmp_path, tmp_path / "layer"], ["numpy"])


def test_a_client_whose_model_is_missing_fails(tmp_path: Path) -> None:
    write(tmp_path / "app.py", "def handler(event, context): ...\n")
    write(tmp_path / "boto3.py", "def client(name):\n    return {'s3': 1}[name]\n")
    python = Path(sys.executable)
    assert import_handler(python, [tmp_path], [], ["s3"]) > 0
    with pytest.raises(ImportFailed, match="KeyError: 'sqs'"):
        import_handler(python, [tmp_path], [], ["s3", "sqs"])
