"""The candidate's page and its commands. GET changes nothing: mail scanners follow links."""

from contextlib import AbstractContextManager
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from interviews.candidate.answers import Refusal, read_json, sealed
from interviews.candidate.language import asked_language, browser_languages
from interviews.candidate.link import UnknownLink, open_link
from interviews.candidate.pages import brand_context, interview_context, page_urls
from interviews.candidate.state import build_state, is_finished, shown_status
from interviews.domain import invitations, self_identification, sessions
from interviews.domain.languages import match_language
from interviews.domain.limits import OutOfMinutes
from interviews.domain.plans import PlanError
from interviews.enums import EndReason, InvitationStatus, Mode
from interviews.models import Invitation

#: Invitation status -> the plain page that says so.
CLOSED_PAGES = {
    InvitationStatus.EXPIRED: "expired",
    InvitationStatus.CANCELED: "canceled",
    InvitationStatus.DECLINED: "declined",
    InvitationStatus.FAILED: "failed",
}


def open_page(request: HttpRequest, token: str) -> AbstractContextManager[Invitation]:
    """`open_link`, in the language that the address asks for or the browser prefers, as far as it is offered."""
    return open_link(token, asked=asked_language(request), browser=browser_languages(request))


def unknown_link() -> Refusal:
    return Refusal(_("This link is not known. Open the link from your invitation again."), status=404)


@sealed
@require_safe
def interview(request: HttpRequest, token: str) -> HttpResponse:
    """Lobby, room and end in one document; a plain page when the link does not lead there any more."""
    try:
        with open_page(request, token) as invitation:
            session = sessions.latest_session(invitation=invitation)
            if is_finished(invitation=invitation, session=session):
                return render_closed(request, invitation=invitation, kind="used", token=token)
            status = shown_status(invitation=invitation, session=session)
            if kind := CLOSED_PAGES.get(InvitationStatus(status)):
                return render_closed(request, invitation=invitation, kind=kind, token=token)
            state = build_state(invitation=invitation, token=token)
            context = interview_context(request, invitation=invitation, state=state, token=token)
            return render(request, "candidate/interview.html", context)
    except UnknownLink:
        return render(request, "candidate/closed.html", {"kind": "unknown"}, status=404)


@sealed
@require_GET
def state(request: HttpRequest, token: str) -> HttpResponse:
    try:
        with open_page(request, token) as invitation:
            return JsonResponse(build_state(invitation=invitation, token=token))
    except UnknownLink as error:
        raise unknown_link() from error


@sealed
@require_POST
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a session; pressed twice it is one. The launch goes on in the background."""
    body = read_json(request)
    try:
        with open_link(token, asked=str(body.get("locale") or ""), browser=browser_languages(request)) as invitation:
            start_interview(invitation=invitation, body=body)
            return JsonResponse(build_state(invitation=invitation, token=token), status=202)
    except UnknownLink as error:
        raise unknown_link() from error


def start_interview(*, invitation: Invitation, body: dict[str, Any]) -> None:
    """Start in the active language, which is the body's `locale` where the interview offers it.

    Raises Refusal: 400 for a body without consent, or with a mode or language there is not; 409 when this
    invitation can't start.
    """
    try:
        invitations.check_open(invitation=invitation)
    except invitations.InvitationClosed as closed:
        raise Refusal(str(closed), status=409) from closed
    if body.get("consent") is not True:
        raise Refusal(_("Agree to the interview before you start it."), status=400)
    if body.get("consent_version") != invitation.offered.consent_version:
        raise Refusal(_("The consent has changed meanwhile. Reload the page and read it again."), status=409)
    try:
        mode = Mode(body.get("mode", Mode.VOICE))
    except ValueError as error:
        raise Refusal(_("Choose to speak or to type."), status=400) from error
    if mode == Mode.TEXT and not invitation.offered.typing_allowed:
        raise Refusal(_("This interview is spoken. Choose to speak."), status=400)
    locale = str(body.get("locale") or "")
    if locale and not match_language(locale, [*invitation.offered.languages, invitation.language]):
        raise Refusal(_("Choose one of the languages this interview is offered in."), status=400)
    invitations.record_consent(invitation=invitation, locale=get_language(), mode=mode)
    record = body.get("record") is True and invitation.offered.record
    if record:
        invitations.record_recording_consent(invitation=invitation, locale=get_language())
    try:
        sessions.request_session(invitation=invitation, mode=mode, record=record)
    except sessions.OutOfRetries as error:
        raise Refusal(str(error), status=409) from error
    except OutOfMinutes as error:
        sentence = _(
            "This interview cannot start now. The company has been told. Your invitation stays open; please try later."
        )
        raise Refusal(sentence, status=409) from error
    except PlanError as error:
        sentence = _("This interview cannot be held at the moment. Please write to the person who invited you.")
        raise Refusal(sentence, status=409) from error


@sealed
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """End the running session so that it can be continued; with none running nothing happens.

    `lost` says that the candidate does not want to leave but has lost their bot, and goes on.
    """
    body = read_json(request)
    try:
        with open_page(request, token) as invitation:
            if running := sessions.active_session(invitation=invitation):
                if body.get("lost") is True:
                    sessions.take_over(session=running)
                else:
                    sessions.end_session(session=running, reason=EndReason.LEFT)
            return JsonResponse(build_state(invitation=invitation, token=token))
    except UnknownLink as error:
        raise unknown_link() from error


def render_closed(request: HttpRequest, *, invitation: Invitation, kind: str, token: str) -> HttpResponse:
    """The plain page of a link that is genuine but does not lead to an interview any more."""
    result = build_state(invitation=invitation, token=token)["result"] if kind == "used" else None
    context = brand_context(invitation=invitation) | {"kind": kind, "result": result}
    if self_identification.is_asked(invitation=invitation):
        answered = self_identification.has_answered(invitation=invitation)
        context |= {"asked": True, "answered": answered, "urls": page_urls(request, token)}
    return render(request, "candidate/closed.html", context, status=410)
