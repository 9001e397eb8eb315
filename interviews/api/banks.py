"""Question banks over the API: all of them, with their questions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.base import ApiView, find
from interviews.api.candidates import LOCALES
from interviews.api.ids import id_field
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, StrictSerializer, read_body, read_query
from interviews.api.problems import Problem
from interviews.api.schema import describe
from interviews.domain import banks
from interviews.domain.bank_files import MAX_QUESTIONS
from interviews.models import Question, QuestionBank
from interviews.models.bank import TAG_LENGTH, TEXT_LENGTH, validate_tags
from interviews.models.languages import validate_question_translations
from interviews.models.rubric import LEVEL_LENGTH, validate_rubric
from tenants.enums import Scope


class QuestionSerializer(serializers.Serializer):
    id = id_field("question", source="pk", read_only=True)
    text = serializers.CharField()
    competency = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    rubric = serializers.DictField(child=serializers.CharField(), help_text='What "1" to "5" sound like.')
    translations = serializers.DictField(help_text='As {"de": {"text": "…"}}.')
    max_follow_ups = serializers.IntegerField()
    follow_up_guidance = serializers.CharField(allow_blank=True)
    min_words = serializers.IntegerField(help_text="Of a required question's answer, before it is accepted.")
    time_limit = serializers.IntegerField(help_text="Seconds.")
    required = serializers.BooleanField()  # type: ignore[assignment] # a field named so
    archived_at = serializers.DateTimeField(allow_null=True)


class BankSerializer(serializers.Serializer):
    id = id_field("bank", source="pk", read_only=True)
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)
    questions = QuestionSerializer(many=True)
    created_at = serializers.DateTimeField()


def by_model(check: Any) -> Any:
    """A model's validator, whose message names what is wrong, as one of the API's."""

    def validate(value: Any) -> None:
        try:
            check(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None

    return validate


class QuestionBody(StrictSerializer):
    text = serializers.CharField(max_length=TEXT_LENGTH)
    competency = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=TAG_LENGTH), required=False, validators=[by_model(validate_tags)]
    )
    rubric = serializers.DictField(
        child=serializers.CharField(max_length=LEVEL_LENGTH), required=False, validators=[by_model(validate_rubric)]
    )
    translations = serializers.DictField(required=False, validators=[by_model(validate_question_translations)])
    max_follow_ups = serializers.IntegerField(min_value=0, max_value=5, required=False)
    follow_up_guidance = serializers.CharField(max_length=TEXT_LENGTH, required=False, allow_blank=True)
    min_words = serializers.IntegerField(min_value=0, max_value=100, required=False)
    time_limit = serializers.IntegerField(min_value=5, max_value=600, required=False)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment] # a field named so


class BankBody(StrictSerializer):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=TEXT_LENGTH, required=False, allow_blank=True)
    language = serializers.ChoiceField(LOCALES, required=False)
    questions = serializers.ListField(child=QuestionBody(), required=False, max_length=MAX_QUESTIONS)


class BankPatch(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=TEXT_LENGTH, required=False, allow_blank=True)
    is_archived = serializers.BooleanField(required=False)


class QuestionPatch(QuestionBody):
    text = serializers.CharField(max_length=TEXT_LENGTH, required=False)
    is_archived = serializers.BooleanField(required=False)


class BankQuery(Query):
    include_archived = serializers.BooleanField(
        required=False, default=False, help_text="Also those that are archived."
    )


def with_questions() -> QuerySet[QuestionBank]:
    return QuestionBank.objects.prefetch_related(Prefetch("questions", Question.objects.order_by("position", "id")))


class Banks(ApiView):
    scopes: ClassVar = {"GET": Scope.BANKS_READ, "POST": Scope.BANKS_WRITE}

    @describe("List question banks", "question banks", answer=page_serializer(BankSerializer), query=BankQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, BankQuery)
        rows = with_questions() if query["include_archived"] else with_questions().filter(archived_at=None)
        return Response(read_page(rows, query=query, row=BankSerializer))

    @describe("Add a question bank", "question banks", answer=BankSerializer, body=BankBody, status=201)
    def post(self, request: Request) -> Response:
        body = read_body(BankBody, request)
        try:
            bank = banks.add_bank(**body)
        except banks.BankExists as error:
            raise Problem(409, "bank_exists", str(error)) from None
        shown = BankSerializer(find(with_questions(), bank.pk)).data
        return Response(shown, status=201, headers={"Location": f"/api/v1/question-banks/{shown['id']}"})


class BankDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.BANKS_READ, "PATCH": Scope.BANKS_WRITE, "DELETE": Scope.BANKS_WRITE}

    @describe("Read a question bank", "question banks", answer=BankSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(BankSerializer(find(with_questions(), pk)).data)

    @describe("Change a question bank", "question banks", answer=BankSerializer, body=BankPatch)
    def patch(self, request: Request, pk: UUID) -> Response:
        bank = find(QuestionBank.objects, pk)
        try:
            banks.change_bank(bank=bank, **read_body(BankPatch, request))
        except banks.BankExists as error:
            raise Problem(409, "bank_exists", str(error)) from None
        return Response(BankSerializer(find(with_questions(), pk)).data)

    @describe("Delete a question bank", "question banks", answer=None, status=204, errors=[409])
    def delete(self, request: Request, pk: UUID) -> Response:
        """Only while no interview asks its questions; otherwise archive it."""
        try:
            banks.delete_bank(bank=find(QuestionBank.objects, pk))
        except banks.BankInUse as error:
            raise Problem(409, "bank_in_use", str(error)) from None
        return Response(status=204)


class BankQuestions(ApiView):
    scopes: ClassVar = {"POST": Scope.BANKS_WRITE}

    @describe("Add a question", "question banks", answer=QuestionSerializer, body=QuestionBody, status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        bank = find(QuestionBank.objects, pk)
        question = banks.add_question(bank=bank, **read_body(QuestionBody, request))
        return Response(QuestionSerializer(question).data, status=201)


class BankQuestion(ApiView):
    scopes: ClassVar = {"PATCH": Scope.BANKS_WRITE, "DELETE": Scope.BANKS_WRITE}

    @describe("Change a question", "question banks", answer=QuestionSerializer, body=QuestionPatch)
    def patch(self, request: Request, pk: UUID, question: UUID) -> Response:
        """Interviews that ask it go on asking what was published."""
        row = find(Question.objects.filter(bank=pk), question)
        banks.change_question(question=row, **read_body(QuestionPatch, request))
        return Response(QuestionSerializer(row).data)

    @describe("Delete a question", "question banks", answer=None, status=204, errors=[409])
    def delete(self, request: Request, pk: UUID, question: UUID) -> Response:
        """Only while no interview asks it; otherwise archive it."""
        try:
            banks.delete_question(question=find(Question.objects.filter(bank=pk), question))
        except banks.BankInUse as error:
            raise Problem(409, "question_in_use", str(error)) from None
        return Response(status=204)
