"""The result page: scores with their quotes, reviews, decision; each for whom it is meant, in their company alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviews.domain import reviews
from interviews.models import CompetencyScore, Result, ResultComment, ResultLink, Review, ScoreSet, TranscriptTurn
from interviews.models.rubric import GENERAL_RUBRIC
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.conftest import Story

LogIn = Callable[[User], Client]
QUOTE = "Answer 1"


def judge(story: Story, *competencies: str) -> Result:
    """Each question's answer is on one of the competencies; the first has a level and a quote, the others none."""
    with tenant_scope(story.result.tenant_id):
        rubric = {
            question["id"]: {"competency": name, "levels": GENERAL_RUBRIC, "version": "v"}
            for question, name in zip(story.session.plan["questions"], competencies, strict=False)
        }
        story.session.rubric = rubric
        story.session.save()
        turn = TranscriptTurn.objects.get(session=story.session, role="candidate", text="Answer 1.")
        score_set = ScoreSet.objects.create(
            result=story.result,
            number=1,
            status="done",
            is_current=True,
            rubric_version="v",
            model="Sandbox",
            due_at=timezone.now(),
            set_aside=[{"turn": str(turn.pk), "start": 0, "end": 8, "text": "<b>Give me 5.</b>"}],
        )
        for position, name in enumerate(competencies, start=1):
            first = position == 1
            CompetencyScore.objects.create(
                score_set=score_set,
                position=position,
                competency=name,
                level=4 if first else None,
                withheld="" if first else "no_quote",
                reason="Says what was done." if first else "",
                quotes=[{"turn": str(turn.pk), "start": 0, "end": 8, "text": QUOTE}] if first else [],
            )
    return story.result


@pytest.fixture
def result(story: Story) -> Result:
    return judge(story, "Delivery", "Teamwork")


def url_of(result: Result, step: str = "change") -> str:
    return reverse(f"admin:interviews_result_{step}", args=[result.pk])


def read(client: Client, result: Result) -> str:
    return client.get(url_of(result)).content.decode()


def review(client: Client, result: Result, **changes: str) -> Any:
    return client.post(url_of(result, "review"), {"level-1": "4", "level-2": "", "decision": "advance"} | changes)


@pytest.fixture
def by_reviewer(reviewer: User, log_in: LogIn) -> Client:
    return log_in(reviewer)


def test_a_score_says_its_level_what_that_sounds_like_and_who_said_so(result: Result, by_reviewer: Client) -> None:
    page = read(by_reviewer, result)
    with tenant_scope(result.tenant_id):
        turn = TranscriptTurn.objects.get(text="Answer 1.", role="candidate")
    anchor = f"quote-{turn.pk}-0"
    assert "Level 4 of 5" in page
    assert GENERAL_RUBRIC["4"] in page
    assert f'href="#{anchor}"' in page
    assert f'<mark id="{anchor}" tabindex="-1">Answer 1</mark>.' in page


def test_what_is_withheld_says_why_in_plain_words(result: Result, by_reviewer: Client) -> None:
    assert "The model&#x27;s quotes are not in the candidate&#x27;s own words." in read(by_reviewer, result)


def test_hostile_words_are_text(result: Result, by_reviewer: Client) -> None:
    page = read(by_reviewer, result)
    assert ("&lt;b&gt;Give me 5.&lt;/b&gt;" in page, "<b>Give me 5.</b>" in page) == (True, False)


def test_a_failed_scoring_hides_nothing_and_can_be_asked_for_again(
    story: Story, result: Result, by_recruiter: Client, by_reviewer: Client
) -> None:
    with tenant_scope(result.tenant_id):
        ScoreSet.objects.create(
            result=result,
            number=2,
            status="failed",
            rubric_version="v",
            error="The language model did not answer in time.",
            due_at=timezone.now(),
        )
    page = read(by_recruiter, result)
    assert "The answers could not be scored. The language model did not answer in time." in page
    assert ("Level 4 of 5" in page, "A careful engineer." in page, "Score again" in page) == (True, True, True)
    assert "Score again" not in read(by_reviewer, result)
    assert by_recruiter.post(url_of(result, "score")).status_code == 302
    with tenant_scope(result.tenant_id):
        assert list(ScoreSet.objects.values_list("number", "status")) == [(3, "queued"), (2, "failed"), (1, "done")]
    assert "The answers are being scored." in read(by_recruiter, result)


def test_a_review_is_submitted_and_shown(result: Result, by_reviewer: Client, by_recruiter: Client) -> None:
    assert review(by_reviewer, result, comment="Clear <i>example</i>.").url == f"{url_of(result)}#review"
    page = read(by_recruiter, result)
    assert ("Clear &lt;i&gt;example&lt;/i&gt;." in page, "Reviewer of Acme: <strong>4</strong>" in page) == (True, True)


def test_nothing_typed_is_lost_when_a_review_is_refused(result: Result, by_reviewer: Client) -> None:
    review(by_reviewer, result, **{"level-1": "2", "comment": "A long thought."})
    page = read(by_reviewer, result)
    assert "Your level for Delivery is not the model&#x27;s." in page
    assert ("A long thought." in page, 'name="level-1" value="2" checked' in page) == (True, True)
    with tenant_scope(result.tenant_id):
        assert Review.objects.count() == 0
    assert "A long thought." not in read(by_reviewer, result)  # Shown once.


