"""How a result was judged, as its page shows it: scores with their quotes, reviews, the reviewer's own form."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from interviews.domain.reviews import Competency, Judgement
from interviews.enums import Decision
from interviews.models import CompetencyScore, TranscriptTurn
from interviews.models.rubric import LEVELS


def judgement_context(
    *, judgement: Judgement, turns: Iterable[TranscriptTurn], draft: dict[str, Any]
) -> dict[str, Any]:
    """For the template; `turns` learn which of their words are quoted (`pieces`)."""
    by_id = {str(turn.pk): turn for turn in turns}
    mark_quotes(by_id, judgement.scores.values())
    set_aside = judgement.score_set.set_aside if judgement.score_set else []
    return {
        "judgement": judgement,
        "rows": [make_row(one, judgement, by_id) for one in judgement.competencies],
        "set_aside": [quote | {"is_there": quote["turn"] in by_id} for quote in set_aside],
        "decisions": Decision.choices,
        "review_form": fill_review_form(judgement, draft),
        "draft": draft,
    }


def make_row(competency: Competency, judgement: Judgement, turns: dict[str, TranscriptTurn]) -> dict[str, Any]:
    """One competency: the model's score, the people's levels, and what every level sounds like."""
    score = judgement.scores.get(competency.name.casefold())
    people = [
        {"name": review.reviewer_name, "level": given.level}
        for review in judgement.reviews
        for given in review.scores.all()
        if given.competency.casefold() == competency.name.casefold()
    ]
    return {
        "competency": competency,
        "score": score,
        "meters": [score is not None and (score.level or 0) >= int(level) for level in LEVELS],
        "sounds": describe_level(competency, score.level) if score and score.level else [],
        "quotes": [place_quote(quote, turns) for quote in score.quotes] if score else [],
        "people": people,
        "levels": [(level, describe_level(competency, int(level))) for level in LEVELS],
    }


def describe_level(competency: Competency, level: int) -> list[str]:
    """What the level sounds like, in the words of each question's rubric that has it."""
    return list(dict.fromkeys(levels[str(level)] for levels in competency.rubrics if str(level) in levels))


def anchor(quote: dict[str, Any]) -> str:
    return f"quote-{quote['turn']}-{quote['start']}"


def place_quote(quote: dict[str, Any], turns: dict[str, TranscriptTurn]) -> dict[str, Any]:
    """The quote with where it is in the transcript and, by its place in the turn, about where in the recording."""
    turn = turns.get(quote["turn"])
    if turn is None:
        return quote
    placed = quote | {"anchor": anchor(quote), "question": turn.question_id, "at": turn.started_at}
    if place := getattr(turn, "place", None):
        share = quote["start"] / max(len(turn.text), 1)
        placed |= {"session": turn.session_id, "audio": place.start + share * (place.end - place.start)}
    return placed


def mark_quotes(turns: dict[str, TranscriptTurn], scores: Iterable[CompetencyScore]) -> None:
    """Cut each quoted turn into `pieces`: its words, and the ids of the quotes that begin where a marked piece does."""
    quotes = [quote for score in scores for quote in score.quotes if quote["turn"] in turns]
    for turn_id in {quote["turn"] for quote in quotes}:
        own = [quote for quote in quotes if quote["turn"] == turn_id]
        text = turns[turn_id].text
        cuts = sorted({0, len(text), *(quote["start"] for quote in own), *(quote["end"] for quote in own)})
        pieces = []
        for start, end in pairwise(cuts):
            marked = any(quote["start"] <= start and end <= quote["end"] for quote in own)
            begins = next((anchor(quote) for quote in own if quote["start"] == start), "")
            pieces.append({"text": text[start:end], "marked": marked, "id": begins})
        turns[turn_id].pieces = pieces  # type: ignore[attr-defined]


def fill_review_form(judgement: Judgement, draft: dict[str, Any]) -> dict[str, Any]:
    """What the form begins with: what was typed and refused, else the own review, else nothing.

    `chosen` is a level, "" for "not judged", or None where neither was chosen: blind, leaving out is a choice too.
    """
    levels: dict[int, str | None]
    if draft.get("part") == "review":
        typed = draft["typed"]
        levels = {one.position: typed.get(f"level-{one.position}") for one in judgement.competencies}
        texts = {name: typed.get(name, "") for name in ("decision", "reason", "comment")}
    else:
        own = judgement.own
        given = {score.competency.casefold(): str(score.level) for score in own.scores.all()} if own else {}
        left_out = None if judgement.hidden else ""
        levels = {one.position: given.get(one.name.casefold(), left_out) for one in judgement.competencies}
        texts = {name: getattr(own, name) if own else "" for name in ("decision", "reason", "comment")}
    fields = [
        {
            "position": one.position,
            "name": one.name,
            "chosen": levels[one.position],
            "levels": [(level, describe_level(one, int(level))) for level in LEVELS],
        }
        for one in judgement.competencies
    ]
    return texts | {"fields": fields}
