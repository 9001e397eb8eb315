"""The list of one's own log-ins: device, address, last seen; and ending them."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.domain.accounts import record_everywhere
from tenants.models import User

#: How exact "last seen" is, so that not every request writes.
LAST_SEEN_PRECISION = timedelta(minutes=1)

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def note_seen(*, session_key: str | None, ip: str | None) -> None:
    """This log-in was used just now."""
    now = timezone.now()
    UserSession.objects.filter(session_key=session_key, last_seen_at__lt=now - LAST_SEEN_PRECISION).update(
        last_seen_at=now,
        ip=ip or "0.0.0.0",  # noqa: S104 (an unknown address)
    )


def describe_device(user_agent: str) -> str:
    """ "Firefox on Windows", as far as the browser says so."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:60] or _("Unknown device")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """GET lists them. POST `session=<id>` ends that one, and `session=others` all but this one."""
    UserSession.objects.create_from_request(request)
    sessions = sorted(
        UserSession.objects.purge_and_list(request.user), key=lambda session: session.last_seen_at, reverse=True
    )
    current = request.session.session_key
    if request.method == "POST":
        asked = request.POST.get("session", "")
        ended = [
            session for session in sessions if session.session_key != current and asked in ("others", str(session.pk))
        ]
        if asked != "others" and not ended:
            raise Http404("There is no such log-in to end.")
        for session in ended:
            session.end()
        if isinstance(request.user, User):
            record_everywhere(user=request.user, verb="ended log-ins of their own", ip=request.META.get("REMOTE_ADDR"))
        text = ngettext("%d log-in is ended.", "%d log-ins are ended.", len(ended)) % len(ended)
        messages.success(request, text)
        return redirect("tenants:sessions")
    shown = [
        {
            "session": session,
            "device": describe_device(session.user_agent),
            "is_current": session.session_key == current,
        }
        for session in sessions
    ]
    site = admin.site.each_context(request)
    return render(request, "tenants/sessions.html", site | {"title": _("Your log-ins"), "shown": shown})
