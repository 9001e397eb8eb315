"""What an interview left behind: the result, the transcript, the recording."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.expanding import ExpandField, expand_query, nest, read_expand
from interviews.api.ids import id_field
from interviews.api.invitations import EXPAND as EXPAND_INVITATION
from interviews.api.invitations import InvitationSerializer, invitations
from interviews.api.parsing import StrictSerializer, read_body, read_query
from interviews.api.problems import Problem
from interviews.api.schema import describe
from interviews.domain import result_links
from interviews.domain.listening import RangeNotSatisfiable, stream_recording
from interviews.domain.reviews import is_open, open_scores
from interviews.enums import InvitationStatus, RecordingState
from interviews.models import Answer, Invitation, Recording, Result, TranscriptTurn
from tenants.domain.audit import record
from tenants.enums import Scope

#: What can be expanded, and the scope that this takes.
EXPAND = nest("invitation", Scope.INVITATIONS_READ, EXPAND_INVITATION)


class AnswerSerializer(serializers.Serializer):
    question = serializers.CharField(source="question_text")
    competency = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    modality = serializers.CharField(help_text="voice or text.")
    follow_ups = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class QuoteSerializer(serializers.Serializer):
    text = serializers.CharField(help_text="The candidate's own words, found in the transcript.")


class ScoreSerializer(serializers.Serializer):
    competency = serializers.CharField()
    level = serializers.IntegerField(allow_null=True, help_text="1 to 5; null where the score is withheld.")
    withheld = serializers.CharField(allow_blank=True, help_text="Why there is no level.")
    reason = serializers.CharField(allow_blank=True)
    quotes = QuoteSerializer(many=True)


class ResultSerializer(serializers.Serializer):
    id = id_field("result", source="pk", read_only=True)
    invitation = ExpandField("invitation", InvitationSerializer)
    summary = serializers.CharField(allow_blank=True)
    points = serializers.ListField(child=serializers.CharField())
    answers = serializers.SerializerMethodField()
    scores = serializers.SerializerMethodField(
        help_text="By competency. null while there are none, or while the interview is reviewed blind and nobody has."
    )
    decision = serializers.SerializerMethodField(
        help_text="A person's: advance, hold or reject. Empty while there is none, or while scores are withheld."
    )
    decided_at = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(ScoreSerializer(many=True, allow_null=True))
    def get_scores(self, result: Any) -> Any:
        scores = open_scores(result=result)
        return None if scores is None else ScoreSerializer(scores, many=True).data

    def get_decision(self, result: Result) -> str:
        return result.decision if is_open(result=result) else ""

    def get_decided_at(self, result: Result) -> datetime | None:
        return result.decided_at if is_open(result=result) else None

    @extend_schema_field(AnswerSerializer(many=True))
    def get_answers(self, result: Any) -> Any:
        rows = Answer.objects.filter(invitation_id=result.invitation_id).order_by("position")
        return AnswerSerializer(rows, many=True).data


class TurnSerializer(serializers.Serializer):
    session = id_field("session", source="session_id", read_only=True)
    seq = serializers.IntegerField(help_text="Its place in the session.")
    role = serializers.CharField(help_text="candidate or bot.")
    text = serializers.CharField(allow_blank=True)
    modality = serializers.CharField(help_text="voice or text.")
    interrupted = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class TranscriptSerializer(serializers.Serializer):
    invitation = ExpandField("invitation", InvitationSerializer)
    turns = TurnSerializer(many=True)


ExpandQuery = expand_query(EXPAND)


class ResultView(ApiView):
    scopes: ClassVar = {"GET": Scope.RESULTS_READ}

    def find_invitation(self, pk: UUID, *, verb: str) -> Invitation:
        """The invitation with its interview, and the look at it in the audit log."""
        invitation: Invitation = find(invitations(expand=("interview",)), pk)
        record(verb=verb, target=invitation)
        return invitation


class InvitationResult(ResultView):
    @describe("Read a result", "results", answer=ResultSerializer, query=ExpandQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        expand = read_expand(request, ExpandQuery)
        invitation = self.find_invitation(pk, verb="read the result")
        if invitation.status != InvitationStatus.COMPLETED or not hasattr(invitation, "result"):
            status = invitation.get_status_display().lower()
            raise Problem(404, "no_result_yet", f"There is no result: this invitation is {status}.")
        return Response(ResultSerializer(invitation.result, context={"expand": expand}).data)


class InvitationTranscript(ResultView):
    @describe("Read a transcript", "results", answer=TranscriptSerializer, query=ExpandQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        """Whatever has been said so far, of all sessions, oldest first."""
        expand = read_expand(request, ExpandQuery)
        invitation = self.find_invitation(pk, verb="read the transcript")
        turns = TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq")
        transcript = SimpleNamespace(invitation=invitation, invitation_id=invitation.pk, turns=turns)
        return Response(TranscriptSerializer(transcript, context={"expand": expand}).data)


MP3 = {(status, "audio/mpeg"): OpenApiTypes.BINARY for status in (200, 206)}


class RecordingQuery(StrictSerializer):
    session = id_field("session", required=False, help_text="Which one, where there are several; else the last.")


class InvitationRecording(ResultView):
    @describe("Download a recording", "results", answer=MP3, query=RecordingQuery, errors=[416])
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """MP3, the candidate on the left and the interviewer on the right. Ranges are served."""
        query = read_query(request, RecordingQuery)
        invitation = self.find_invitation(pk, verb="downloaded the recording")
        rows = Recording.objects.filter(session__invitation=invitation, state=RecordingState.READY)
        if "session" in query:
            rows = rows.filter(session=query["session"])
        recording = rows.order_by("-session__number").first()
        if recording is None:
            raise Problem(404, "no_recording", "There is no recording of this invitation.")
        try:
            return stream_recording(recording=recording, range_header=request.headers.get("Range", ""))
        except RangeNotSatisfiable as error:
            raise Problem(416, "range", str(error), Content_Range=f"bytes */{recording.size}") from None
        except FileNotFoundError:
            raise Problem(404, "no_recording", "The recording is no longer in storage.") from None


class ResultLinkBody(StrictSerializer):
    days = serializers.IntegerField(
        min_value=1, max_value=result_links.MAX_DAYS, default=result_links.DEFAULT_DAYS, help_text="How long it works."
    )
    with_transcript = serializers.BooleanField(default=False)


class ResultLinkSerializer(serializers.Serializer):
    result_url = serializers.CharField(
        allow_null=True,
        help_text="Shown once. Whoever has it reads the result. null in the answer to a request sent again.",
    )
    with_transcript = serializers.BooleanField()
    expires_at = serializers.DateTimeField()


class InvitationResultLink(ResultView):
    """For somebody without an account, where the company allows it."""

    scopes: ClassVar = {"POST": Scope.RESULTS_SHARE, "DELETE": Scope.RESULTS_SHARE}

    @describe("Share a result by a link", "results", answer=ResultLinkSerializer, body=ResultLinkBody, status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        body = read_body(ResultLinkBody, request)
        try:
            link, url = result_links.share_result(result=self.find_result(pk), by=f"API key {self.key.name}", **body)
        except result_links.SharingRefused as refused:
            raise Problem(409, "sharing_is_off", str(refused)) from None
        shown = {"result_url": url, "with_transcript": link.with_transcript, "expires_at": link.expires_at}
        return Response(ResultLinkSerializer(shown).data, status=201)

    @describe("Take the links to a result back", "results", answer=None, status=204)
    def delete(self, request: Request, pk: UUID) -> Response:
        result_links.revoke_links(result=self.find_result(pk))
        return Response(status=204)

    def find_result(self, pk: UUID) -> Result:
        result = Result.objects.real().select_related("tenant").filter(invitation=pk).first()
        if result is None:
            raise Problem(404, "no_result_yet", "There is no result with this id.")
        return result
