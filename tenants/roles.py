"""What each role may do in its tenant. The one table; everything that asks goes through `may`."""

from __future__ import annotations

from enum import StrEnum

from tenants.enums import Role


class Action(StrEnum):
    VIEW = "view"
    WATCH_LIVE = "watch live interviews"
    STEER_LIVE = "steer live interviews"
    READ_RESULTS = "read results"
    WRITE_REVIEWS = "write reviews"
    DECIDE = "decide about candidates, and have results scored again"
    EDIT_INTERVIEWS = "edit interviews and question banks"
    INVITE = "invite candidates"
    MANAGE_TENANT = "manage members, keys and the brand"
    COUNT_GROUPS = "see how groups of candidates fared"


_RECRUITERS = frozenset({Role.OWNER, Role.RECRUITER})
_REVIEWERS = _RECRUITERS | {Role.REVIEWER}

ROLES_THAT_MAY: dict[Action, frozenset[Role]] = {
    Action.VIEW: frozenset(Role),
    Action.WATCH_LIVE: _REVIEWERS,
    Action.STEER_LIVE: _RECRUITERS,
    Action.READ_RESULTS: _REVIEWERS,
    Action.WRITE_REVIEWS: _REVIEWERS,
    Action.DECIDE: _RECRUITERS,
    Action.EDIT_INTERVIEWS: _RECRUITERS,
    Action.INVITE: _RECRUITERS,
    Action.MANAGE_TENANT: frozenset({Role.OWNER}),
    Action.COUNT_GROUPS: frozenset({Role.OWNER}),
}


def may(role: Role | str | None, action: Action) -> bool:
    """Whether `role` may do `action`; None, somebody without a place in the tenant, may do nothing."""
    return role is not None and role in ROLES_THAT_MAY[action]
