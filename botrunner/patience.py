"""How long a silence may last before a turn is over: what the words tell, and what this interview has taught."""

from __future__ import annotations

import re
from collections.abc import Callable

from botrunner.clock import Pacing
from botrunner.contract import Checkpoint, PatienceLearnt
from botrunner.progress import count_words

#: Nobody ends an answer on one of these: they join, or fill a pause. Words that also end sentences are left out, as
#: "well", "like" and "so" do, or a verb's other half in German.
_JOINING = {
    "en": "and but or because which if when with of the a an my um uh er erm hmm",
    "es": "y e pero o porque que si cuando con de del el la los las un una mi eh em",
    "fr": "et mais ou parce que qui si quand du le la les des un une mon ma euh heu",
    "de": "und aber oder weil dass wenn der dem den eine einen einem meine meinen äh ähm hm",
    "pt": "e mas ou porque que se quando com de do da dos das o os as um uma meu minha hum ahn",
    "hi": "और लेकिन मगर या क्योंकि कि अगर जब ताकि के की का में उम्म",
}
_GOES_ON = {language: frozenset(words.split()) for language, words in _JOINING.items()}
#: Latin, Devanagari, Chinese and Japanese, Arabic and Urdu, Armenian, Ethiopic.
_SENTENCE_END = re.compile(r"[.!?\u0964\u0965\u3002\uff1f\uff01\u061f\u06d4\u0589\u1362][\"'\u201d\u2019»]?$")


def is_unfinished(text: str, language: str) -> bool:
    """Whether more must come after these words: they end on a comma, a dash, dots, or a word that joins.

    Which words join is known of the languages of the table; `language` is a BCP 47 tag.
    """
    text = text.strip()
    if re.search(r"(?:[,;:\u2013\u2014-]|\.\.\.|…)$", text):
        return True
    if not text or ends_sentence(text):
        return False
    return text.split()[-1].lower() in _GOES_ON.get(language.split("-")[0].lower(), frozenset())


def ends_sentence(text: str) -> bool:
    """Whether the words end on the mark that ends a sentence."""
    return _SENTENCE_END.search(text.strip()) is not None


class Patience:
    """One for each interview, shared by those who end turns and by the interviewer, who sees what came of it.

    `punctuated` says that the words come with sentences' ends, so that those without one go on. That is held
    against a service which leaves them out after all: the first such pause in which nothing came is the last long one.
    `words_missing` tells how many the answer that is being given lacks of those that its question asks for. `on_learnt`
    is called with all that is known, for the session that resumes this one: its `checkpoint` has it.
    """

    def __init__(
        self,
        pacing: Pacing,
        *,
        language: str = "en",
        punctuated: bool = False,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        before = checkpoint or Checkpoint()
        self._pacing = pacing
        self._language = language
        self._punctuated = punctuated
        self._full_stops_missing = before.full_stops_missing
        self._talked_over = before.talked_over
        self.words_missing: Callable[[], int] = lambda: 0
        self.on_learnt: Callable[[PatienceLearnt], None] = lambda learnt: None

    def silence_after(self, words: str) -> float:
        """Seconds of silence after which a turn that sounds finished, and ends on these words, is over."""
        pacing = self._pacing
        if self._must_go_on(words):
            return pacing.unfinished_pause
        if self._lacks_its_end(words):
            return pacing.thinking_pause if self._full_stops_missing else pacing.unfinished_pause
        return (0.0, pacing.cautious_pause, pacing.thinking_pause)[min(self._talked_over, 2)]

    def note_waited_in_vain(self, words: str) -> None:
        """A pause that these words were given ran out, and nothing more was said."""
        if not self._full_stops_missing and self._lacks_its_end(words) and not self._must_go_on(words):
            self._full_stops_missing = True
            self._tell_learnt()

    def note_talked_over(self) -> None:
        """A turn was taken for over, and the candidate went on: this one thinks without its being heard."""
        self._talked_over += 1
        self._tell_learnt()

    def _tell_learnt(self) -> None:
        self.on_learnt(PatienceLearnt(talked_over=self._talked_over, full_stops_missing=self._full_stops_missing))

    def _must_go_on(self, words: str) -> bool:
        """By their last word, or as an answer that is too short by more than one: "Yes." where two are asked for is an
        answer, if a thin one. What ends on a question mark is none, and is not waited on.
        """
        if is_unfinished(words, self._language):
            return True
        is_answer = words.strip() and not re.search(r"[?\uff1f\u061f]$", words.strip())
        return bool(is_answer) and self.words_missing() - count_words(words) > 1

    def _lacks_its_end(self, words: str) -> bool:
        return self._punctuated and words.strip() != "" and not ends_sentence(words)
