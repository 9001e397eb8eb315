"""The brand as candidates would see it: lobby, room and mails from their own templates, with values not saved yet."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from interviews.candidate.language import asked_language
from interviews.candidate.pages import interview_context
from interviews.candidate.state import build_state
from interviews.domain.banks import DEFAULT_QUESTIONS
from interviews.domain.languages import match_language, question_text
from interviews.domain.letters import OWN_TEXTS, render_html, write_letter
from interviews.enums import EmailKind, InterviewStatus
from interviews.models import Candidate, Interview, Invitation, OutgoingEmail
from tenants.brand_admin import make_brand_form
from tenants.logos import LOGO_TYPES, read_whole
from tenants.middleware import role_of
from tenants.models import Brand
from tenants.roles import Action, may

#: Pages, and the mails that have words of the company's own in them.
KINDS = ("lobby", "room", *OWN_TEXTS)
#: Opens nothing: no link has it.
TOKEN = "preview"  # noqa: S105


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """GET shows what is stored, POST the form's values as far as they are valid; neither changes anything.

    In the newest interview's own language, or in that of `?language=`, as if it were offered in it too.
    """
    if not may(role_of(request), Action.MANAGE_TENANT):
        raise PermissionDenied
    if kind not in KINDS:
        raise Http404
    brand, logo_url = read_brand(request)
    invitation = make_example()
    interview = invitation.interview
    chosen = match_language(asked_language(request), list(dict(settings.LANGUAGES))) or interview.language
    if chosen not in interview.languages:
        interview.languages = [*interview.languages, chosen]
    with override(chosen):
        if kind in OWN_TEXTS:
            letter = write_letter(kind=EmailKind(kind), invitation=invitation, brand=brand)
            page = render_html(letter, brand=brand, logo=logo_url)
            return HttpResponse(page.replace(OutgoingEmail.LINK_PLACEHOLDER, f"https://…/i/{TOKEN}/"))
        state = build_state(invitation=invitation, token=TOKEN)
        context = interview_context(request, invitation=invitation, state=state, token=TOKEN, brand=brand)
        questions = [question_text(question=one, language=chosen) or one.text for one in interview.asked_questions()]
        sample = {
            "number": context["config"]["texts"]["question_of"].format(index=1, count=len(questions) or 5),
            "question": questions[0] if questions else DEFAULT_QUESTIONS[0].text,
            "status": context["config"]["texts"]["listening"],
        }
        return render(
            request, "candidate/preview.html", context | {"logo_url": logo_url, "kind": kind, "sample": sample}
        )


def read_brand(request: HttpRequest) -> tuple[Brand, str]:
    """The brand with the request's values, never to be saved, and its logo's address. What is wrong stays as stored."""
    stored, brand = Brand.objects.get(), Brand.objects.get()
    if request.method != "POST":
        return brand, brand.logo_url
    form = make_brand_form(stored)(request.POST, request.FILES, instance=brand)
    wrong = [name for name in form.errors if hasattr(stored, name)]
    for name in wrong:
        setattr(brand, name, getattr(stored, name))
    logo = form.cleaned_data.get("logo")
    if "logo" in wrong or logo == stored.logo:
        return brand, stored.logo_url
    return brand, as_data(logo) if logo else ""


def as_data(logo: Any) -> str:
    """A data: URL. In an <img> even a drawing runs nothing."""
    suffix = PurePath(logo.name).suffix.lower().removeprefix(".")
    return f"data:{LOGO_TYPES[suffix]};base64,{b64encode(read_whole(logo)).decode()}"


def make_example() -> Invitation:
    """An invitation to the newest interview, stored nowhere."""
    newest = Interview.objects.exclude(status=InterviewStatus.ARCHIVED).order_by("-created_at").first()
    return Invitation(
        interview=newest or Interview(title=gettext("Example role")),
        candidate=Candidate(name="Sam Taylor", email="sam.taylor@example.org"),
        expires_at=timezone.now() + timedelta(days=14),
        rehearsal=True,
    )