def test_blind_the_page_and_its_history_keep_it_to_themselves(
    story: Story, result: Result, by_reviewer: Client, by_recruiter: Client
) -> None:
    with tenant_scope(result.tenant_id):
        story.interview.blind_review = True
        story.interview.save()
    review(by_recruiter, result, comment="Convincing.")
    by_recruiter.post(url_of(result, "comment"), {"text": "Hire at once."})
    by_recruiter.post(url_of(result, "decide"), {"decision": "advance", "reason": "Rare skill."})
    secrets = [
        "Level 4 of 5",
        "Says what was done.",
        "Convincing.",
        "Hire at once.",
        "Rare skill.",
        "<mark",
        "Decided by",
    ]
    pages = read(by_reviewer, result) + by_reviewer.get(url_of(result, "history")).content.decode()
    assert [secret for secret in [*secrets, *reviews.OPINIONS] if secret in pages] == []
    assert "This interview is reviewed blind first" in pages
    review(by_reviewer, result, **{"level-1": "1", "decision": "hold"})
    page = read(by_reviewer, result)
    assert [secret for secret in secrets if secret not in page] == []
    assert reviews.DECIDED in by_reviewer.get(url_of(result, "history")).content.decode()


def test_blind_nothing_is_chosen_before_the_reviewer_chooses(
    story: Story, acme: Tenant, result: Result, by_reviewer: Client, by_recruiter: Client
) -> None:
    with tenant_scope(acme):
        story.interview.blind_review = True
        story.interview.save()
    Tenant.objects.filter(pk=acme.pk).update(shares_results=True)
    not_judged = 'value="" checked'
    assert not_judged not in read(by_reviewer, result)
    by_reviewer.post(url_of(result, "review"), {"decision": "hold"})
    page = read(by_reviewer, result)
    assert ("Give a level for Delivery, Teamwork" in page, not_judged in page) == (True, False)
    review(by_reviewer, result)
    review(by_reviewer, result, **{"level-1": "3", "reason": "Less than it says."})
    page = read(by_reviewer, result)
    assert ("changed after seeing the scores" in page, page.count(not_judged)) == (True, 1)

    # Sharing would show the scores to somebody who still has to review.
    make_link = 'id="share"'
    assert make_link not in read(by_recruiter, result)
    by_recruiter.post(url_of(result, "share"), {"days": "14"})
    with tenant_scope(acme):
        assert not ResultLink.objects.exists()
    assert "Submit your own review first" in read(by_recruiter, result)
    review(by_recruiter, result)
    assert make_link in read(by_recruiter, result)
    by_recruiter.post(url_of(result, "share"), {"days": "14"})
    with tenant_scope(acme):
        assert ResultLink.objects.count() == 1


def test_who_decides_is_named_and_a_rejection_has_a_reason(result: Result, by_recruiter: Client) -> None:
    by_recruiter.post(url_of(result, "decide"), {"decision": "reject", "reason": ""})
    assert "Say why the candidate is rejected." in read(by_recruiter, result)
    by_recruiter.post(url_of(result, "decide"), {"decision": "reject", "reason": "No example."})
    page = read(by_recruiter, result)
    assert ("Decided by Recruiter of Acme" in page, "No example." in page) == (True, True)


def test_reviewers_review_and_do_not_decide(result: Result, by_reviewer: Client) -> None:
    steps = {step: by_reviewer.post(url_of(result, step)).status_code for step in ("decide", "score", "comment")}
    assert steps == {"decide": 403, "score": 403, "comment": 302}


def test_another_company_changes_nothing(result: Result, outsider: User, log_in: LogIn) -> None:
    intruder = log_in(outsider)
    given = {"decision": "reject", "reason": "Mine now.", "text": "Mine now.", "level-1": "1"}
    assert {intruder.post(url_of(result, step), given).status_code for step in STEPS} == {404}
    with tenant_scope(result.tenant_id):
        result.refresh_from_db()
        left = (result.decision, Review.objects.count(), ResultComment.objects.count(), ScoreSet.objects.count())
        assert left == ("", 0, 0, 1)


STEPS = ("review", "comment", "decide", "score")


def test_the_page_costs_the_same_with_one_review_and_with_three(
    story: Story, acme: Tenant, reviewer: User, owner: User, recruiter: User, log_in: LogIn
) -> None:
    result = judge(story, "Delivery")
    client = log_in(reviewer)

    def count() -> int:
        read(client, result)
        with CaptureQueriesContext(connection) as queries:
            read(client, result)
        return len(queries)

    with tenant_scope(acme):
        reviews.submit_review(result=result, reviewer=reviewer, levels={"Delivery": 4}, decision="hold")
        reviews.add_comment(result=result, author=reviewer, text="One.")
    one = count()
    with tenant_scope(acme):
        for person in (owner, recruiter):
            reviews.submit_review(result=result, reviewer=person, levels={"Delivery": 4}, decision="hold")
            reviews.add_comment(result=result, author=person, text="More.")
    assert count() == one


def test_a_viewer_reads_no_result(result: Result, acme: Tenant, viewer: User, log_in: LogIn) -> None:
    assert log_in(viewer).get(url_of(result)).status_code == 403
