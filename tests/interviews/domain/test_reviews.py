"""People judge: who overrides says why, who reviews blind is told nothing, and each decision has a name."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviews.domain import reviews
from interviews.enums import Decision
from interviews.models import CompetencyScore, Question, Result, ResultComment, Review, ScoreSet
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.factories import make_invitation, make_session


@pytest.fixture
def result(acme: Tenant, reviewer: User, recruiter: User) -> Iterator[Result]:
    """Two competencies, scored 4 and withheld by the model. The test runs in Acme's scope."""
    with tenant_scope(acme):
        invitation = make_invitation()
        for question, competency in zip(Question.objects.order_by("position"), ("Delivery", "Teamwork"), strict=True):
            Question.objects.filter(pk=question.pk).update(competency=competency)
        make_session(invitation=invitation)
        result = Result.objects.create(invitation=invitation)
        score_set = ScoreSet.objects.create(
            result=result, number=1, status="done", is_current=True, rubric_version="v", due_at=timezone.now()
        )
        CompetencyScore.objects.create(score_set=score_set, position=1, competency="Delivery", level=4)
        CompetencyScore.objects.create(score_set=score_set, position=2, competency="Teamwork", withheld="no_quote")
        yield result


def make_blind(result: Result) -> None:
    interview = result.invitation.interview
    interview.blind_review = True
    interview.save()


def submit(result: Result, person: User, **changes: object) -> Review:
    given: dict[str, object] = {"levels": {"Delivery": 4}, "decision": "advance"} | changes
    return reviews.submit_review(result=result, reviewer=person, **given)  # type: ignore[arg-type]


def test_a_review_is_kept_and_written_down(result: Result, reviewer: User) -> None:
    review = submit(result, reviewer, levels={"Delivery": 4, "Teamwork": 2}, comment=" Well told. ")
    assert (review.reviewer_name, review.decision, review.comment) == (reviewer.name, "advance", "Well told.")
    assert list(review.scores.values_list("competency", "level")) == [("Delivery", 4), ("Teamwork", 2)]
    entry = AuditEntry.objects.get(verb=reviews.REVIEWED)
    assert (entry.actor, entry.details["decision"]) == (reviewer.email, "advance")


def test_submitted_again_it_is_the_same_review(result: Result, reviewer: User) -> None:
    submit(result, reviewer, levels={"Delivery": 4, "Teamwork": 2})
    changed = submit(result, reviewer, decision="hold")
    assert (Review.objects.count(), changed.decision) == (1, "hold")
    assert list(changed.scores.values_list("competency", "level")) == [("Delivery", 4)]
    assert AuditEntry.objects.filter(verb__in=reviews.OPINIONS).count() == 2


