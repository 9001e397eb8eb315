"""Who may watch interviews live: asked by the WebSockets beside the pages."""

from uuid import UUID

from interviews.models import Session
from tenants.domain.audit import record_once
from tenants.domain.members import find_place_in
from tenants.models import User
from tenants.roles import Action, may
from tenants.scope import current_tenant_id
from tenants.second_factor import lacks_second_factor


def may_watch(user: User) -> bool:
    """Whether this logged-in person may watch in the tenant in scope."""
    place = find_place_in(current_tenant_id(), user=user) if user.is_active and user.is_staff else None
    return (
        place is not None and may(place.role, Action.WATCH_LIVE) and not lacks_second_factor(user, tenant=place.tenant)
    )


def watch_session(session_id: UUID) -> bool:
    """Put on record that the session is watched. False if the tenant in scope has none with this id."""
    session = Session.objects.filter(pk=session_id).only("invitation_id", "number").first()
    if session is not None:
        record_once(verb="watched the session", target=session)
    return session is not None
