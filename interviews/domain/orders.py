"""Invitations that another system orders: made once, however often the order comes."""

from typing import Any

from django.db import connection, transaction

from interviews.domain.invitations import cancel, create_invitation
from interviews.enums import OPEN_STATUSES, InvitationStatus
from interviews.models import AtsCallback, Invitation, Order
from tenants.scope import current_tenant_id


class DuplicateOrder(Exception):
    """The system has ordered this already; `invitation` is what came of it."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(f"This order was taken before, as invitation {invitation.pk}.")
        self.invitation = invitation


def order_invitation(*, order: Order, **invitation: Any) -> Invitation:
    """Invite as `create_invitation(**invitation)` does, and remember who asked. `order` is an unsaved row.

    Raises DuplicateOrder for a `natural_key` that its system has used before in the same way, that is over its adapter
    or over the API, and all that `create_invitation` raises.
    """
    with transaction.atomic():
        if order.natural_key is not None:
            # Two of the same order at once: the second waits here, and then sees what the first has made.
            with connection.cursor() as cursor:
                lock = f"order {current_tenant_id()} {order.by_adapter} {order.system} {order.natural_key}"
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
            earlier = Order.objects.filter(
                system=order.system, by_adapter=order.by_adapter, natural_key=order.natural_key
            )
            if known := earlier.select_related("invitation").first():
                raise DuplicateOrder(known.invitation)
        return create_invitation(order=order, **invitation)


def rebind_order(*, order: Order, callback: dict[str, str]) -> None:
    """It came again over another connection, such as one that was installed anew, which is told from now on.

    `callback` is as in `Order`.
    """
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        locked.callback = locked.callback | callback
        locked.save(update_fields=["callback"])
        AtsCallback.objects.filter(order=locked, connection=None).update(connection=callback["connection"])


def withdraw_order(*, order: Order) -> None:
    """The system takes its order back, and need not be told so. Twice is once; what has ended stays as it is."""
    with transaction.atomic():
        locked = Order.objects.select_for_update(of=("self",)).select_related("invitation").get(pk=order.pk)
        locked.natural_key = None
        locked.callback = locked.callback | {"withdrawn": True}
        locked.save(update_fields=["natural_key", "callback"])
        if locked.invitation.status in (*OPEN_STATUSES, InvitationStatus.EXPIRED, InvitationStatus.FAILED):
            cancel(invitation=locked.invitation)
