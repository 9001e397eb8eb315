"""The answers to one competency's questions as the model is shown them, and its quotes found in what was said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from interviews.domain.judging.folding import Folded, fold_quote
from interviews.domain.judging.injections import SET_ASIDE, find_instructions
from interviews.domain.judging.masking import CONTACT, NAME, find_identity
from interviews.domain.judging.spans import Redacted, Span

#: A quote of fewer words shows nothing, unless it is all that was said.
QUOTE_WORDS = 3
#: What models put around a quote, or leave hanging at its ends.
EDGES = " \t\n\"'“”„«»…,;:-–—"  # noqa: RUF001
PLACEHOLDERS = (NAME, CONTACT, SET_ASIDE)


@dataclass(frozen=True)
class Identity:
    """Whom to hide."""

    name: str
    email: str


@dataclass(frozen=True)
class Turn:
    """One turn of the transcript, as it was said."""

    id: UUID
    is_candidate: bool
    text: str
    identity: Identity

    @cached_property
    def instructions(self) -> list[Span]:
        return list(find_instructions(text=self.text))

    @cached_property
    def shown(self) -> Redacted:
        """What the model reads: nobody's name, and nothing that speaks to the model."""
        identity = find_identity(text=self.text, name=self.identity.name, email=self.identity.email)
        return Redacted(self.text, [*self.instructions, *identity])

    def quote(self, start: int, end: int) -> dict[str, Any]:
        """A stretch of the turn, as it is kept: with the turn's id and the offsets into its text."""
        return {"turn": str(self.id), "start": start, "end": end, "text": self.text[start:end]}


@dataclass(frozen=True)
class AskedQuestion:
    """One question, its rubric, and what was said from when it was asked until the next."""

    text: str
    levels: dict[str, str]
    turns: Sequence[Turn]


@dataclass(frozen=True)
class Case:
    """All that one competency is judged on."""

    competency: str
    position: int
    questions: Sequence[AskedQuestion] = field(default_factory=tuple)

    @property
    def candidate_turns(self) -> list[Turn]:
        return [turn for question in self.questions for turn in question.turns if turn.is_candidate]

    @property
    def has_answers(self) -> bool:
        """Whether anything is left to judge once what is hidden and set aside is gone."""
        return any(is_said(turn.shown.text) for turn in self.candidate_turns)

    def set_aside(self) -> Iterator[dict[str, Any]]:
        """What was kept from the model in the candidate's turns because it spoke to it."""
        for turn in self.candidate_turns:
            for span in Redacted(turn.text, turn.instructions).spans:
                yield turn.quote(span.start, span.end)

    def find(self, quote: str) -> dict[str, Any] | None:
        """Where the candidate said it, word for word; None when they did not, or where it is too little to show much.

        Case, white space and the kind of quotation marks, dashes and accents make no difference.
        """
        wanted = Folded(quote.strip(EDGES), fold_quote).text.strip()
        if not is_said(wanted) or SET_ASIDE in wanted:
            return None
        for turn in self.candidate_turns:
            said = Folded(turn.shown.text, fold_quote)
            start = said.text.find(wanted)
            while start >= 0:
                end = start + len(wanted)
                whole = wanted == said.text.strip()
                if is_whole_words(said.text, start, end) and (whole or len(wanted.split()) >= QUOTE_WORDS):
                    return turn.quote(*turn.shown.to_original(*said.span(start, end)))
                start = said.text.find(wanted, start + 1)
        return None


def is_said(text: str) -> bool:
    """Whether there is a word in it beside what stands for something hidden."""
    for placeholder in PLACEHOLDERS:
        text = text.replace(placeholder, " ")
    return any(character.isalnum() for character in text)


def is_whole_words(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not before and not after
