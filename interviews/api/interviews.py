"""Interviews: what a candidate can be invited to. They are set up in the admin."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import Count, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.ids import id_field
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, read_query
from interviews.api.schema import describe
from interviews.enums import InterviewStatus
from interviews.models import Interview
from tenants.enums import Scope


class InterviewSerializer(serializers.Serializer):
    id = id_field("interview", source="pk", read_only=True)
    title = serializers.CharField()
    status = serializers.ChoiceField(InterviewStatus.choices)
    languages = serializers.ListField(child=serializers.CharField())
    question_count = serializers.IntegerField()
    total_limit = serializers.IntegerField(help_text="Seconds the whole interview may take.")
    typing_allowed = serializers.BooleanField()
    recorded = serializers.BooleanField(source="record", help_text="Whether candidates are asked to be recorded.")
    created_at = serializers.DateTimeField()


class InterviewQuery(Query):
    status = serializers.ChoiceField(InterviewStatus.choices, required=False, help_text="Only those that stand so now.")


def interviews() -> QuerySet[Interview]:
    return Interview.objects.annotate(question_count=Count("interview_questions"))


class Interviews(ApiView):
    scopes: ClassVar = {"GET": Scope.INTERVIEWS_READ}

    @describe("List interviews", "interviews", answer=page_serializer(InterviewSerializer), query=InterviewQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, InterviewQuery)
        rows = interviews()
        if "status" in query:
            rows = rows.filter(status=query["status"])
        return Response(read_page(rows, query=query, row=InterviewSerializer))


class InterviewDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.INTERVIEWS_READ}

    @describe("Read an interview", "interviews", answer=InterviewSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(InterviewSerializer(find(interviews(), pk)).data)
