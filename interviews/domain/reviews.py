"""People judge: reviews, comments and the decision. Nothing else decides, and nothing rejects by itself.

Where an interview is reviewed blind first, `read_judgement` and `results_open_to` are what every page, export and API
goes through: before they have submitted a review of their own, nobody is told a score, a review, a comment or a
decision of anybody else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from interviews.domain import outbox
from interviews.domain.rubrics import QuestionRubric, rubric_of
from interviews.enums import Decision, WebhookEventType
from interviews.models import CompetencyScore, Result, ResultComment, Review, ReviewScore, ScoreSet
from tenants.domain.audit import record
from tenants.models import User

#: What the audit log calls these acts; each tells of somebody's opinion.
REVIEWED, REVIEW_CHANGED, COMMENTED, DECIDED = "submitted a review", "changed their review", "commented", "decided"
OPINIONS = (REVIEWED, REVIEW_CHANGED, COMMENTED, DECIDED)


class ReviewRefused(ValueError):
    """A review can't be taken as it is; the message says what to do."""


@dataclass(frozen=True)
class Competency:
    """One line of a result's rubric: the competency, and per question level -> what it sounds like."""

    position: int
    name: str
    rubrics: list[dict[str, str]]


@dataclass(frozen=True)
class Judgement:
    """What one reader may know. `hidden`: only that there is more, once they have submitted `own`."""

    hidden: bool
    own: Review | None
    competencies: list[Competency]
    newest: ScoreSet | None
    score_set: ScoreSet | None
    scores: dict[str, CompetencyScore]
    reviews: list[Review]
    comments: list[ResultComment]


def results_open_to(*, reader: User) -> QuerySet[Result]:
    """The results whose judgement this person may see: for lists and exports."""
    return Result.objects.filter(is_open_to(reader=reader))


def is_open_to(*, reader: User, result: str = "") -> Q:
    """The same as a condition: on results, or on rows whose `result` they are, such as "score_set__result"."""
    own = Review.objects.filter(reviewer=reader, result=OuterRef(result or "pk"))
    before = f"{result}__" if result else ""
    return Q(**{f"{before}invitation__interview__blind_review": False}) | Q(Exists(own))


def is_hidden(*, result: Result, reader: User) -> bool:
    """Whether this person still has to judge for themselves."""
    if not result.invitation.interview.blind_review:
        return False
    return not Review.objects.filter(result=result, reviewer=reader).exists()


def is_open(*, result: Result) -> bool:
    """Whether a reader who is no reviewer, such as another system, may see how it was judged: once somebody has
    reviewed, where the interview is reviewed blind."""
    return not result.invitation.interview.blind_review or Review.objects.filter(result=result).exists()


def open_scores(*, result: Result) -> list[CompetencyScore] | None:
    """The current scores for a reader who is no reviewer. None before it is open, and while there are none."""
    if not is_open(result=result):
        return None
    current = result.score_sets.filter(is_current=True).first()
    return list(current.scores.all()) if current else None


def read_judgement(*, result: Result, reader: User) -> Judgement:
    """All that `reader` may know of how this result was judged; the same number of queries however much it is."""
    hidden = is_hidden(result=result, reader=reader)
    reviews = list(result.reviews.prefetch_related("scores"))
    score_sets = list(result.score_sets.order_by("-number"))
    current = next((one for one in score_sets if one.is_current), None)
    shown = current if not hidden else None
    comments = result.comments.order_by("created_at")
    return Judgement(
        hidden=hidden,
        own=next((review for review in reviews if review.reviewer_id == reader.pk), None),
        competencies=group_competencies(rubric_of(invitation=result.invitation)),
        newest=score_sets[0] if score_sets else None,
        score_set=shown,
        scores={score.competency.casefold(): score for score in shown.scores.all()} if shown else {},
        reviews=[] if hidden else reviews,
        comments=list(comments.filter(author=reader) if hidden else comments),
    )


def group_competencies(rubric: list[QuestionRubric]) -> list[Competency]:
    """One for each competency, in the order of the questions; competencies are one whatever their case."""
    groups: dict[str, list[QuestionRubric]] = {}
    for part in rubric:
        groups.setdefault(part.competency.casefold(), []).append(part)
    return [
        Competency(position=position, name=parts[0].competency, rubrics=[part.levels for part in parts])
        for position, parts in enumerate(groups.values(), start=1)
    ]