def test_overriding_the_model_needs_a_reason(result: Result, reviewer: User) -> None:
    with pytest.raises(reviews.ReviewRefused, match="Your level for Delivery is not the model's"):
        submit(result, reviewer, levels={"Delivery": 2})
    assert Review.objects.count() == 0
    assert submit(result, reviewer, levels={"Delivery": 2}, reason="No outcome was named.").reason


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"levels": {"Juggling": 3}}, "no competency 'Juggling'"),
        ({"levels": {"Delivery": 6}}, "levels from 1 to 5"),
        ({"decision": "hire"}, "Say what you recommend"),
        ({"decision": ""}, "Say what you recommend"),
    ],
)
def test_what_is_no_review_is_refused(
    result: Result, reviewer: User, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(reviews.ReviewRefused, match=sentence):
        submit(result, reviewer, **changes)


def test_blind_nobody_is_told_what_others_think(result: Result, reviewer: User, recruiter: User) -> None:
    make_blind(result)
    submit(result, recruiter, comment="Strong.", not_judged=["Teamwork"])
    reviews.add_comment(result=result, author=recruiter, text="Strong, I said.")
    hidden = reviews.read_judgement(result=result, reader=reviewer)
    assert (hidden.hidden, hidden.score_set, hidden.scores, hidden.reviews, hidden.comments) == (True, None, {}, [], [])
    assert list(reviews.results_open_to(reader=reviewer)) == []
    # No reason is asked for: it would tell that the model's level differs.
    submit(result, reviewer, levels={"Delivery": 1}, not_judged=["Teamwork"])
    shown = reviews.read_judgement(result=result, reader=reviewer)
    assert (shown.hidden, shown.scores["delivery"].level, len(shown.reviews), len(shown.comments)) == (False, 4, 2, 1)
    assert list(reviews.results_open_to(reader=reviewer)) == [result]
    assert list(Review.objects.order_by("submitted_at").values_list("was_blind", flat=True)) == [True, True]


def test_once_it_is_seen_a_change_needs_a_reason(result: Result, reviewer: User) -> None:
    make_blind(result)
    submit(result, reviewer, levels={"Delivery": 1, "Teamwork": 2})
    with pytest.raises(reviews.ReviewRefused):
        submit(result, reviewer, levels={"Delivery": 2})


def test_a_blind_review_leaves_nothing_out_by_accident(result: Result, reviewer: User) -> None:
    make_blind(result)
    with pytest.raises(reviews.ReviewRefused, match="Give a level for Delivery, Teamwork, or choose “not judged”"):
        submit(result, reviewer, levels={})
    with pytest.raises(reviews.ReviewRefused, match="Give a level for Teamwork"):
        submit(result, reviewer)
    assert reviews.is_hidden(result=result, reader=reviewer)


def test_what_was_written_blind_says_when_it_was_changed_with_sight(result: Result, reviewer: User) -> None:
    make_blind(result)
    blind = {"levels": {"Delivery": 1}, "not_judged": ["Teamwork"], "decision": "hold"}
    submit(result, reviewer, **blind)
    assert not submit(result, reviewer, **blind, comment="More words.", reason="No outcome.").changed_seeing
    assert submit(result, reviewer, decision="hold").changed_seeing
    kept = submit(result, reviewer, levels={"Delivery": 1}, decision="hold", reason="No outcome.")
    assert (kept.was_blind, kept.changed_seeing) == (True, True)


def test_what_was_never_blind_is_changed_without_a_word(result: Result, reviewer: User) -> None:
    submit(result, reviewer)
    assert not submit(result, reviewer, decision="reject").changed_seeing


def test_not_blind_all_is_open(result: Result, reviewer: User) -> None:
    judgement = reviews.read_judgement(result=result, reader=reviewer)
    assert (judgement.hidden, judgement.scores["delivery"].level) == (False, 4)
    assert list(reviews.results_open_to(reader=reviewer)) == [result]


def test_a_decision_has_a_name_and_a_time(result: Result, recruiter: User) -> None:
    reviews.decide(result=result, actor=recruiter, decision="hold")
    reviews.decide(result=result, actor=recruiter, decision="reject", reason=" No example of the work asked for. ")
    result.refresh_from_db()
    assert (result.decision, result.decision_reason, result.decided_by) == (
        Decision.REJECT,
        "No example of the work asked for.",
        recruiter.name,
    )
    entries = AuditEntry.objects.filter(verb=reviews.DECIDED).order_by("at")
    assert [entry.details["changes"]["decision"] for entry in entries] == [["", "hold"], ["hold", "reject"]]


@pytest.mark.parametrize(("decision", "reason"), [("reject", "  "), ("", "Because."), ("hire", "Because.")])
def test_a_decision_without_what_it_needs_is_refused(
    result: Result, recruiter: User, decision: str, reason: str
) -> None:
    with pytest.raises(reviews.ReviewRefused):
        reviews.decide(result=result, actor=recruiter, decision=decision, reason=reason)
    result.refresh_from_db()
    assert (result.decision, result.decided_at) == ("", None)


def test_blind_who_decides_judges_first(result: Result, recruiter: User) -> None:
    make_blind(result)
    with pytest.raises(reviews.ReviewRefused, match="own review first"):
        reviews.decide(result=result, actor=recruiter, decision="advance")


def test_the_worst_scores_and_reviews_decide_nothing(result: Result, reviewer: User, recruiter: User) -> None:
    CompetencyScore.objects.filter(competency="Delivery").update(level=1)
    for person in (reviewer, recruiter):
        submit(result, person, levels={"Delivery": 1}, decision="reject")
    result.refresh_from_db()
    assert (result.decision, result.invitation.status) == ("", "created")


def test_an_empty_comment_is_refused(result: Result, reviewer: User) -> None:
    with pytest.raises(reviews.ReviewRefused):
        reviews.add_comment(result=result, author=reviewer, text=" \n ")
    assert ResultComment.objects.count() == 0


def test_reading_costs_the_same_however_much_there_is(
    result: Result, reviewer: User, recruiter: User, owner: User
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            reviews.read_judgement(result=result, reader=reviewer)
        return len(queries)

    submit(result, reviewer)
    one = count()
    for person in (recruiter, owner):
        submit(result, person, levels={"Delivery": 4, "Teamwork": 3})
        reviews.add_comment(result=result, author=person, text="Yes.")
    assert count() == one
