"""Who may watch interviews live: asked by the pages, and by the WebSockets beside them."""

from uuid import UUID

from interviews.models import Session
from tenants.domain.members import Place, find_place
from tenants.models import User
from tenants.roles import Action, may
from tenants.scope import tenant_scope
from tenants.second_factor import lacks_second_factor


def find_watcher(*, user: object, chosen_tenant: str | None) -> Place | None:
    """The place of a logged-in member of staff who may watch, in the tenant they work in; None for anybody else."""
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        return None
    place = find_place(user=user, tenant_id=UUID(chosen_tenant) if chosen_tenant else None)
    if place is None or lacks_second_factor(user, tenant=place.tenant):
        return None
    return place if may(place.role, Action.WATCH_LIVE) else None


def may_watch_session(*, place: Place, session_id: UUID) -> bool:
    """Whether the session is of the watcher's tenant. Opens its own scope."""
    with tenant_scope(place.tenant):
        return Session.objects.filter(pk=session_id).exists()
