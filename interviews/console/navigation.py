"""The console's sidebar: the story first, then the company's own pages, each for those who may open it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from interviews.enums import SessionStatus
from interviews.models import Session
from tenants.middleware import role_of
from tenants.roles import Action, may


def allowed(action: Action) -> Callable[[HttpRequest], bool]:
    return lambda request: may(role_of(request), action)


def is_platform_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_platform_staff", False))


def build_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    view, read = allowed(Action.VIEW), allowed(Action.READ_RESULTS)
    watch, manage = allowed(Action.WATCH_LIVE), allowed(Action.MANAGE_TENANT)
    return [
        {
            "items": [
                item(_("Overview"), "home", "admin:index", view),
                item(_("Live"), "sensors", "live:list", watch) | count_live(request),
            ]
        },
        {
            "title": _("Interviewing"),
            "items": [
                page(_("Invitations"), "mail", "interviews_invitation", view),
                page(_("Bulk invitations"), "playlist_add", "interviews_invitationbatch", view),
                page(_("Results"), "task_alt", "interviews_result", read),
                page(_("Candidates"), "group", "interviews_candidate", view),
            ],
        },
        {
            "title": _("Set-up"),
            "items": [
                page(_("Interviews"), "record_voice_over", "interviews_interview", view),
                page(_("Question banks"), "quiz", "interviews_questionbank", view),
            ],
        },
        {
            "title": _("Records"),
            "collapsible": True,
            "items": [
                page(_("Sessions"), "graphic_eq", "interviews_session", read),
                page(_("E-mails"), "outgoing_mail", "interviews_outgoingemail", view),
            ],
        },
        {
            "title": _("Company"),
            "collapsible": True,
            "items": [
                page(_("Brand"), "palette", "tenants_brand", manage),
                page(_("Voice and services"), "settings_voice", "interviews_companyservices", view),
                page(_("Company"), "domain", "tenants_tenant", manage),
                page(_("Members"), "badge", "tenants_membership", manage),
                item(_("Usage"), "data_usage", "usage:own", manage),
                item(_("Adverse impact"), "balance", "adverse-impact:show", allowed(Action.COUNT_GROUPS)),
                page(_("API keys"), "key", "tenants_apikey", manage),
                page(_("Webhooks"), "webhook", "interviews_webhookendpoint", manage),
                page(_("Deliveries"), "outbox", "interviews_webhookdelivery", manage),
                page(_("ATS connections"), "hub", "interviews_atsconnection", manage),
                page(_("Audit log"), "history", "tenants_auditentry", manage),
            ],
        },
        {
            "title": _("Platform"),
            "collapsible": True,
            "items": [
                page(_("Companies"), "domain", "tenants_tenant", is_platform_staff),
                item(_("Usage"), "data_usage", "usage:all", is_platform_staff),
                page(_("Users"), "person", "tenants_user", is_platform_staff),
                page(_("Password mails"), "outgoing_mail", "tenants_passwordmail", is_platform_staff),
                page(_("What staff did"), "history", "tenants_platformentry", is_platform_staff),
            ],
        },
    ]


def build_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Pages that belong together, beside each other above their lists."""
    manage = allowed(Action.MANAGE_TENANT)
    return [
        {
            "models": ["tenants.membership", "tenants.memberinvitation"],
            "items": [
                page(_("Members"), "badge", "tenants_membership", manage),
                page(_("Invitations"), "outgoing_mail", "tenants_memberinvitation", manage),
            ],
        },
        {
            "models": ["tenants.brand", "tenants.domain"],
            "items": [
                page(_("Brand"), "palette", "tenants_brand", manage),
                page(_("Domains"), "language", "tenants_domain", manage),
            ],
        },
        {
            "models": ["interviews.atsconnection", "interviews.atscallback", "interviews.atscall"],
            "items": [
                page(_("ATS connections"), "hub", "interviews_atsconnection", manage),
                page(_("Call-backs"), "outbox", "interviews_atscallback", manage),
                page(_("Calls"), "receipt_long", "interviews_atscall", manage),
            ],
        },
    ]


def link_account(request: HttpRequest) -> list[dict[str, Any]]:
    """What the person's own menu offers beside logging out."""
    return [
        {"title": _("Switch company"), "link": reverse_lazy("tenants:switch")},
        {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        {"title": _("Two-factor log-in"), "link": reverse_lazy("mfa_index")},
        {"title": _("Your log-ins"), "link": reverse_lazy("tenants:sessions")},
    ]


def item(title: Any, icon: str, view: str, permission: Callable[[HttpRequest], bool]) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(view), "permission": permission}


def page(title: Any, icon: str, model: str, permission: Callable[[HttpRequest], bool]) -> dict[str, Any]:
    return item(title, icon, f"admin:{model}_changelist", permission)


def count_live(request: HttpRequest) -> dict[str, str]:
    """How many candidates are talking now, as the link's badge; nothing for none and for who may not watch."""
    if not may(role_of(request), Action.WATCH_LIVE):
        return {}
    count = Session.objects.real().filter(status=SessionStatus.LIVE).count()
    return {"badge": str(count), "badge_variant": "success"} if count else {}
