"""A bank's page: tags, rubric, archive, where questions are asked, and files in and out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from interviews.models import Interview, InterviewQuestion, Question, QuestionBank
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.interviews.console.test_set_up import rows_of

NOW = "Why do you want to work with us?"


@pytest.fixture
def bank(acme: Tenant) -> QuestionBank:
    with tenant_scope(acme):
        made = QuestionBank.objects.create(name="General")
        Question.objects.create(bank=made, text=NOW)
        return made


def at(step: str, bank: QuestionBank) -> str:
    return reverse(f"admin:interviews_questionbank_{step}", args=[bank.pk])


def save(client: Client, bank: QuestionBank, **fields: Any) -> Any:
    with tenant_scope(bank.tenant_id):
        question = bank.questions.get()
    row = {
        "id": question.pk, "bank": bank.pk, "text": NOW, "max_follow_ups": 1, "min_words": 2, "time_limit": "3:00",
        "position": 0,
    }  # fmt: skip
    form = {"name": bank.name, "language": "en"} | rows_of("questions", [row | fields], stored=1)
    return client.post(at("change", bank), form)


def upload(client: Client, bank: QuestionBank, content: bytes, name: str = "questions.csv") -> Any:
    return client.post(at("import", bank), {"file": SimpleUploadedFile(name, content)})


def stored(bank: QuestionBank) -> Question:
    with tenant_scope(bank.tenant_id):
        return bank.questions.get()


def test_tags_and_rubric_are_kept_and_shown_again(bank: QuestionBank, by_recruiter: Client) -> None:
    assert save(by_recruiter, bank, tags="lead,  sales ,", rubric_1="Vague.", rubric_5="Concrete.").status_code == 302
    question = stored(bank)
    assert (question.tags, question.rubric) == (["lead", "sales"], {"1": "Vague.", "5": "Concrete."})
    page = by_recruiter.get(at("change", bank)).content.decode()
    assert ['value="lead, sales"' in page, "Concrete.</textarea>" in page] == [True, True]
    save(by_recruiter, bank, tags="")
    assert (stored(bank).tags, stored(bank).rubric) == ([], {})


def test_a_tag_named_twice_is_refused(bank: QuestionBank, by_recruiter: Client) -> None:
    answer = save(by_recruiter, bank, tags="Lead, lead")
    assert answer.context["inline_admin_formsets"][0].formset.errors == [{"tags": ["Name each tag once."]}]


def test_a_question_is_archived_and_brought_back(bank: QuestionBank, by_recruiter: Client) -> None:
    save(by_recruiter, bank, archived="on")
    first = stored(bank).archived_at
    save(by_recruiter, bank, archived="on", tags="kept")
    assert (first is not None, stored(bank).archived_at) == (True, first)
    save(by_recruiter, bank)
    assert stored(bank).archived_at is None


def test_an_archived_bank_is_not_offered(bank: QuestionBank, by_recruiter: Client) -> None:
    def offered() -> bool:
        return NOW in by_recruiter.get(reverse("admin:interviews_interview_add")).content.decode()

    seen = [offered()]
    for step in ("archive", "restore"):
        assert by_recruiter.post(at(step, bank)).status_code == 302
        seen.append(offered())
    assert seen == [True, False, True]


def test_an_unlawful_topic_is_warned_of_and_saved(bank: QuestionBank, by_recruiter: Client) -> None:
    answer = save(by_recruiter, bank, text="How old are you?")
    page = by_recruiter.get(answer.headers["Location"])
    [warning] = [str(message) for message in page.context["messages"] if message.level_tag == "warning"]
    sentence = "“How old” may ask about age. In many places that must not decide who is hired."
    assert (warning, stored(bank).text) == (f"“How old are you?”: {sentence}", "How old are you?")
    assert sentence in by_recruiter.get(at("change", bank)).content.decode()


def test_the_page_says_where_a_question_is_asked_and_what_is_like_it(bank: QuestionBank, by_recruiter: Client) -> None:
    with tenant_scope(bank.tenant_id):
        interview = Interview.objects.create(title="Harbour pilot")
        InterviewQuestion.objects.create(interview=interview, question=bank.questions.get())
        other = QuestionBank.objects.create(name="Sales")
        Question.objects.create(bank=other, text=NOW.upper())
    [row] = by_recruiter.get(at("change", bank)).context["reviewed"]
    assert ([str(one) for one in row.interviews], row.notes) == (
        ["Harbour pilot"],
        [f"The same as “{NOW.upper()}” in Sales."],
    )


def test_a_dry_run_shows_each_row_and_writes_nothing(bank: QuestionBank, by_recruiter: Client) -> None:
    content = f"text,time_limit\n{NOW},\nHow?,soon\nWhat <b>now</b>?,60\n".encode()
    page = upload(by_recruiter, bank, content)
    counts = [page.context[name] for name in ("new_count", "bad_count", "known_count")]
    shown = page.content.decode()
    assert (counts, "What &lt;b&gt;now&lt;/b&gt;?" in shown, "<b>now" in shown) == ([1, 1, 1], True, False)
    assert stored(bank).text == NOW

    confirmed = {"name": page.context["name"], "content": page.context["content"], "_import": "1"}
    done = by_recruiter.post(at("import", bank), confirmed, follow=True)
    assert [str(message) for message in done.context["messages"]] == ["1 question is imported."]
    with tenant_scope(bank.tenant_id):
        assert list(bank.questions.values_list("text", flat=True)) == [NOW, "What <b>now</b>?"]
        assert AuditEntry.objects.filter(verb="imported 1 questions into").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("questions.xlsx", b"PK", "Choose a file that ends in .csv, .yaml or .json."),
        ("questions.csv", b"\xff\xfe\x00", "Line 1 is not UTF-8"),
        ("questions.csv", b"text\n" + b"a" * 600_000, "The file is larger than 512 KB. Split it."),
        ("questions.csv", b"", "Choose a file."),
    ],
)
def test_a_file_that_cannot_be_read(
    bank: QuestionBank, by_recruiter: Client, name: str, content: bytes, problem: str
) -> None:
    assert upload(by_recruiter, bank, content, name).context["problem"].startswith(problem)


def test_a_second_step_that_was_tampered_with(bank: QuestionBank, by_recruiter: Client) -> None:
    answer = by_recruiter.post(at("import", bank), {"name": "a.csv", "content": "%%%", "_import": "1"})
    assert answer.context["problem"] == "Choose the file again."


@pytest.mark.parametrize("format", ["csv", "yaml", "json"])
def test_an_export_is_a_download(bank: QuestionBank, by_recruiter: Client, format: str) -> None:
    answer = by_recruiter.get(at("export", bank), {"format": format})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="general.{format}"'
    again = upload(by_recruiter, bank, answer.content, f"general.{format}")
    assert [(row.known, row.problems) for row in again.context["rows"]] == [(True, [])]
    assert by_recruiter.get(at("export", bank), {"format": "exe"}).status_code == 404
