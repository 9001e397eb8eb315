"""Question banks and usage over the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviews.api.ids import read_id
from interviews.models import InterviewQuestion, Question, QuestionBank
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db
QUESTION = {"text": "What do you cook best?", "competency": "craft", "rubric": {"1": "Nothing.", "5": "Everything."}}
BANK = {"name": "Kitchen", "language": "en", "questions": [QUESTION, {"text": "Why here?"}]}


def test_a_bank_is_added_read_and_changed(api: ApiClient) -> None:
    status, made = api.post("question-banks", BANK)
    assert (status, made["name"], [one["text"] for one in made["questions"]]) == (
        201,
        "Kitchen",
        ["What do you cook best?", "Why here?"],
    )
    assert made["questions"][0]["rubric"] == QUESTION["rubric"]
    path = f"question-banks/{made['id']}"
    assert api.get(path) == (200, made)
    assert api.send("PATCH", path, {"name": "Kitchens"})[1]["name"] == "Kitchens"
    assert api.post("question-banks", BANK | {"name": "Kitchens"})[0] == 409
    assert api.send("PATCH", path, {"is_archived": True})[1]["archived_at"] is not None
    assert api.get("question-banks")[1]["data"] == []
    assert len(api.get("question-banks?include_archived=true")[1]["data"]) == 1


def test_questions_come_and_go(api: ApiClient) -> None:
    _, bank = api.post("question-banks", BANK)
    path = f"question-banks/{bank['id']}"
    status, added = api.post(f"{path}/questions", {"text": "Who taught you?"})
    assert (status, [one["text"] for one in api.get(path)[1]["questions"]][-1]) == (201, "Who taught you?")
    status, changed = api.send("PATCH", f"{path}/questions/{added['id']}", {"min_words": 9, "tags": ["people"]})
    assert (status, changed["min_words"], changed["tags"]) == (200, 9, ["people"])
    assert api.send("DELETE", f"{path}/questions/{added['id']}")[0] == 204
    assert len(api.get(path)[1]["questions"]) == 2
    assert api.send("DELETE", path)[0] == 204
    assert api.get(path)[0] == 404


def test_what_is_asked_is_archived_and_not_deleted(acme: Tenant, api: ApiClient) -> None:
    _, bank = api.post("question-banks", BANK)
    with tenant_scope(acme):
        question = Question.objects.get(pk=read_id("question", bank["questions"][0]["id"]))
        InterviewQuestion.objects.create(interview=InterviewFactory.create(questions=0), question=question, position=1)
    path = f"question-banks/{bank['id']}"
    assert api.send("DELETE", path)[0] == 409
    assert api.send("DELETE", f"{path}/questions/{bank['questions'][0]['id']}")[0] == 409


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ({"txt": "?"}, "/questions/0/txt"),
        ({"text": "?", "rubric": {"9": "too good"}}, "/questions/0/rubric"),
        ({"text": "?", "tags": ["a", "A"]}, "/questions/0/tags"),
        ({"text": "?", "time_limit": 1}, "/questions/0/time_limit"),
        ({"text": "?", "min_words": 101}, "/questions/0/min_words"),
        ({"text": "?", "translations": {"tlh": {"text": "nuq"}}}, "/questions/0/translations"),
    ],
)
def test_what_is_wrong_is_named(acme: Tenant, api: ApiClient, question: dict[str, Any], pointer: str) -> None:
    status, body = api.post("question-banks", {"name": "Kitchen", "questions": [question]})
    assert (status, body["errors"][0]["pointer"].startswith(pointer)) == (400, True)
    with tenant_scope(acme):
        assert QuestionBank.objects.count() == 0


def test_the_list_costs_the_same_for_three_banks(api: ApiClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get("question-banks")[0] == 200
        return len(captured)

    api.post("question-banks", BANK)
    api.get("question-banks")
    at_one = queries()
    api.post("question-banks", BANK | {"name": "Hall"})
    api.post("question-banks", BANK | {"name": "Bar"})
    assert queries() == at_one


def test_another_companys_bank_is_not_there(
    acme: Tenant, globex: Tenant, api: ApiClient, make_api: Callable[..., ApiClient]
) -> None:
    _, bank = api.post("question-banks", BANK)
    _, own = (foreign := make_api(globex)).post("question-banks", BANK)
    path, question = f"question-banks/{bank['id']}", bank["questions"][0]["id"]
    answers = [
        foreign.get(path)[0],
        foreign.send("PATCH", path, {"name": "Mine"})[0],
        foreign.send("DELETE", path)[0],
        foreign.post(f"{path}/questions", {"text": "?"})[0],
        foreign.send("PATCH", f"question-banks/{own['id']}/questions/{question}", {"text": "?"})[0],
        foreign.send("DELETE", f"question-banks/{own['id']}/questions/{question}")[0],
    ]
    assert answers == [404] * 6
    assert api.get(path)[1] == bank


def test_usage_is_empty_at_first(api: ApiClient) -> None:
    assert api.get("usage") == (200, {"data": []})
