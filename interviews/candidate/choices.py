"""What a candidate may decide with one click: another time, another way, or not to take part. GET only asks."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interviews.candidate.answers import sealed
from interviews.candidate.link import UnknownLink
from interviews.candidate.pages import brand_context, page_urls
from interviews.candidate.state import shown_status
from interviews.candidate.views import open_page
from interviews.domain import choices, invitations, sessions
from interviews.domain.letters import zone_of
from interviews.enums import OPEN_STATUSES, CandidateWish, TransitionError
from interviews.models import Invitation

#: As an <input type="datetime-local"> writes it.
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"
AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


class Mistake(Exception):
    """The form can't be taken; the message says what to change, in the field of that name."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def chooses(template: str) -> Callable[..., Any]:
    """A page with a form, for an invitation that is open; any other one shows its own page instead.

    The decorated function carries the choice out, and is called for a POST alone. Raises Mistake: then the form comes
    back with what was typed.
    """

    def decorate(choose: Callable[[HttpRequest, Invitation], None]) -> Callable[..., HttpResponse]:
        @sealed
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(choose)
        def view(request: HttpRequest, token: str) -> HttpResponse:
            mistake: Mistake | None = None
            try:
                with open_page(request, token) as invitation:
                    urls = page_urls(request, token)
                    session = sessions.latest_session(invitation=invitation)
                    if shown_status(invitation=invitation, session=session) not in OPEN_STATUSES:
                        return redirect(urls["interview"])
                    if request.method == "POST":
                        try:
                            choose(request, invitation)
                        except Mistake as error:
                            mistake = error
                        else:
                            return redirect(urls["interview"])
                    context = brand_context(invitation=invitation) | form_context(request, invitation)
                    context |= {"urls": urls, "mistake": mistake}
                    response = render(request, template, context, status=400 if mistake else 200)
            except UnknownLink:
                return render(request, "candidate/closed.html", {"kind": "unknown"}, status=404)
            # With no-referrer a browser posts the form with the origin "null", which the CSRF check refuses.
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return view

    return decorate


def form_context(request: HttpRequest, invitation: Invitation) -> dict[str, Any]:
    """What the forms begin with: as typed, else as stored."""
    zone = zone_of(invitation.candidate)
    planned = invitation.planned_at.astimezone(zone).strftime(LOCAL_FORMAT) if invitation.planned_at else ""
    zones = sorted(name for name in available_timezones() if name.startswith(AREAS))
    return {
        "at": request.POST.get("at", planned),
        "zone": request.POST.get("time_zone", zone.key),
        "zones": zones if zone.key in zones else [zone.key, *zones],
        "earliest": timezone.now().astimezone(zone).strftime(LOCAL_FORMAT),
        "wish": request.POST.get("wish", invitation.wish),
        "wish_text": request.POST.get("text", invitation.wish_text),
    }


@chooses("candidate/plan.html")
def plan(request: HttpRequest, invitation: Invitation) -> None:
    """A date and time within the invitation's window, in the zone that the form names."""
    name = request.POST.get("time_zone", "")
    if name not in available_timezones():
        raise Mistake(_("Choose your time zone from the list."), field="time_zone")
    try:
        local = datetime.strptime(request.POST.get("at", "")[:16], LOCAL_FORMAT)
    except ValueError as error:
        raise Mistake(_("Enter a date and a time."), field="at") from error
    try:
        choices.plan_time(invitation=invitation, at=local.replace(tzinfo=ZoneInfo(name)), time_zone=name)
    except choices.OutsideWindow as error:
        raise Mistake(_("Choose a time from now until your invitation's deadline."), field="at") from error


@chooses("candidate/ask.html")
def ask(request: HttpRequest, invitation: Invitation) -> None:
    try:
        wish = CandidateWish(request.POST.get("wish", ""))
    except ValueError as error:
        raise Mistake(_("Choose what you ask for."), field="wish") from error
    choices.ask(invitation=invitation, wish=wish, text=request.POST.get("text", ""))


@chooses("candidate/decline.html")
def decline(request: HttpRequest, invitation: Invitation) -> None:
    # Closed meanwhile, its page says how.
    with suppress(TransitionError):
        invitations.decline(invitation=invitation, reason=request.POST.get("reason", ""))
