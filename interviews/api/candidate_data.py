"""All that is kept of a candidate, as they are to be given it: every row with its id and what it belongs to."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.candidates import CandidateSerializer, ErasureSerializer
from interviews.api.ids import id_field, write_id
from interviews.api.invitations import OrderSerializer
from interviews.api.results import AnswerSerializer, QuoteSerializer, TurnSerializer
from interviews.api.schema import describe
from interviews.api.sessions import SessionSerializer
from interviews.domain import erasure
from interviews.enums import (
    CandidateWish,
    Decision,
    EmailKind,
    EmailStatus,
    InvitationStatus,
    Mode,
    RecordingState,
    WebhookEventType,
)
from interviews.models import Candidate, Recording
from tenants.enums import Scope


class KeptInvitationSerializer(serializers.Serializer):
    id = id_field("invitation", source="pk", read_only=True)
    interview = id_field("interview", source="interview_id", read_only=True)
    interview_title = serializers.CharField(source="interview.title")
    status = serializers.ChoiceField(InvitationStatus.choices)
    external = OrderSerializer(source="order", allow_null=True, default=None)
    locale = serializers.CharField(source="language", allow_blank=True, help_text="Chosen by the candidate.")
    mode = serializers.ChoiceField(Mode.choices, help_text="How they answer.")
    extra_time = serializers.FloatField(help_text="Factor on every time limit.")
    extra_retries = serializers.IntegerField(help_text="Granted beyond what the interview gives.")
    personal_note = serializers.CharField(allow_blank=True, help_text="Written to them in the mail.")
    planned_at = serializers.DateTimeField(allow_null=True, help_text="When they plan to do it.")
    wish = serializers.ChoiceField(CandidateWish.choices, allow_blank=True, help_text="What they have asked for.")
    wish_text = serializers.CharField(allow_blank=True, help_text="In their words.")
    wished_at = serializers.DateTimeField(allow_null=True)
    wish_settled_at = serializers.DateTimeField(allow_null=True)
    decline_reason = serializers.CharField(allow_blank=True)
    bounced_at = serializers.DateTimeField(allow_null=True)
    reminder_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    invited_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ListEntrySerializer(serializers.Serializer):
    """A row of a list of people that was read in to invite them."""

    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    locale = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(allow_blank=True)
    personal_note = serializers.CharField(allow_blank=True)


class ConsentSerializer(serializers.Serializer):
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    kind = serializers.ChoiceField(["interview", "recording"], help_text="What was agreed to.")
    given_at = serializers.DateTimeField()
    version = serializers.CharField(allow_blank=True)
    locale = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True, help_text="The words that were shown.")


class EmailEventSerializer(serializers.Serializer):
    status = serializers.ChoiceField(EmailStatus.choices)
    detail = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class KeptEmailSerializer(serializers.Serializer):
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    kind = serializers.ChoiceField(EmailKind.choices)
    recipient = serializers.CharField()
    sender = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField(source="text_body", help_text="Without the personal link, which is not kept.")
    status = serializers.ChoiceField(EmailStatus.choices)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    events = EmailEventSerializer(many=True, help_text="What the mail's provider said became of it.")


class KeptSessionSerializer(SessionSerializer):
    invitation = id_field("invitation", source="invitation_id", read_only=True)  # type: ignore[assignment] # by its id
    recorded = serializers.BooleanField(source="record")


class KeptEventSerializer(serializers.Serializer):
    session = id_field("session", source="session_id", read_only=True)
    seq = serializers.IntegerField(help_text="Its place in the session.")
    name = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    message = serializers.DictField(help_text="RTVI, as in the session's stream of events.")

    def get_name(self, event: Any) -> str:
        return event.name or event.type


class KeptAnswerSerializer(AnswerSerializer):
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    session = id_field("session", source="session_id", read_only=True)


class KeptResultSerializer(serializers.Serializer):
    id = id_field("result", source="pk", read_only=True)
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    summary = serializers.CharField(allow_blank=True)
    points = serializers.ListField(child=serializers.CharField())
    decision = serializers.ChoiceField(Decision.choices, allow_blank=True)
    decision_reason = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class KeptScoreSerializer(serializers.Serializer):
    result = id_field("result", source="score_set.result_id", read_only=True)
    scoring = serializers.IntegerField(source="score_set.number", help_text="Counts from 1 within the result.")
    is_current = serializers.BooleanField(source="score_set.is_current")
    model = serializers.CharField(source="score_set.model", allow_blank=True)
    competency = serializers.CharField()
    level = serializers.IntegerField(allow_null=True, help_text="1 to 5; null where the score is withheld.")
    withheld = serializers.CharField(allow_blank=True, help_text="Why there is no level.")
    reason = serializers.CharField(allow_blank=True)
    quotes = QuoteSerializer(many=True)


class ReviewScoreSerializer(serializers.Serializer):
    competency = serializers.CharField()
    level = serializers.IntegerField(help_text="1 to 5.")


class KeptReviewSerializer(serializers.Serializer):
    """A person's, whose name is theirs."""

    result = id_field("result", source="result_id", read_only=True)
    decision = serializers.ChoiceField(Decision.choices)
    reason = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)
    scores = ReviewScoreSerializer(many=True)
    submitted_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class KeptCommentSerializer(serializers.Serializer):
    result = id_field("result", source="result_id", read_only=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class KeptResultLinkSerializer(serializers.Serializer):
    """A public link by which the result was shared."""

    result = id_field("result", source="result_id", read_only=True)
    with_transcript = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class SelfIdentificationSerializer(serializers.Serializer):
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    sex = serializers.CharField(allow_blank=True)
    race = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField()


class KeptRecordingSerializer(serializers.Serializer):
    session = id_field("session", source="session_id", read_only=True)
    invitation = id_field("invitation", source="session.invitation_id", read_only=True)
    state = serializers.ChoiceField(RecordingState.choices)
    seconds = serializers.FloatField()
    size = serializers.IntegerField(help_text="Bytes.")
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="Where the API gives it out, with a key; null until it is ready.")

    def get_url(self, recording: Recording) -> str | None:
        if recording.state != RecordingState.READY:
            return None
        path = reverse("api:recording", args=[recording.session.invitation_id])
        return f"{settings.BASE_URL}{path}?session={write_id('session', recording.session_id)}"


