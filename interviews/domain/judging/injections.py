"""Words in an answer that speak to whoever scores it: found and set aside, whatever they are dressed in.

A pattern can't find every one. What it misses still can't give a score words that the candidate did not say, and a
request that says nothing but one competency's answers can't reach the others. See docs/judging.md.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

from interviews.domain.judging.folding import Folded, fold_word
from interviews.domain.judging.spans import Span

SET_ASIDE = "[set aside]"

#: Letters of other alphabets that look like Latin ones. Source: Unicode's confusables, the common ones.
LOOKALIKES = dict(
    zip(
        map(ord, "асеоріѕухһјԁԛѡкмтнвгαεορτυνικɡı"),
        "aceopisyxhjdqwkmthbraeoptuvikgi",
        strict=True,
    )
)
#: Tags: characters that nobody sees and a model reads as letters.
TAGS = range(0xE0020, 0xE007F)

_SCORE = r"(?:scor(?:e|es|ing)|rat(?:e|ing)|grad(?:e|es|ing)|marks?|levels?|points?|stars?)"
_BEST = r"(?:5|five|10|ten|100|full|top|best|highest|maximum|max|perfect|excellent|outstanding)"
_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|rubrics?|criteria|directions?|constraints?|system message)"
_READER = (
    r"(?:ai|llm|chatgpt|gpt|claude|evaluator|assessor|grader|scorer|(?:scoring|grading|language|evaluation|ai)"
    r" (?:system|model|engine|tool|assistant|evaluator))"
)
_MINE = (
    r"(?:me\b|my answers?|this (?:answer|candidate|response)|every (?:answer|competency)|all (?:answers|competencies))"
)
_NEAR = r"[^.!?]{0,50}"

#: Searched in folded text: lower case, no accents, one line.
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Overruling what was said before.
        r"(?<!\bi )(?<!\bwe )(?<!they )(?<!never )(?<!not )\b(?:ignore|disregard|forget|override|bypass|skip)\b"
        rf"{_NEAR}\b"
        rf"(?:previous|prior|above|earlier|all|any|your|these|the)\b{_NEAR}\b{_RULES}",
        r"\b(?:new|updated|revised|real) (?:system |developer )?(?:instructions?|prompt|policy|task)\s*"
        r"(?::|-|for (?:you|the (?:scor|grad|evaluat|model)))",
        rf"\b(?:reveal|print|repeat|output|read out)\b{_NEAR}\b(?:your|the|system|scoring) (?:system )?{_RULES}",
        # Asking for a score.
        rf"\b(?:give|award|assign|grant|put|set|return|output|respond|report|choose|record|deserve)\b{_NEAR}\b"
        rf"(?:{_BEST}\b{_NEAR}\b{_SCORE}\b|{_SCORE}\b[^.!?]{{0,25}}\b{_BEST}\b|[0-9]+ ?/ ?(?:5|10|100)\b)",
        rf"\b(?:give|award|assign|grant)\b[^.!?]{{0,15}}\b{_MINE}{_NEAR}\b(?:{_SCORE}|fives?|5)\b",
        rf"\b(?:score|rate|grade|mark|judge|evaluate) {_MINE}",
        rf"\b(?:my )?(?:level|score|rating|grade)\W{{0,3}}(?:is|=|:|must be|should be|to)\W{{0,3}}{_BEST}\b",
        # Speaking to a machine.
        rf"\b(?:dear|hey|hi|hello|note (?:to|for)|message (?:to|for)|attention),? (?:the |all |any )?{_READER}\b",
        rf"\byou are (?:now )?(?:an? )?(?:{_READER}|dan\b|jailbroken|lenient|generous|helpful grader|unrestricted)",
        rf"\b(?:if|since|because) you are an? {_READER}\b|\bas an? {_READER},? you (?:must|should|have to)\b",
        r"\b(?:pretend|imagine|assume) (?:that )?(?:you|this answer|the answer|i (?:gave|met))\b",
        r"\bthis (?:candidate|answer|applicant|response) (?:must|should|has to|is to|shall|deserves|has passed)\b",
        r"\b(?:administrator|admin|developer|openai|hiring team|the company)\b[^.!?]{0,40}"
        r"\b(?:instruct|authori[sz]e|approved|override|confirm|decided)"
        rf"{_NEAR}\b(?:{_SCORE}|pass|hire)",
        r"\b(?:quote|cite|use)\b[^.!?]{0,60}\bas (?:the |your |my )?(?:evidence|quotes?)\b",
        # Dressed as a part of the request, or of the reply.
        r"<\|?/?(?:im_start|im_end|endoftext|system|assistant|developer|user|instructions?|answers?|rubric|score)\b"
        r"[^>]{0,40}>",
        r"\[/?(?:inst|system|assistant|end of)\b[^\]]{0,30}\]|<</?sys>>",
        r"\b(?:role|level|score|quotes|reason|messages)[\"']\s*:\s*[\[{\"'\d]",
        rf"\b(?:end|begin|start) of (?:the )?(?:answers?|transcript|data|candidate|user input|interview data)\b{_NEAR}",
        # In the other languages interviews are held in.
        r"\b(?:ignora|ignore[mz]?|olvida|descarta|desconsidere|esqueca|oublie[zr]?|ignorieren?|vergiss|missachte)\b"
        r"[^.!?]{0,50}\b(?:instruc\w+|reglas|regras|regles|consignes|anweisungen|regeln|vorgaben)",
        r"\b(?:dame|deme|ponme|asigna(?:me)?|atribua|de-me|donnez?|attribuez?|gib|geben sie|bewerte|vergib)\b"
        rf"{_NEAR}\b(?:5|cinco|cinq|funf|maxim\w+|hochst\w+|beste\w*|meilleure?|mejor|melhor)\b",
        r"(?:निरदश|नियम)[^।]{0,30}(?:अनदख|भल|नजरअदज)",
    )
)
#: A line that begins as one of the roles of a conversation with a model.
_ROLE_LINE = re.compile(r"^\W*(?:system|assistant|developer|evaluator|instructions?|new task)\s*:", re.MULTILINE | re.I)
_SENTENCE = re.compile(r"[^.!?।\n]*(?:[.!?।]+|\n|$)")
_ENCODED = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")


def find_instructions(*, text: str) -> Iterator[Span]:
    """The sentences of `text` that speak to the model. Every match takes its whole sentences with it."""
    folded = Folded(text, fold_lookalikes)
    hits = [match.span() for pattern in PATTERNS for match in pattern.finditer(folded.text)]
    for start, end in hits:
        yield Span(*whole_sentences(text, *folded.span(start, end)), SET_ASIDE)
    for match in _ROLE_LINE.finditer(text):
        yield Span(*whole_sentences(text, *match.span()), SET_ASIDE)
    for match in _ENCODED.finditer(text):
        if any(pattern.search(decoded) for decoded in decode(match[0]) for pattern in PATTERNS):
            yield Span(*whole_sentences(text, *match.span()), SET_ASIDE)
    for match in re.finditer("[\U000e0020-\U000e007f]+", text):
        yield Span(*match.span(), SET_ASIDE)


def fold_lookalikes(character: str) -> str:
    """As `fold_word`, with letters that look alike as one, and tags as the letters they stand for."""
    if ord(character) in TAGS:
        character = chr(ord(character) - 0xE0000)
    return fold_word(character).translate(LOOKALIKES)


def whole_sentences(text: str, start: int, end: int) -> tuple[int, int]:
    for match in _SENTENCE.finditer(text):
        if match.start() <= start < match.end():
            start = min(start, match.start() + len(match[0]) - len(match[0].lstrip()))
        if match.start() < end <= match.end():
            return start, max(end, match.end() - (len(match[0]) - len(match[0].rstrip())))
    return start, end


def decode(token: str) -> Iterator[str]:
    """The text that a word in base64 stands for, folded; nothing for a word that is none."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return
    if all(unicodedata.category(character)[0] != "C" or character.isspace() for character in decoded):
        yield Folded(decoded, fold_lookalikes).text
