"""Hiding from the model who answered: name, e-mail address, phone number and other contact."""

import re
from collections.abc import Iterator

from interviews.domain.judging.folding import Folded, fold_word
from interviews.domain.judging.spans import Span

NAME, CONTACT = "[name]", "[contact]"

_WORDS_TOO = """art bill bob chance chase christian chuck cliff dale dawn dean drew faith frank gene grace grant guy
    harmony heather hope hunter iris ivy jack jasmine jay joy june lance lane lily long major mark mason may melody
    miles nick olive page patience penny pierce piper price ray reed rich rob robin rose ruby ruth sandy see skip so
    song stone sue summer tan victor ward wade will woods young my an do he"""
#: Names that are also words of English: hidden where they are written as names are.
WORDS_TOO = frozenset(_WORDS_TOO.split())
TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "de", "da", "di", "van", "von", "der", "den", "la", "le"]
)

_AT = r"(?:@|\s(?:at|arroba|chez)\s)"
_DOT = r"(?:\.|\s(?:dot|punto|ponto|point|punkt)\s)"
CONTACTS = (
    re.compile(rf"[\w.+-]+{_AT}[\w-]+(?:{_DOT}\w+)+"),
    re.compile(r"\b(?:https?://|www\.)\S+"),
    re.compile(r"\b(?:linkedin|github|gitlab|twitter|x|facebook|instagram|t|wa)\.(?:com|me)/\S+"),
    re.compile(r"(?<![\w@])@\w[\w.]*\w"),
)
PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:[\s().\-/]{0,2}\d){6,14}(?!\w|,\d)")
YEARS = re.compile(r"(?:19|20)\d\d\s*[-/]\s*(?:19|20)\d\d")
_DIGIT = r"(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double|triple)"
SPOKEN_PHONE = re.compile(rf"\b(?:plus\s)?{_DIGIT}(?:[\s,-]+{_DIGIT}){{6,}}\b")


def find_identity(*, text: str, name: str, email: str) -> Iterator[Span]:
    """Where `text` says who the candidate is. Case, accents and possessives make no difference."""
    folded = Folded(text, fold_word)
    for pattern in (*CONTACTS, SPOKEN_PHONE):
        yield from (Span(*folded.span(*match.span()), CONTACT) for match in pattern.finditer(folded.text))
    for match in PHONE.finditer(folded.text):
        # Seven digits with a separator or eight and more without are a number to call; a span of years is not.
        digits = sum(character.isdigit() for character in match[0])
        if not YEARS.fullmatch(match[0].strip()) and (digits >= 9 or match[0][0] in "+0(" or not match[0].isdigit()):
            yield Span(*folded.span(*match.span()), CONTACT)
    for word, careful in name_words(name=name, email=email):
        for match in re.finditer(rf"(?<![^\W_]){re.escape(word)}(?=(?:'s|s')?(?![^\W_]))", folded.text):
            start, end = folded.span(*match.span())
            if not careful or text[start].isupper():
                yield Span(start, end, NAME)


def name_words(*, name: str, email: str) -> Iterator[tuple[str, bool]]:
    """The words that name somebody, folded; and whether each is hidden only where it is written as a name."""
    whole = Folded(" ".join(name.split()), fold_word).text
    words = {part for part in re.split(r"[^\w']+", whole) if part} | set(re.split(r"[^\w]+", whole))
    if " " in whole:
        yield whole, False
    local = Folded(email.partition("@")[0], fold_word).text
    if len(local) > 3 and local not in words:
        yield local, local in WORDS_TOO
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 1 and word not in TITLES:
            yield word, word in WORDS_TOO or len(word) == 2
