"""Invitations: ordered, read, and taken back."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from botrunner.contract import EXTRA_TIME_MOST
from interviews.api.base import ApiView, find
from interviews.api.candidates import LOCALES, CandidateSerializer
from interviews.api.expanding import (
    ExpandField,
    Names,
    check_expand,
    expand_query,
    expand_query_field,
    prefetch,
    read_expand,
)
from interviews.api.ids import id_field
from interviews.api.interviews import InterviewSerializer
from interviews.api.interviews import interviews as readable_interviews
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, StrictSerializer, read_query
from interviews.api.problems import NotFoundHere, Problem
from interviews.api.schema import describe
from interviews.domain import invitations as domain
from interviews.domain.limits import LimitReached
from interviews.domain.orders import DuplicateOrder, order_invitation
from interviews.domain.plans import PlanError
from interviews.domain.standing import await_turn, standing_invitations
from interviews.enums import InvitationStatus, TransitionError
from interviews.models import Interview, Invitation, Order
from tenants.enums import Scope

#: What can be expanded, and the scope that this takes.
EXPAND = {"candidate": Scope.CANDIDATES_READ, "interview": Scope.INTERVIEWS_READ}


class OrderSerializer(StrictSerializer):
    """The ids of the system that the invitation was ordered by."""

    system = serializers.CharField(max_length=40)
    application_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    job_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    order_id = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="The same order_id of the same system makes one invitation only.",
    )


class InvitationSerializer(serializers.Serializer):
    id = id_field("invitation", source="pk", read_only=True)
    status = serializers.ChoiceField(InvitationStatus.choices)
    interview = ExpandField("interview", InterviewSerializer)
    candidate = ExpandField("candidate", CandidateSerializer)
    external = OrderSerializer(source="order", allow_null=True, default=None)
    locale = serializers.SerializerMethodField(
        help_text="The language chosen for this interview, else the candidate's. Empty where none is known."
    )
    extra_time = serializers.FloatField(help_text="Factor on every time limit.")
    created_at = serializers.DateTimeField()
    invited_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    candidate_url = serializers.SerializerMethodField(
        help_text="The candidate's personal link, in the answer that makes the invitation or the link; else null."
    )

    def get_locale(self, invitation: Invitation) -> str:
        return invitation.language or invitation.candidate.locale

    def get_candidate_url(self, invitation: Invitation) -> str | None:
        url: str | None = getattr(invitation, "candidate_url", None)
        return url


class CandidateOfInvitation(StrictSerializer):
    name = serializers.CharField(max_length=160, help_text="Of an address that is known the name stays as it is.")
    email = serializers.EmailField(max_length=254)


def check_deadline(moment: datetime) -> None:
    """The domain's check, as the API's."""
    try:
        domain.check_deadline(moment)
    except domain.BadDeadline as error:
        raise serializers.ValidationError(str(error), error.code) from None


class InvitationBody(StrictSerializer):
    interview = id_field("interview")
    candidate = CandidateOfInvitation()
    external = OrderSerializer(required=False)
    expires_at = serializers.DateTimeField(
        required=False,
        validators=[check_deadline],
        help_text="As many days from now as the interview gives, unless it is said. In 2100 at the latest.",
    )
    notify = serializers.BooleanField(default=True, help_text="Whether the candidate gets a mail.")
    locale = serializers.ChoiceField(LOCALES, required=False, help_text="The language the candidate speaks.")
    extra_time = serializers.FloatField(default=1.0, min_value=1, max_value=EXTRA_TIME_MOST)
    again = serializers.BooleanField(
        default=False,
        help_text="Invite somebody once more who is invited to this interview already. Without it that is a 409, unless"
        " `external.order_id` says that it is another order.",
    )


class ExtendBody(StrictSerializer):
    expires_at = serializers.DateTimeField(validators=[check_deadline], help_text="In 2100 at the latest.")


class NoBody(StrictSerializer):
    """Nothing."""


class InvitationQuery(Query):
    status = serializers.ChoiceField(
        InvitationStatus.choices, required=False, help_text="Only those that stand so now."
    )
    interview = id_field("interview", required=False, help_text="Only those to this interview.")
    candidate = id_field("candidate", required=False, help_text="Only those of this candidate.")
    external_system = serializers.CharField(
        max_length=40, required=False, help_text="Only those with exactly this `external.system`."
    )
    external_application_id = serializers.CharField(
        max_length=200, required=False, help_text="Only those with exactly this `external.application_id`."
    )
    external_order_id = serializers.CharField(
        max_length=200, required=False, help_text="Only those with exactly this `external.order_id`."
    )
    created_after = serializers.DateTimeField(required=False, help_text="Only those made later than this.")
    created_before = serializers.DateTimeField(required=False, help_text="Only those made earlier than this.")
    expand = expand_query_field(tuple(EXPAND))


ExpandQuery = expand_query(EXPAND)


FILTERS = {
    "status": "status",
    "interview": "interview_id",
    "candidate": "candidate_id",
    "external_system": "order__system",
    "external_application_id": "order__application_id",
    "external_order_id": "order__order_id",
    "created_after": "created_at__gt",
    "created_before": "created_at__lt",
}


def invitations(*, expand: Names = ()) -> QuerySet[Invitation]:
    rows = Invitation.objects.real().select_related("order", "candidate")
    return rows.prefetch_related(*prefetch("interview", readable_interviews(), expand))


def show_invitation(invitation: Invitation, *, expand: Names = ()) -> Any:
    return InvitationSerializer(invitation, context={"expand": expand}).data


class Invitations(ApiView):
    scopes: ClassVar = {"GET": Scope.INVITATIONS_READ, "POST": Scope.INVITATIONS_WRITE}

    @describe("List invitations", "invitations", answer=page_serializer(InvitationSerializer), query=InvitationQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, InvitationQuery)
        check_expand(self.key, EXPAND, query["expand"])
        rows = invitations(expand=query["expand"])
        rows = rows.filter(**{lookup: query[name] for name, lookup in FILTERS.items() if name in query})
        return Response(read_page(rows, query=query, row=InvitationSerializer))

    @describe("Invite a candidate", "invitations", answer=InvitationSerializer, body=InvitationBody, status=201)
    def post(self, request: Request) -> Response:
        body = InvitationBody(data=request.data)
        body.is_valid(raise_exception=True)
        invitation = create(**body.validated_data)
        invitation.candidate_url = domain.mint_link(invitation=invitation)  # type: ignore[attr-defined]
        shown = show_invitation(invitation)
        return Response(shown, status=201, headers={"Location": f"/api/v1/invitations/{shown['id']}"})


def create(
    *,
    interview: UUID,
    candidate: dict[str, str],
    external: dict[str, Any] | None = None,
    locale: str = "",
    again: bool = False,
    **options: Any,
) -> Invitation:
    """Raises NotFoundHere for an unknown interview, Problem for one that is not ready, and for a doubled order or
    invitation."""
    found = readable_interviews().filter(pk=interview).first()
    if found is None:
        raise NotFoundHere("/interview")
    who: dict[str, Any] = {"candidate_name": candidate["name"], "candidate_email": candidate["email"], "locale": locale}
    try:
        if not again and not (external and external["order_id"]):
            refuse_double(interview=found, email=candidate["email"])
        if external is None:
            return domain.create_invitation(interview=found, **who, **options)
        order = Order(**external, natural_key=external["order_id"] or None)
        return order_invitation(order=order, interview=found, **who, **options)
    except PlanError as error:
        raise Problem(409, "interview_not_ready", str(error)) from None
    except LimitReached as error:
        wait = error.until and {"Retry_After": str(max(1, math.ceil((error.until - timezone.now()).total_seconds())))}
        raise Problem(429, "limit_reached", str(error), **(wait or {})) from None
    except DuplicateOrder as error:
        shown = show_invitation(error.invitation)["id"]
        text = f"This order was taken before, as {shown}. Nothing was done."
        raise Problem(409, "duplicate_order", text, Location=f"/api/v1/invitations/{shown}") from None


def refuse_double(*, interview: Interview, email: str) -> None:
    """Raise Problem when this person has an invitation to the interview that counts."""
    address = email.strip().lower()
    await_turn(interview.pk, {address})
    standing = standing_invitations(interview.pk, {address}).filter(rehearsal=False)
    latest = standing.select_related("order", "candidate").order_by("-created_at").first()
    if latest is not None:
        shown = show_invitation(latest)["id"]
        text = f"They are invited to this interview already, as {shown}. Send “again” to invite them once more."
        raise Problem(409, "already_invited", text, Location=f"/api/v1/invitations/{shown}")


class InvitationDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.INVITATIONS_READ}

    @describe("Read an invitation", "invitations", answer=InvitationSerializer, query=ExpandQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        expand = read_expand(request, ExpandQuery)
        return Response(show_invitation(find(invitations(expand=expand), pk), expand=expand))


class InvitationAct(ApiView):
    """A step of one invitation."""

    scopes: ClassVar = {"POST": Scope.INVITATIONS_WRITE}
    body: ClassVar[type[serializers.Serializer]] = NoBody

    def act(self, request: Request, pk: UUID, step: Callable[..., object]) -> Response:
        invitation = find(Invitation.objects.real().select_related("interview", "candidate", "tenant"), pk)
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            step(invitation=invitation, **body.validated_data)
        except (domain.InvitationClosed, TransitionError):
            status = invitation.get_status_display().lower()
            raise Problem(409, "not_possible_now", f"This invitation is {status}, so that can't be done.") from None
        return Response(show_invitation(find(invitations(), pk)))


class CancelInvitation(InvitationAct):
    @describe("Withdraw an invitation", "invitations", answer=InvitationSerializer, body=NoBody)
    def post(self, request: Request, pk: UUID) -> Response:
        return self.act(request, pk, domain.cancel)


class ResendInvitation(InvitationAct):
    @describe("Send the mail again", "invitations", answer=InvitationSerializer, body=NoBody)
    def post(self, request: Request, pk: UUID) -> Response:
        return self.act(request, pk, domain.resend)


class NewLink(InvitationAct):
    @describe("Make a new link", "invitations", answer=InvitationSerializer, body=NoBody)
    def post(self, request: Request, pk: UUID) -> Response:
        """For you to deliver: nobody is mailed. Links given before still work."""
        answer = self.act(request, pk, domain.check_open)
        answer.data["candidate_url"] = domain.mint_link(invitation=find(Invitation.objects, pk))
        return answer


class ExtendInvitation(InvitationAct):
    body = ExtendBody

    @describe("Move the deadline", "invitations", answer=InvitationSerializer, body=ExtendBody)
    def post(self, request: Request, pk: UUID) -> Response:
        return self.act(request, pk, domain.extend)
