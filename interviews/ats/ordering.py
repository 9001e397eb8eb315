"""What an ATS can order, and ordering it: the same for all of them."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from interviews.api.ids import read_id, write_id
from interviews.ats.door import Call, Refusal
from interviews.ats.hosts import check_host
from interviews.domain.limits import LimitReached
from interviews.domain.orders import DuplicateOrder, order_invitation, rebind_order
from interviews.domain.outbound import AddressRefused
from interviews.domain.plans import PlanError
from interviews.enums import InterviewStatus
from interviews.models import Interview, Order

#: Of Order.natural_key, in characters.
LONGEST_KEY = 500


def list_offers() -> list[tuple[str, str]]:
    """Id and title of each published interview, by title."""
    published = Interview.objects.filter(status=InterviewStatus.PUBLISHED).order_by("title", "pk")
    return [(write_id("interview", pk), title) for pk, title in published.values_list("pk", "title")]


def take_order(
    call: Call,
    *,
    offer: str,
    names: tuple[str | None, str | None],
    email: str,
    natural_key: str,
    url: str = "",
    application_id: str = "",
    job_id: str = "",
    order_id: str = "",
) -> tuple[str, bool]:
    """Invite the candidate by mail; the invitation's id, and whether it is new. The same order again has the same.

    `url` is where the ATS wants to be called back, for those that say so with each order. Raises Refusal.
    """
    system = call.connection.system
    if url:
        try:
            check_host(system=system, url=url)
        except AddressRefused as error:
            raise Refusal(422, f"Nothing was ordered. {error}") from None
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(422, "The candidate has no e-mail address to send the invitation to.") from None
    order = Order(
        system=system,
        application_id=application_id[:200],
        job_id=job_id[:200],
        order_id=order_id[:200],
        natural_key=shorten_key(natural_key),
        by_adapter=True,
        callback={"connection": str(call.connection.pk), "url": url},
    )
    name = " ".join(part.strip() for part in names if part and part.strip())
    try:
        invitation = order_invitation(
            order=order,
            interview=find_offer(offer),
            candidate_name=name[:160] or email[:160],
            candidate_email=email,
        )
    except DuplicateOrder as duplicate:
        if duplicate.invitation.order.callback != order.callback:
            rebind_order(order=duplicate.invitation.order, callback=order.callback)
        return write_id("invitation", duplicate.invitation.pk), False
    except (PlanError, LimitReached) as error:
        raise Refusal(422, str(error)) from None
    return write_id("invitation", invitation.pk), True


def find_offer(text: str) -> Interview:
    """Raises Refusal; whether candidates may be invited to it is not asked here."""
    try:
        found = Interview.objects.filter(pk=read_id("interview", text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Refusal(404, "There is no such interview any more. Choose another one.")
    return found


def find_order(call: Call, text: str) -> Order:
    """The order of this system whose invitation has the id that `take_order` gave. Raises Refusal."""
    orders = Order.objects.filter(system=call.connection.system, by_adapter=True)
    try:
        mine = orders.filter(invitation_id=read_id("invitation", text))
    except ValueError:
        mine = orders.none()
    found = mine.select_related("invitation__interview").first()
    if found is None:
        raise Refusal(404, "No interview was ordered under this id.")
    return found


def shorten_key(text: str) -> str:
    return text if len(text) <= LONGEST_KEY else "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def note(invitation_id: str, new: bool) -> str:
    """For the log."""
    return f"{invitation_id}: {'invited' if new else 'ordered before'}"
