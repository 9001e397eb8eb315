"""What the console's pages need beyond the site's Content Security Policy."""

from csp.constants import UNSAFE_EVAL
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin


class ConsoleCSPMiddleware(MiddlewareMixin):
    """Under /admin/, scripts may evaluate strings: unfold's Alpine compiles the expressions in its attributes.

    No inline script and no other origin is let in by that. Comes after `csp.middleware.CSPMiddleware`.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(reverse("admin:index")) and not hasattr(response, "_csp_update"):
            response._csp_update = {"script-src": [UNSAFE_EVAL]}  # type: ignore[attr-defined]
        return response
