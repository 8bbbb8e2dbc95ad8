"""The documentation site: the guides, and the reference made of docstrings and of the code's own tables."""

from __future__ import annotations

from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from skybatch.version import VERSION
from tools.site_pages import write_pages

HERE = Path(__file__).resolve().parent

project = "skybatch"
author = "the skybatch developers"
project_copyright = author
release = version = VERSION

# Docstrings name types by their short names, of which two modules may have one.
suppress_warnings = ["ref.python"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_use_type_comments = False  # the code has none, and to look for them takes a tenth of the time
napoleon_google_docstring = False
napoleon_use_ivar = True
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"skybatch {VERSION}"
html_static_path: list[str] = []


def setup(app: Sphinx) -> None:
    """Write the pages that are made of code, and show diagrams as the text that they are made of."""
    write_pages(HERE / "generated")
    app.add_lexer("mermaid", TextLexer)
