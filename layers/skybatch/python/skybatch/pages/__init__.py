"""The pages people see, rendered on the server."""

from skybatch.pages.render import content_security_policy, page_headers
from skybatch.pages.results import results_page

__all__ = ["content_security_policy", "page_headers", "results_page"]
