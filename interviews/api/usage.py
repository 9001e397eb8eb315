"""What the company has used, by month."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView
from interviews.api.schema import describe
from interviews.domain.usage import monthly_usage
from tenants.enums import Scope


class MonthSerializer(serializers.Serializer):
    month = serializers.DateField(help_text="Its first day, in the company's time zone.")
    interviews = serializers.IntegerField()
    sessions = serializers.IntegerField()
    minutes = serializers.FloatField()
    prompt_tokens = serializers.IntegerField(help_text="Read by the models, in interviews and in scorings.")
    completion_tokens = serializers.IntegerField(help_text="Written by the models, in interviews and in scorings.")
    scoring_tokens = serializers.IntegerField(help_text="How many of both were for scorings.")
    characters = serializers.IntegerField(help_text="Spoken by the interviewer.")


class UsageSerializer(serializers.Serializer):
    data = MonthSerializer(many=True)  # type: ignore[assignment] # a field named so


class UsageView(ApiView):
    scopes: ClassVar = {"GET": Scope.USAGE_READ}

    @describe("Read usage", "usage", answer=UsageSerializer)
    def get(self, request: Request) -> Response:
        """The newest month first."""
        return Response({"data": MonthSerializer([asdict(month) for month in monthly_usage()], many=True).data})
