"""The ways to end a turn that are compared: Vivavoce's, changed in one thing each, and Pipecat's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pipecat.audio.turn.smart_turn.base_smart_turn import BaseSmartTurn, SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADAnalyzer
from pipecat.turns.user_stop import (
    BaseUserTurnStopStrategy,
    SpeechTimeoutUserTurnStopStrategy,
    TurnAnalyzerUserTurnStopStrategy,
)

from bench.turn_taking.answers import RATE
from botrunner.clock import Pacing
from botrunner.patience import Patience
from botrunner.turns import Foresight, ThinkingPauseStopStrategy
from botrunner.voice_detection import LullListener, PromptVADAnalyzer

PACING = Pacing()

#: What smart turn makes of a silence: what the model says of eSpeak's voice, the truth, or an end each time.
Ear = Literal["as it is", "always right", "always an end"]
EARS: tuple[Ear, ...] = ("as it is", "always right", "always an end")


class ToldSmartTurn(BaseSmartTurn):
    """Smart turn with a verdict of somebody else's."""

    def __init__(self, verdict: Callable[[NDArray[np.float32]], bool], *, stop_secs: float) -> None:
        super().__init__(params=SmartTurnParams(stop_secs=stop_secs))
        self._verdict = verdict

    def _predict_endpoint(self, audio_array: NDArray[np.float32]) -> dict[str, Any]:
        ended = self._verdict(audio_array)
        return {"prediction": int(ended), "probability": float(ended)}


class ToldForesightedTurn(Foresight, ToldSmartTurn):
    pass


Verdict = Callable[[NDArray[np.float32]], bool]
Made = tuple[BaseUserTurnStopStrategy, list[LullListener]]


@dataclass(frozen=True)
class Way:
    """`make` is given smart turn's verdict, and the patience of one interview, which is all 24 answers.

    Where the candidate is to say when an answer is over, it is the answer that ends, not the turn.
    Those whom the voice detection tells of a lull are returned beside the strategy, if there are any. `give_up` is
    Pipecat's user_turn_stop_timeout. `punctuated` says whether the words come with full stops.
    """

    name: str
    make: Callable[[Verdict, Patience], Made]
    give_up: float = 5.0
    vad: Callable[[], VADAnalyzer] = SileroVADAnalyzer
    hears: bool = True  # whether it asks smart turn at all
    begin: Callable[[], Patience] = lambda: Patience(PACING, punctuated=True)
    punctuated: bool = True
    until_done: bool = False  # whether the candidate says when an answer is over


def make_ours(verdict: Verdict, patience: Patience) -> Made:
    analyzer = ToldForesightedTurn(verdict, stop_secs=PACING.thinking_pause)
    strategy = ThinkingPauseStopStrategy(turn_analyzer=analyzer, patience=patience)
    return strategy, [analyzer, strategy]


def make_ours_without_lulls(verdict: Verdict, patience: Patience) -> Made:
    return make_ours(verdict, patience)[0], []


def make_smart_turn(stop_secs: float) -> Callable[[Verdict, Patience], Made]:
    return lambda verdict, patience: (
        TurnAnalyzerUserTurnStopStrategy(turn_analyzer=ToldSmartTurn(verdict, stop_secs=stop_secs)),
        [],
    )


def make_timeout(seconds: float) -> Callable[[Verdict, Patience], Made]:
    return lambda verdict, patience: (SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=seconds), [])


def having_talked_over(times: int) -> Callable[[], Patience]:
    def begin() -> Patience:
        patience = Patience(PACING, punctuated=True)
        for _ in range(times):
            patience.note_talked_over()
        return patience

    return begin


def asked_for(words: int) -> Patience:
    """Each of the 24 is the whole answer to a question that asks for so many words."""
    patience = Patience(PACING, punctuated=True)
    patience.words_missing = lambda: words
    return patience


OURS = Way("Vivavoce", make_ours, give_up=PACING.unfinished_pause + 2, vad=PromptVADAnalyzer)
WAYS = (
    OURS,
    replace(OURS, name="Vivavoce, having talked over somebody once", begin=having_talked_over(1)),
    replace(OURS, name="Vivavoce, having talked over somebody twice", begin=having_talked_over(2)),
    replace(OURS, name="Vivavoce, questions that ask for 8 words", begin=lambda: asked_for(8)),
    replace(OURS, name="Vivavoce, waiting until done is pressed", until_done=True),
    replace(OURS, name="Vivavoce, the service leaves full stops out", punctuated=False),
    replace(OURS, name="Vivavoce, full stops do not count", begin=lambda: Patience(PACING)),
    replace(OURS, name="Vivavoce, nothing prepared in lulls", make=make_ours_without_lulls),
    Way("Pipecat's default: smart turn, 3 s", make_smart_turn(3.0)),
    Way("smart turn, 8.5 s for all", make_smart_turn(8.5), give_up=10.5),
    Way("silence of 0.6 s (Pipecat's speech timeout)", make_timeout(0.6), hears=False),
    Way("silence of 4 s", make_timeout(4.0), hears=False),
    Way("silence of 8.5 s", make_timeout(8.5), give_up=10.5, hears=False),
)


@cache
def _smart_turn() -> LocalSmartTurnAnalyzerV3:
    analyzer = LocalSmartTurnAnalyzerV3(params=SmartTurnParams())
    analyzer.set_sample_rate(RATE)
    return analyzer


_heard: dict[str, bool] = {}


def ask_smart_turn(audio: NDArray[np.float32]) -> bool:
    key = hashlib.sha256(audio.tobytes()).hexdigest()
    if key not in _heard:
        _heard[key] = bool(_smart_turn()._predict_endpoint(audio)["prediction"])
    return _heard[key]
