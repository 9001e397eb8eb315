"""Text folded so that it can be searched, with the way back to where it stood in the original."""

import unicodedata
from collections.abc import Callable

#: Typographic marks -> what is typed for them.
TYPED = str.maketrans("‘’‚‛“”„‟«»‹›´`′″‐‑‒–—―−", "''''\"\"\"\"\"\"''''''" + "-" * 7)  # noqa: RUF001


class Folded:
    """`text` is the original folded character by character, each run of white space as one space."""

    def __init__(self, original: str, fold: Callable[[str], str]) -> None:
        self.original = original
        folded: list[str] = []
        self._places: list[int] = []
        for place, character in enumerate(original):
            for piece in fold(character):
                if piece.isspace():
                    if not folded or folded[-1] == " ":
                        continue
                    piece = " "
                folded.append(piece)
                self._places.append(place)
        self.text = "".join(folded)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original, with the accents that follow its last letter."""
        last = self._places[end - 1] + 1
        while last < len(self.original) and unicodedata.combining(self.original[last]):
            last += 1
        return self._places[start], last


def fold_quote(character: str) -> str:
    """Alike whatever the case, the form of the accents, and the kind of quotation marks, dashes and dots."""
    return unicodedata.normalize("NFKD", character).translate(TYPED).casefold()


def fold_word(character: str) -> str:
    """As `fold_quote`, and without accents and signs that nobody sees."""
    return "".join(piece for piece in fold_quote(character) if unicodedata.category(piece) not in ("Mn", "Cf"))
