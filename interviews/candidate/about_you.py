"""The page that asks candidates for their sex and race or ethnicity, once the interview is over. GET only asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from interviews.candidate.answers import sealed
from interviews.candidate.link import UnknownLink
from interviews.candidate.pages import brand_context, page_urls
from interviews.candidate.views import open_page
from interviews.categories import DEFINITIONS, Race, Sex
from interviews.domain import self_identification
from interviews.models import Invitation


@sealed
@require_http_methods(["GET", "HEAD", "POST"])
def about_you(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever is not asked gets their interview's own page. What was answered before is not shown again: a link may be
    opened by others."""
    try:
        with open_page(request, token) as invitation:
            urls = page_urls(request, token)
            if not self_identification.is_asked(invitation=invitation):
                return redirect(urls["interview"])
            if request.method == "POST":
                self_identification.identify(
                    invitation=invitation,
                    sex=read_choice(Sex, request.POST.get("sex", "")),
                    race=read_choice(Race, request.POST.get("race", "")),
                )
                return redirect(urls["interview"])
            response = render(request, "candidate/about_you.html", page_context(invitation) | {"urls": urls})
    except UnknownLink:
        return render(request, "candidate/closed.html", {"kind": "unknown"}, status=404)
    # With no-referrer a browser posts the form with the origin "null", which the CSRF check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def read_choice(kind: Any, text: str) -> Any:
    """One of the choices; None for none, and for what no form of ours sends."""
    return kind(text) if text in kind.values else None


def page_context(invitation: Invitation) -> dict[str, Any]:
    return brand_context(invitation=invitation) | {
        "answered": self_identification.has_answered(invitation=invitation),
        "sexes": [(one.value, one.label) for one in Sex],
        "races": [(one.value, one.label, DEFINITIONS.get(one, "")) for one in Race],
    }
