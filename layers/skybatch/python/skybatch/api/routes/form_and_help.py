"""``/`` and ``/help``: the form and the help pages."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.pages.form import form_page
from skybatch.pages.help import help_page

routes = RouteTable()


@routes.get("/")
def form(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the form; ``?example=MODE`` fills one in."""
    return html_response(form_page(dependencies.settings, example=request.query_parameter("example")))


@routes.get("/help")
def help_without_slash(request: HttpRequest, _: Dependencies) -> AnyResponse:
    """Redirect to the help's folder: its links are relative, so that they work below any public address."""
    return redirect(f"{request.base_url}/help/")


@routes.get("/help/")
def help_contents(_: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the contents of the help."""
    return html_response(help_page("", dependencies.settings))


@routes.get("/help/<topic>")
def help_topic(_: HttpRequest, dependencies: Dependencies, topic: str) -> AnyResponse:
    """Return one topic of the help."""
    return html_response(help_page(topic, dependencies.settings))
