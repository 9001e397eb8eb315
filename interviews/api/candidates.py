"""Candidates: who they are, and all that is kept of them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.ids import id_field
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, StrictSerializer, read_query
from interviews.api.problems import Problem
from interviews.api.schema import describe
from interviews.domain import candidates as domain
from interviews.enums import ErasureStatus
from interviews.models import Candidate, DataErasure
from tenants.enums import Scope

LOCALES = [code for code, _name in settings.LANGUAGES]


class CandidateSerializer(serializers.Serializer):
    id = id_field("candidate", source="pk", read_only=True)
    name = serializers.CharField()
    email = serializers.EmailField()
    locale = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField()
    created_at = serializers.DateTimeField()


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise serializers.ValidationError(f"“{name}” is no time zone. Write it like Europe/Berlin.")


class CandidateBody(StrictSerializer):
    name = serializers.CharField(max_length=160)
    email = serializers.EmailField(max_length=254)
    locale = serializers.ChoiceField(LOCALES, required=False)
    time_zone = serializers.CharField(max_length=64, required=False, validators=[check_time_zone])


class CandidateQuery(Query):
    email = serializers.CharField(max_length=254, required=False, help_text="Exactly this address.")


class ErasureSerializer(serializers.Serializer):
    id = id_field("erasure", source="pk", read_only=True)
    candidate = id_field("candidate", source="candidate_id", read_only=True)
    status = serializers.ChoiceField(ErasureStatus.choices)
    erased = serializers.DictField(child=serializers.IntegerField(), help_text="How many rows of each kind.")
    requested_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class Candidates(ApiView):
    scopes: ClassVar = {"GET": Scope.CANDIDATES_READ, "POST": Scope.CANDIDATES_WRITE}

    @describe("List candidates", "candidates", answer=page_serializer(CandidateSerializer), query=CandidateQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, CandidateQuery)
        rows = Candidate.objects.real()
        if "email" in query:
            rows = rows.filter(email=query["email"].strip().lower())
        return Response(read_page(rows, query=query, row=CandidateSerializer))

    @describe("Add a candidate", "candidates", answer=CandidateSerializer, body=CandidateBody, status=201)
    def post(self, request: Request) -> Response:
        body = CandidateBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            candidate = domain.add_candidate(**body.validated_data)
        except domain.CandidateExists as error:
            raise Problem(409, "candidate_exists", str(error)) from None
        shown = CandidateSerializer(candidate).data
        return Response(shown, status=201, headers={"Location": f"/api/v1/candidates/{shown['id']}"})


class CandidateDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.CANDIDATES_READ, "PATCH": Scope.CANDIDATES_WRITE}

    @describe("Read a candidate", "candidates", answer=CandidateSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(CandidateSerializer(find(Candidate.objects.real(), pk)).data)

    @describe("Change a candidate", "candidates", answer=CandidateSerializer, body=CandidateBody)
    def patch(self, request: Request, pk: UUID) -> Response:
        candidate = find(Candidate.objects.real(), pk)
        body = CandidateBody(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        try:
            domain.change_candidate(candidate=candidate, **body.validated_data)
        except domain.CandidateExists as error:
            raise Problem(409, "candidate_exists", str(error)) from None
        return Response(CandidateSerializer(candidate).data)


class ErasureDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.CANDIDATES_ERASE}

    @describe("Read how far an erasure is", "candidates", answer=ErasureSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(ErasureSerializer(find(DataErasure.objects, pk)).data)
