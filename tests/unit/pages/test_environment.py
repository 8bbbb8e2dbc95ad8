"""Templates, style sheet and scripts: what is escaped, which URLs pass, and the policy of every page."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import jinja2
import pytest

from skybatch.pages.environment import (
    SCRIPTS,
    STYLES,
    TOKEN_SCRIPT,
    content_security_policy,
    environment,
    first_line,
    inlined,
    page_headers,
    render,
    safe_url,
    source_hash,
    with_code,
)
from skybatch.presentation.sky_sketch.style import style_source

TEMPLATES = sorted(path.name for path in files("skybatch.pages").joinpath("templates").iterdir())


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", " javascript:x", "x\njavascript:"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) == "#"


@pytest.mark.parametrize("url", ["https://a.example/x?y=1:2", "images/a.fits", "../b/results", "/x?at=12:00"])
def test_urls_of_the_service_pass(url: str) -> None:
    assert safe_url(url) == url


def test_words_between_backticks_are_code_and_nothing_is_markup() -> None:
    assert with_code("until `a<b` or `c`") == "until <code>a&lt;b</code> or <code>c</code>"
    assert with_code("<b>") == "&lt;b&gt;"


def test_of_a_detail_the_first_line_is_shown() -> None:
    assert first_line("\n 2 values are not valid.\nline 4: x\n") == "2 values are not valid."
    assert len(first_line("x" * 5000)) == 1000


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html")])
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)


def test_every_template_file_is_used() -> None:
    text = "".join(inlined(name) for name in TEMPLATES)
    sources = "".join(
        path.read_text("utf-8") for path in files("skybatch.pages").iterdir() if path.name.endswith(".py")
    )
    for name in TEMPLATES:
        topic = re.fullmatch(r"help_\w+\.html", name)
        assert topic or f'"{name}"' in text + sources, name


def test_typed_text_is_escaped_and_unknown_names_are_errors() -> None:
    template = environment().from_string("{{ typed }}")
    assert template.render(typed="<b>&") == "&lt;b&gt;&amp;"
    with pytest.raises(jinja2.UndefinedError):
        template.render()


def test_a_context_that_lacks_a_name_does_not_render() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("image.html", title="x")


def test_the_policy_allows_our_style_sheet_and_scripts_by_hash_and_nothing_else() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy().split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    for directive, names in (("style-src", STYLES), ("script-src", SCRIPTS)):
        digests = [b64encode(sha256(inlined(name).encode()).digest()).decode() for name in names]
        sketches = [style_source()] if directive == "style-src" else []
        assert policy[directive].split() == [*(f"'sha256-{digest}'" for digest in digests), *sketches]


def test_the_script_of_private_deployments_is_allowed_on_pages_that_have_it() -> None:
    plain, private = (
        set(page_headers(page)["Content-Security-Policy"].replace(";", "").split())
        for page in ("<p>", f"<script>{inlined(TOKEN_SCRIPT)}</script>")
    )
    assert private - plain == {source_hash(TOKEN_SCRIPT)}


def test_style_sheets_and_scripts_are_read_once_however_many_there_are() -> None:
    names = (*STYLES, *SCRIPTS, TOKEN_SCRIPT)
    texts = [inlined(name) for name in names]
    assert all(inlined(name) is text for name, text in zip(names, texts, strict=True))


def test_a_page_leaks_no_referrer_and_is_kept_in_no_cache() -> None:
    headers = page_headers()
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == content_security_policy()
