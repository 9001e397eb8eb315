"""The interview's clocks: time per question, time in all, and silence.

Fed with facts and asked what is due; knows no frames, so tests turn it by hand.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto


@dataclass(frozen=True)
class Pacing:
    """Every waiting time of the bot, in seconds, in one place.

    `Pacing.from_env()` reads overrides from `BOT_PACING`, a JSON object of field names.
    """

    warn_at: float = 0.8  # fraction of a limit after which the candidate is told
    grace: float = 5.0  # how long a candidate may speak beyond a limit
    reprompt_after: float = 30.0  # silence
    offer_typing_after: float = 60.0
    pause_after: float = 90.0
    pause_limit: float = 180.0  # after which a pause ends, or the interview when nobody came back from silence
    typing: float = 4.0  # how long somebody who typed counts as typing
    thinking_pause: float = 4.0  # silence after which a turn ends that did not sound finished
    unfinished_pause: float = 8.5  # the same, when its words say that more must come
    cautious_pause: float = 2.0  # the same, when it did sound finished but somebody was talked over before
    settle: float = 1.5  # for words still on their way
    decision: float = 8.0  # for the model to call a tool
    unheard: float = 20.0  # after which a question counts as asked though no speech was seen to end
    answer_ack: float = 2.0  # for the relay to acknowledge an answer
    summary: float = 12.0  # per attempt
    goodbye: float = 30.0  # for the last words to be spoken
    drain: float = 30.0  # for the relay to acknowledge everything while the candidate waits
    drain_late: float = 300.0  # for the same, once the candidate has gone
    step: float = 15.0  # for any one thing that the interviewer does; one that takes longer hangs
    client_ready: float = 3.0  # from connection to RTVI's client-ready
    client_wait: float = 60.0  # for a client to show up
    client_lost: float = 10.0  # without a sign of life from the client
    report: float = 10.0  # after so much time used, Django is told how the clocks stand
    overrun: float = 120.0  # beyond the interview's limit, for goodbye and summary; then the bot is ended
    leave: float = 10.0  # to flush and stop once the client is gone
    tick: float = 0.1

    @property
    def late_words(self) -> float:
        """How long words may be on their way: an unfinished turn ends that late, and is then transcribed."""
        return self.unfinished_pause + 1.5

    def stretch(self, factor: float) -> Pacing:
        """The same with more patience, for a candidate who was granted extra time: silence and pauses may be longer."""
        return replace(
            self,
            reprompt_after=self.reprompt_after * factor,
            offer_typing_after=self.offer_typing_after * factor,
            pause_after=self.pause_after * factor,
            pause_limit=self.pause_limit * factor,
        )

    @classmethod
    def from_env(cls) -> Pacing:
        return cls(**json.loads(os.environ.get("BOT_PACING") or "{}"))


class Due(Enum):
    QUESTION_WARNING = auto()
    INTERVIEW_WARNING = auto()
    QUESTION_OVER = auto()
    INTERVIEW_OVER = auto()
    REPROMPT = auto()
    OFFER_TYPING = auto()
    PAUSE = auto()
    PAUSE_OVER = auto()


class InterviewClock:
    """Adds up time that counts, from `start` on.

    A question's time starts when it has been heard and stands still while the bot speaks. Silence is
    time in which neither speaks and nothing else is in hand. Nothing counts while the interview pauses, nor while
    the candidate is `absent`.
    """

    def __init__(
        self,
        *,
        pacing: Pacing,
        total_limit: float,
        elapsed: float = 0,
        now: Callable[[], float] | None = None,
    ) -> None:
        self.bot_speaking = False
        self.candidate_speaking = False
        self.busy = False
        self.paused = False
        self.absent = False
        self._pacing = pacing
        self._now = now or time.monotonic
        self._last: float | None = None
        self._total_limit = total_limit
        self._total = elapsed
        self._question_limit: float | None = None
        self._question = 0.0
        self._heard = False
        self._silence = 0.0
        self._pause = 0.0
        self._typed_at = -math.inf
        self._announced: set[Due] = set()
        if elapsed >= pacing.warn_at * total_limit:
            self._announced.add(Due.INTERVIEW_WARNING)

    @property
    def elapsed(self) -> float:
        """Interview time used, earlier sessions included."""
        return self._total

    def is_over(self) -> bool:
        """Whether the interview's time is used up, counted to this moment."""
        self._count()
        return self._total >= self._total_limit

    @property
    def question_left(self) -> float:
        return max(0.0, (self._question_limit or 0.0) - self._question)

    @property
    def interview_left(self) -> float:
        return max(0.0, self._total_limit - self._total)

    def start(self) -> None:
        """The interview begins: time counts from now."""
        self._last = self._now()

    def begin_question(self, limit: float, *, left: float | None = None) -> None:
        """A question with `limit` seconds, of which `left` are left; more than the limit where more was given."""
        left = limit if left is None else left
        self._question_limit = max(limit, left)
        self._question = self._question_limit - left
        self._heard = False
        self._announced -= {Due.QUESTION_WARNING, Due.QUESTION_OVER}
        self.restart_silence()

    def mark_heard(self) -> None:
        """What was asked has been spoken to its end."""
        self._heard = True
        self.restart_silence()

    def end_question(self) -> None:
        self._question_limit = None
        self.restart_silence()

    def restart_silence(self) -> None:
        self._silence = 0.0
        self._announced -= {Due.REPROMPT, Due.OFFER_TYPING, Due.PAUSE}

    @property
    def candidate_typing(self) -> bool:
        """Whether an answer is being typed just now."""
        return self._now() - self._typed_at < self._pacing.typing

    def note_typing(self) -> None:
        """An answer is being typed: no silence, and as good as being spoken."""
        self._typed_at = self._now()
        self.restart_silence()

    def note_typed(self) -> None:
        """What was being typed has been sent."""
        self._typed_at = -math.inf

    def pause(self) -> None:
        self._count()
        self.paused, self._pause = True, 0.0
        self._announced -= {Due.PAUSE_OVER}

    def resume(self) -> None:
        self._count()
        self.paused = False
        self.restart_silence()

    def note_absent(self, absent: bool) -> None:
        """Whether the candidate can't be reached at the moment."""
        self._count()
        self.absent = absent

    def extend(self, seconds: float) -> None:
        """Give more time to the current question and to the interview."""
        self._total_limit += seconds
        if self._question_limit is not None:
            self._question_limit += seconds
        self._announced -= {Due.QUESTION_WARNING, Due.INTERVIEW_WARNING}

    def read_due(self) -> list[Due]:
        """Count the time since the last call and return what has become due, each thing once."""
        self._count()
        if self.absent:
            return []
        if self.paused:
            return self._announce({Due.PAUSE_OVER: self._pause >= self._pacing.pause_limit})
        if self._question_limit is None:
            return []
        answering = self.candidate_speaking or self.candidate_typing
        warn_at, grace = self._pacing.warn_at, self._pacing.grace if answering else 0.0
        quiet = self._heard and not self.busy
        return self._announce(
            {
                Due.INTERVIEW_OVER: self._total >= self._total_limit + grace,
                Due.QUESTION_OVER: self._question >= self._question_limit + grace,
                Due.INTERVIEW_WARNING: self._total >= warn_at * self._total_limit,
                Due.QUESTION_WARNING: self._question >= warn_at * self._question_limit,
                Due.REPROMPT: quiet and self._silence >= self._pacing.reprompt_after,
                Due.OFFER_TYPING: quiet and self._silence >= self._pacing.offer_typing_after,
                Due.PAUSE: quiet and self._silence >= self._pacing.pause_after,
            }
        )

    def _announce(self, reached: dict[Due, bool]) -> list[Due]:
        due = [what for what, is_reached in reached.items() if is_reached and what not in self._announced]
        self._announced.update(due)
        return due

    def _count(self) -> None:
        if self._last is None:
            return
        now = self._now()
        passed, self._last = now - self._last, now
        if self.absent:
            return
        if self.paused:
            self._pause += passed
            return
        self._total += passed
        if self._question_limit is None or not self._heard or self.bot_speaking:
            return
        self._question += passed
        if not self.candidate_speaking and not self.busy:
            self._silence += passed