class KeptWebhookEventSerializer(serializers.Serializer):
    """What other systems were told."""

    id = id_field("webhook_event", source="pk", read_only=True)
    invitation = id_field("invitation", source="invitation_id", read_only=True)
    type = serializers.ChoiceField(WebhookEventType.choices)
    created_at = serializers.DateTimeField()


class CandidateDataSerializer(serializers.Serializer):
    candidate = CandidateSerializer()
    invitations = KeptInvitationSerializer(many=True)
    list_entries = ListEntrySerializer(many=True)
    consents = ConsentSerializer(many=True)
    emails = KeptEmailSerializer(many=True)
    sessions = KeptSessionSerializer(many=True)
    events = KeptEventSerializer(many=True)
    transcript = TurnSerializer(many=True)
    answers = KeptAnswerSerializer(many=True)
    results = KeptResultSerializer(many=True)
    scores = KeptScoreSerializer(many=True)
    reviews = KeptReviewSerializer(many=True)
    comments = KeptCommentSerializer(many=True)
    result_links = KeptResultLinkSerializer(many=True)
    self_identification = SelfIdentificationSerializer(many=True)
    recordings = KeptRecordingSerializer(many=True)
    webhook_events = KeptWebhookEventSerializer(many=True)
    erasures = ErasureSerializer(many=True)


def show_data(candidate: Candidate) -> Any:
    """Plain data, and the look at it is in the audit log."""
    return CandidateDataSerializer(erasure.export_data(candidate=candidate)).data


class CandidateData(ApiView):
    """A candidate's rights: to see what is kept, and to be forgotten."""

    scopes: ClassVar = {"GET": Scope.CANDIDATES_ERASE, "DELETE": Scope.CANDIDATES_ERASE}

    @describe("Export all data of a candidate", "candidates", answer=CandidateDataSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """Every row with its id. The audit log says who has asked for it."""
        return Response(show_data(find(Candidate.objects.real(), pk)))

    @describe("Erase all data of a candidate", "candidates", answer=ErasureSerializer, status=202)
    def delete(self, request: Request, pk: UUID) -> Response:
        job = erasure.request_erasure(
            candidate=find(Candidate.objects.real(), pk), requested_by=f"API key {self.key.name}"
        )
        shown = ErasureSerializer(job).data
        return Response(shown, status=202, headers={"Location": f"/api/v1/erasures/{shown['id']}"})
