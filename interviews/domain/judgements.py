"""Many results at once, each as one reader may know it: what comparing, exports and charts are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from interviews.domain.reviews import results_open_to
from interviews.models import CompetencyScore, Result, Review
from tenants.models import User


@dataclass(frozen=True)
class Reading:
    """One result. `hidden`: the reader still has to review it blind, so there are no scores, reviews or decision.

    `scores` are the model's, by competency in lower case; `decision` is a `Decision` or empty.
    """

    result: Result
    hidden: bool
    scores: dict[str, CompetencyScore]
    reviews: list[Review]

    @property
    def decision(self) -> str:
        return "" if self.hidden else self.result.decision

    @property
    def decision_label(self) -> str:
        return "" if self.hidden else str(self.result.get_decision_display())


def read_results(*, results: Sequence[Result], reader: User) -> list[Reading]:
    """In the order given; the same number of queries however many. They come with their invitations and candidates."""
    keys = [result.pk for result in results]
    known = set(results_open_to(reader=reader).filter(pk__in=keys).values_list("pk", flat=True))
    scores: dict[UUID, dict[str, CompetencyScore]] = {}
    current = CompetencyScore.objects.filter(score_set__result__in=known, score_set__is_current=True)
    for score in current.select_related("score_set").order_by("position"):
        scores.setdefault(score.score_set.result_id, {})[score.competency.casefold()] = score
    reviews: dict[UUID, list[Review]] = {}
    for review in Review.objects.filter(result__in=known).prefetch_related("scores").order_by("submitted_at"):
        reviews.setdefault(review.result_id, []).append(review)
    return [
        Reading(
            result=result,
            hidden=result.pk not in known,
            scores=scores.get(result.pk, {}),
            reviews=reviews.get(result.pk, []),
        )
        for result in results
    ]


def list_competencies(readings: Iterable[Reading]) -> list[str]:
    """Each once, as first written, in the order of the questions as far as results agree on one."""
    found: dict[str, tuple[int, str]] = {}
    for reading in readings:
        for key, score in reading.scores.items():
            found.setdefault(key, (score.position, score.competency))
    return [name for _, name in sorted(found.values(), key=lambda place: place[0])]
