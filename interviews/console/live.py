"""The live pages: running interviews, and one interview as it happens. `interviews/live/staff.py` tells the news."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from interviews.console.live_texts import list_texts, session_texts
from interviews.console.snapshot import list_running
from interviews.domain.commands import CommandRefused, describe_command, give_command
from interviews.models import Session
from tenants.domain.audit import record
from tenants.middleware import role_of
from tenants.models import User
from tenants.roles import Action, may


def for_watchers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For roles that may watch. The middleware has let in members only, and opened their tenant's scope."""

    @require_safe
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(role_of(request), Action.WATCH_LIVE):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except Session.DoesNotExist as error:
            raise Http404("There is no such session.") from error

    return guarded


@for_watchers
def show_list(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": _("Live interviews"),
        "texts": list_texts(),
        "may_invite": may(role_of(request), Action.INVITE),
    }
    return TemplateResponse(request, "console/live_list.html", context)


@for_watchers
def send_list(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"now": timezone.now().isoformat(), "sessions": list_running()})


@for_watchers
def show_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = Session.objects.select_related("invitation__candidate", "invitation__interview").get(pk=session_id)
    record(verb="watched the session", target=session)
    context = admin.site.each_context(request) | {
        "title": session.invitation.candidate.name,
        "session": session,
        "invitation": session.invitation,
        "interviewer": session.plan["persona"]["interviewer"],
        "may_steer": may(role_of(request), Action.STEER_LIVE),
        "texts": session_texts(),
    }
    return TemplateResponse(request, "console/live_session.html", context)


@require_POST
def take_command(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """`{"name", "args"}`, for roles that may steer. Answers with the command as it stands, or with one sentence.

    Another company's session is not there. The command goes out when the request's scope has committed.
    """
    if not Session.objects.filter(pk=session_id).exists():
        raise Http404("There is no such session.")
    if not may(role_of(request), Action.STEER_LIVE) or not isinstance(request.user, User):
        raise PermissionDenied
    try:
        body = json.loads(request.body)
        name, args = body["name"], body.get("args") or {}
        if not isinstance(name, str) or not isinstance(args, dict):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"error": _("The page sent something that is no command. Reload it.")}, status=400)
    try:
        command = give_command(session_id=session_id, name=name, args=args, given_by=request.user)
    except CommandRefused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    return JsonResponse({"command": describe_command(command)}, status=201)
