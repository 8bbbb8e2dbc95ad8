"""HTML pages, rendered on the server by pure functions.

A page is sent with `page_headers`, whose Content-Security-Policy allows the style sheet and the scripts by
their hashes.
"""

from skybatch.pages.batch import results_page, running_page
from skybatch.pages.environment import content_security_policy, page_headers
from skybatch.pages.error import error_page, not_found_page
from skybatch.pages.form import form_page
from skybatch.pages.help import help_page
from skybatch.pages.view import view_page

__all__ = [
    "content_security_policy",
    "error_page",
    "form_page",
    "help_page",
    "not_found_page",
    "page_headers",
    "results_page",
    "running_page",
    "view_page",
]
