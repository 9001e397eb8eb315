"""The public page of a result that a company shares: read only, branded, for whoever has the link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from interviews.candidate.answers import sealed
from interviews.candidate.pages import brand_context
from interviews.domain import result_links
from interviews.domain.reviews import open_scores
from interviews.models import Answer, ResultLink, TranscriptTurn
from tenants.scope import tenant_scope


@require_safe
@sealed
def shared_result(request: HttpRequest, token: str) -> HttpResponse:
    """A link that has ended, was taken back, or never was, is one and the same page."""
    place = result_links.locate_link(token=token)
    with override("en"):
        if place is not None:
            with tenant_scope(place.tenant_id):
                if link := result_links.open_link(place=place, ip=request.META.get("REMOTE_ADDR")):
                    return show(request, link)
        return render(request, "shared/gone.html", status=404)


def show(request: HttpRequest, link: ResultLink) -> HttpResponse:
    result = link.result
    invitation = result.invitation
    turns = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
    return render(
        request,
        "shared/result.html",
        brand_context(invitation=invitation)
        | {
            "link": link,
            "result": result,
            "scores": open_scores(result=result),
            "answers": Answer.objects.filter(invitation=invitation).order_by("position"),
            "turns": turns if link.with_transcript else (),
        },
    )
