"""Who gets what from each page under /admin/. A page without a line fails `test_every_page_has_a_line`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Visitor(StrEnum):
    """Who comes. All but the last three work at Acme, whose rows the pages are asked for."""

    OWNER = "owner"
    RECRUITER = "recruiter"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    #: Of the platform's staff, who has entered Acme.
    STAFF = "platform staff"
    #: Of the platform's staff, in no company.
    STAFF_OUTSIDE = "platform staff outside"
    #: Owns Globex.
    OUTSIDER = "owner of another company"
    STRANGER = "nobody"


Visitors = frozenset[Visitor]

NOBODY: Visitors = frozenset()
#: Roles, as `tenants/roles.py` gives them. The platform's staff counts as an owner where it has entered.
OWNERS = frozenset({Visitor.OWNER, Visitor.STAFF})
RECRUITERS = OWNERS | {Visitor.RECRUITER}
REVIEWERS = RECRUITERS | {Visitor.REVIEWER}
MEMBERS = REVIEWERS | {Visitor.VIEWER}
#: Whatever company they have entered.
PLATFORM = frozenset({Visitor.STAFF, Visitor.STAFF_OUTSIDE})
#: Whoever has an account.
ACCOUNTS = MEMBERS | PLATFORM | {Visitor.OUTSIDER}
EVERYBODY = frozenset(Visitor)


@dataclass(frozen=True)
class Page:
    """Who is let in by each method; None is a method that the page does not know.

    `part` is which row of Acme's the address names (`rows` in conftest.py); the outsider gets a page without a row as
    an owner does, of Globex. `kwargs` is what else stands in the address. `reads_post` is false of a page to which a
    POST is a GET.
    """

    get: Visitors | None = None
    post: Visitors | None = None
    part: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    reads_post: bool = True


def shown(who: Visitors, part: str = "", **kwargs: Any) -> Page:
    """Read, and changed by no method."""
    return Page(get=who, part=part, kwargs=kwargs)


def step(part: str, who: Visitors) -> Page:
    """Done by a press of a button alone."""
    return Page(post=who, part=part)


def form(who: Visitors, part: str = "", **kwargs: Any) -> Page:
    """GET asks, POST does."""
    return Page(get=who, post=who, part=part, kwargs=kwargs)


def model(
    name: str,
    part: str,
    *,
    view: Visitors,
    add: Visitors = NOBODY,
    change: Visitors = NOBODY,
    delete: Visitors = NOBODY,
) -> dict[str, Page]:
    """The five pages of a model in the admin."""
    return {
        f"admin:{name}_changelist": Page(get=view, reads_post=False),
        f"admin:{name}_add": form(add),
        f"admin:{name}_change": Page(get=view, post=change, part=part),
        f"admin:{name}_history": Page(get=view, part=part, reads_post=False),
        f"admin:{name}_delete": form(delete, part),
    }


def steps(name: str, part: str, who: Visitors, *names: str) -> dict[str, Page]:
    return {f"admin:{name}_{one}": step(part, who) for one in names}


PAGES: dict[str, Page] = {
    # Inviting, interviewing, judging
    "admin:index": Page(get=MEMBERS, reads_post=False),
    **model("interviews_invitation", "invitation", view=MEMBERS, add=RECRUITERS),
    **steps("interviews_invitation", "invitation", RECRUITERS, "link", "resend", "cancel", "correct", "extend"),
    **steps("interviews_invitation", "invitation", RECRUITERS, "retry", "settle"),
    **model("interviews_invitationbatch", "batch", view=MEMBERS, add=RECRUITERS),
    **steps("interviews_invitationbatch", "batch", RECRUITERS, "map", "start", "discard"),
    "admin:interviews_invitationbatch_progress": shown(MEMBERS, "batch"),
    **model("interviews_candidate", "candidate", view=MEMBERS, change=RECRUITERS),
    "admin:interviews_candidate_export": shown(OWNERS, "candidate"),
    **steps("interviews_candidate", "candidate", OWNERS, "erase"),
    **model("interviews_outgoingemail", "email", view=MEMBERS),
    **steps("interviews_outgoingemail", "email", RECRUITERS, "resend"),
    "admin:interviews_outgoingemail_html": shown(MEMBERS, "email"),
    "live:list": shown(REVIEWERS),
    "live:list-data": shown(REVIEWERS),
    "live:session": shown(REVIEWERS, "session"),
    "live:command": step("session", RECRUITERS),
    **model("interviews_session", "session", view=REVIEWERS),
    "recording": shown(REVIEWERS, "session"),
    **model("interviews_result", "result", view=REVIEWERS),
    **steps("interviews_result", "result", REVIEWERS, "review", "comment"),
    **steps("interviews_result", "result", RECRUITERS, "decide", "score", "share", "unshare"),
    "admin:interviews_result_report": shown(REVIEWERS, "result"),
    "admin:interviews_result_compare": shown(REVIEWERS),
    "admin:interviews_result_csv": shown(REVIEWERS),
    "admin:interviews_result_xlsx": shown(REVIEWERS),
    "views:save": step("", REVIEWERS),
    "views:delete": step("view", REVIEWERS),
    # Setting up
    **model("interviews_questionbank", "bank", view=MEMBERS, add=RECRUITERS, change=RECRUITERS),
    **steps("interviews_questionbank", "bank", RECRUITERS, "archive", "restore"),
    "admin:interviews_questionbank_import": form(RECRUITERS, "bank"),
    "admin:interviews_questionbank_export": shown(MEMBERS, "bank"),
    **model("interviews_interview", "interview", view=MEMBERS, add=RECRUITERS, change=RECRUITERS),
    **steps("interviews_interview", "interview", RECRUITERS, "publish", "rehearse", "simulate", "archive", "restore"),
    "admin:interviews_interview_charts": shown(REVIEWERS, "interview"),
    # The company
    **model("interviews_companyservices", "services", view=MEMBERS, change=OWNERS),
    **model("tenants_brand", "brand", view=OWNERS, change=OWNERS),
    "brand-preview": form(OWNERS, kind="lobby"),
    **model("tenants_domain", "domain", view=OWNERS, add=OWNERS, delete=OWNERS),
    **steps("tenants_domain", "domain", OWNERS, "check"),
    **model("tenants_membership", "membership", view=OWNERS, change=OWNERS, delete=OWNERS),
    **model("tenants_memberinvitation", "member_invitation", view=OWNERS, add=OWNERS),
    "admin:tenants_memberinvitation_resend": form(OWNERS, "member_invitation"),
    "admin:tenants_memberinvitation_revoke": form(OWNERS, "member_invitation"),
    **model("tenants_apikey", "key", view=OWNERS, add=OWNERS),
    "admin:tenants_apikey_rotate": form(OWNERS, "key"),
    "admin:tenants_apikey_revoke": form(OWNERS, "key"),
    **model("tenants_auditentry", "audit_entry", view=OWNERS),
    "usage:own": shown(OWNERS),
    "usage:own-csv": shown(OWNERS),
    "adverse-impact:show": shown(OWNERS),
    "adverse-impact:csv": shown(OWNERS),
    "adverse-impact:xlsx": shown(OWNERS),
    **model("interviews_webhookendpoint", "webhook", view=OWNERS, add=OWNERS, change=OWNERS, delete=OWNERS),
    "admin:interviews_webhookendpoint_rotate": form(OWNERS, "webhook"),
    "admin:interviews_webhookendpoint_send_test": form(OWNERS, "webhook"),
    "admin:interviews_webhookendpoint_switch": form(OWNERS, "webhook"),
    **model("interviews_webhookdelivery", "delivery", view=OWNERS),
    **model("interviews_atsconnection", "ats", view=OWNERS, add=OWNERS, change=OWNERS, delete=OWNERS),
    "admin:interviews_atsconnection_run_test": form(OWNERS, "ats"),
    "admin:interviews_atsconnection_replace_key": form(OWNERS, "ats"),
    "admin:interviews_atsconnection_switch": form(OWNERS, "ats"),
    **model("interviews_atscallback", "ats_callback", view=OWNERS),
    **model("interviews_atscall", "ats_call", view=OWNERS),
    # The platform
    **model("tenants_tenant", "tenant", view=OWNERS | PLATFORM, add=PLATFORM, change=OWNERS | PLATFORM),
    **model("tenants_user", "user", view=PLATFORM, add=PLATFORM, change=PLATFORM),
    **model("tenants_passwordmail", "password_mail", view=PLATFORM),
    "admin:tenants_passwordmail_send_another": form(PLATFORM, "password_mail"),
    **model("tenants_platformentry", "platform_entry", view=PLATFORM),
    "usage:all": shown(PLATFORM),
    "usage:all-csv": shown(PLATFORM),
    **model("axes_accessattempt", "attempt", view=PLATFORM, change=PLATFORM, delete=PLATFORM),
    **model("axes_accesslog", "access", view=PLATFORM, change=PLATFORM, delete=PLATFORM),
    **model("axes_accessfailurelog", "failure", view=PLATFORM, change=PLATFORM, delete=PLATFORM),
    # One's own account
    "tenants:switch": form(ACCOUNTS),
    "tenants:sessions": form(ACCOUNTS),
    "admin:password_change": form(ACCOUNTS),
    "admin:password_change_done": shown(ACCOUNTS),
    "admin:logout": step("", ACCOUNTS),
    "account_reauthenticate": form(ACCOUNTS),
    "mfa_index": shown(ACCOUNTS),
    "mfa_reauthenticate": form(ACCOUNTS),
    "mfa_activate_totp": form(ACCOUNTS),
    "mfa_deactivate_totp": form(ACCOUNTS),
    "mfa_view_recovery_codes": Page(get=ACCOUNTS, reads_post=False),
    "mfa_generate_recovery_codes": form(ACCOUNTS),
    "mfa_download_recovery_codes": Page(get=ACCOUNTS, reads_post=False),
    # What Django's admin and its theme have beside
    "admin:search": Page(get=MEMBERS, reads_post=False),
    "admin:app_list": Page(get=MEMBERS, kwargs={"app_label": "interviews"}, reads_post=False),
    "admin:autocomplete": shown(NOBODY),
    "admin:view_on_site": form(MEMBERS, content_type_id=0, object_id=0),
    "admin:jsi18n": shown(ACCOUNTS),
    # Leading in
    "admin:login": form(EVERYBODY),
    "account_login": form(EVERYBODY),
    "mfa_authenticate": form(EVERYBODY),
    "tenants:join": form(EVERYBODY, token="nonsense"),
    "admin_password_reset": form(EVERYBODY),
    "password_reset_done": shown(EVERYBODY),
    "password_reset_confirm": form(EVERYBODY, uidb64="x", token="x"),
    "password_reset_complete": shown(EVERYBODY),
}

#: What a list offers to do with its selected rows.
ACTIONS: dict[tuple[str, str], Visitors] = {
    ("interviews_invitation", "resend_selected"): RECRUITERS,
    ("interviews_invitation", "cancel_selected"): RECRUITERS,
    ("interviews_result", "compare_selected"): REVIEWERS,
    ("interviews_webhookdelivery", "send_again"): OWNERS,
    ("interviews_atscallback", "send_again"): OWNERS,
    ("axes_accessattempt", "delete_selected"): PLATFORM,
    ("axes_accessattempt", "cleanup_expired_attempts"): PLATFORM,
    ("axes_accesslog", "delete_selected"): PLATFORM,
    ("axes_accessfailurelog", "delete_selected"): PLATFORM,
}