@transaction.atomic
def submit_review(
    *,
    result: Result,
    reviewer: User,
    levels: Mapping[str, int],
    decision: str,
    reason: str = "",
    comment: str = "",
    not_judged: Collection[str] = (),
) -> Review:
    """One person's review, or what they make of it now. `levels` has 1 to 5 for each competency they judge.

    Raises ReviewRefused. Who can see the model's level and gives another one says why; who can't is not asked, because
    asking would tell them. They name each competency that they leave out in `not_judged` instead: a review that opens
    what is hidden is one somebody has thought about.
    """
    known = {one.name: one for one in group_competencies(rubric_of(invitation=result.invitation))}
    if unknown := [name for name in levels if name not in known]:
        raise ReviewRefused(f"This interview has no competency {unknown[0]!r}.")
    if any(level not in range(1, 6) for level in levels.values()):
        raise ReviewRefused("Give levels from 1 to 5.")
    if decision not in Decision.values:
        raise ReviewRefused("Say what you recommend: advance, hold or reject.")
    reason, comment = reason.strip(), comment.strip()
    hidden = is_hidden(result=result, reader=reviewer)
    if hidden and (left_out := [name for name in known if name not in levels and name not in not_judged]):
        raise ReviewRefused(f"Give a level for {', '.join(left_out)}, or choose “not judged”.")
    if not hidden and not reason and (other := find_overridden(result=result, levels=levels)):
        raise ReviewRefused(f"Your level for {', '.join(other)} is not the model's. Say why in the field for it.")
    review, created = Review.objects.select_for_update().get_or_create(
        result=result,
        reviewer=reviewer,
        defaults={"reviewer_name": str(reviewer), "decision": decision, "was_blind": hidden},
    )
    before = (review.decision, dict(review.scores.values_list("competency", "level")))
    if not created and review.was_blind and before != (decision, dict(levels)):
        review.changed_seeing = True
    review.decision, review.reason, review.comment = decision, reason, comment
    review.save()
    review.scores.all().delete()
    ReviewScore.objects.bulk_create(
        ReviewScore(review=review, competency=name, level=level) for name, level in levels.items()
    )
    details = {"decision": decision, "levels": dict(levels), "blind": hidden}
    record(actor=reviewer, verb=REVIEWED if created else REVIEW_CHANGED, target=result, details=details)
    outbox.tell_of_invitation(WebhookEventType.RESULT_UPDATED, invitation_id=result.invitation_id)
    return review


def find_overridden(*, result: Result, levels: Mapping[str, int]) -> list[str]:
    """The competencies for which the model gave another level."""
    current = CompetencyScore.objects.filter(score_set__result=result, score_set__is_current=True)
    machine = {score.competency.casefold(): score.level for score in current}
    return [
        name
        for name, level in levels.items()
        if machine.get(name.casefold()) is not None and machine[name.casefold()] != level
    ]


@transaction.atomic
def add_comment(*, result: Result, author: User, text: str) -> ResultComment:
    """Raises ReviewRefused for an empty one."""
    if not text.strip():
        raise ReviewRefused("Write something first.")
    comment = ResultComment.objects.create(result=result, author=author, author_name=str(author), text=text.strip())
    record(actor=author, verb=COMMENTED, target=result)
    return comment


@transaction.atomic
def decide(*, result: Result, actor: User, decision: str, reason: str = "") -> None:
    """Write a person's decision down; it may be changed, and the audit log keeps each. Raises ReviewRefused."""
    reason = reason.strip()
    if decision not in Decision.values:
        raise ReviewRefused("Choose: advance, hold or reject.")
    if decision == Decision.REJECT and not reason:
        raise ReviewRefused("Say why the candidate is rejected.")
    if is_hidden(result=result, reader=actor):
        raise ReviewRefused("Submit your own review first: this interview is reviewed blind.")
    before = Result.objects.select_for_update().values_list("decision", flat=True).get(pk=result.pk)
    Result.objects.filter(pk=result.pk).update(
        decision=decision, decision_reason=reason, decided_by=str(actor), decided_at=timezone.now()
    )
    record(actor=actor, verb=DECIDED, target=result, changes={"decision": (before, decision)})
    outbox.tell_of_invitation(WebhookEventType.RESULT_UPDATED, invitation_id=result.invitation_id)
