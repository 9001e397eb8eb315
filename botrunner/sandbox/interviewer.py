"""A simple and honest interviewer: counts words, quotes, and understands nothing.

What a candidate says is only ever counted and quoted, so no answer can instruct it.
"""

from __future__ import annotations

import re
from typing import Any

from botrunner.catalogue import catalogue
from botrunner.sandbox.scorer import SCORE_SCHEMA, score
from botrunner.sandbox.state import Reply

SHORT_ANSWER_WORDS = 8
QUOTED_WORDS = 16
POINT_WORDS = 30
SUMMARY_SCHEMA = "interview_summary"

_SPEAKER = re.compile(r"^\s*(bot|interviewer|assistant|candidate|user)\s*:\s*(.*)$", re.IGNORECASE)
_LANGUAGE = re.compile(r"\bLanguage: [^(\n]*\(([A-Za-z]+(?:-[A-Za-z]+)?)\)")
_SENTENCE_END = re.compile(r"(?<=[.!?\u3002\u0964])\s+")

Message = dict[str, Any]
Turn = tuple[str, str]


class UnknownSchema(ValueError):
    """A structured reply was asked for in a schema this interviewer has no honest answer to."""


def reply_to(request: dict[str, Any]) -> Reply:
    """Answer one chat completion request.

    With tools: `ask_follow_up` after an answer of fewer than `SHORT_ANSWER_WORDS` words, else
    `accept_answer`. With a JSON schema whose title or name is `interview_summary`: a summary made of
    quotations; with `competency_score`: what `scorer` counts. Else a plain short sentence. Raises UnknownSchema for
    any other JSON schema.
    """
    messages = request.get("messages") or []
    language = read_language(messages)
    response_format = request.get("response_format") or {}
    if response_format.get("type") == "json_schema":
        # Pipecat names every schema "response", so a title inside the schema says which one it is.
        schema = response_format.get("json_schema", {})
        name = schema.get("schema", {}).get("title") or schema.get("name")
        if name == SCORE_SCHEMA:
            return Reply(json=score(messages))
        if name != SUMMARY_SCHEMA:
            raise UnknownSchema(f"script a reply for the schema {name} with /control/llm")
        return Reply(json=summarise(read_turns(messages), language))
    answer = latest_answer(read_turns(messages))
    choice = request.get("tool_choice") or "auto"
    if isinstance(choice, dict):
        name = choice["function"]["name"]
        return Reply(
            tool=name, arguments={"question": word_follow_up(answer, language)} if name == "ask_follow_up" else {}
        )
    offered = {tool["function"]["name"] for tool in request.get("tools") or [] if tool.get("type") == "function"}
    if choice != "none":
        if "ask_follow_up" in offered and len(answer.split()) < SHORT_ANSWER_WORDS:
            return Reply(tool="ask_follow_up", arguments={"question": word_follow_up(answer, language)})
        if "accept_answer" in offered:
            return Reply(tool="accept_answer")
    return Reply(text=catalogue(language).gettext("Thank you, I have noted that."))


def read_language(messages: list[Message]) -> str:
    """The language the instructions name, as `Language: German (de)`; candidates write none of them."""
    instructions = (_text_of(message) for message in messages if message["role"] in ("system", "developer"))
    named = (_LANGUAGE.search(text) for text in instructions)
    return next((match[1] for match in named if match), "en")


def read_turns(messages: list[Message]) -> list[Turn]:
    """The conversation as (role, text), role `assistant` or `user`.

    A request that carries the conversation as one written transcript ("Interviewer: ...", "Candidate:
    ...") is read by its lines.
    """
    turns = [(message["role"], _text_of(message)) for message in messages if message["role"] in ("assistant", "user")]
    turns = [(role, text) for role, text in turns if text]
    if any(role == "assistant" for role, _ in turns):
        return turns
    lines = [_SPEAKER.match(line) for message in messages for line in _text_of(message).splitlines()]
    written = [(match[1].lower(), match[2].strip()) for match in lines if match]
    return [("user" if name in ("candidate", "user") else "assistant", text) for name, text in written] or turns


def latest_answer(turns: list[Turn]) -> str:
    """All the candidate said since the interviewer last spoke."""
    said: list[str] = []
    for role, text in reversed(turns):
        if role != "user":
            break
        said.insert(0, text)
    return " ".join(said)


def word_follow_up(answer: str, language: str = "en") -> str:
    _ = catalogue(language).gettext
    if not answer.strip():
        return _("Could you tell me a little about that?")
    return _("You said “{words}”. Could you tell me more about that, with an example?").format(
        words=_quote(answer, QUOTED_WORDS)
    )


def summarise(turns: list[Turn], language: str = "en") -> dict[str, Any]:
    """Summarise by quotation: for each question the first sentence of what the candidate answered."""
    _ = catalogue(language).gettext
    answers: list[tuple[str, str]] = []
    question = ""
    for index, (role, text) in enumerate(turns):
        if role == "assistant":
            question = text
        elif index and turns[index - 1][0] == "user" and answers:
            answers[-1] = (answers[-1][0], f"{answers[-1][1]} {text}")
        else:
            answers.append((question, text))
    points = [_first_sentence(answer) for _question, answer in answers]
    if not points:
        return {
            "spoken": _("You have not answered a question yet."),
            "text": _("Nothing was answered."),
            "points": [],
        }
    asked = _("Asked “{question}”, the answer was: “{words}”")
    lines = [
        asked.format(question=question, words=words) for (question, _a), words in zip(answers, points, strict=True)
    ]
    spoken = _("To sum up, the first thing you told me was: “{words}”.").format(words=_quote(points[0], QUOTED_WORDS))
    return {"spoken": spoken, "text": "\n".join(lines), "points": points}


def _text_of(message: Message) -> str:
    content = message.get("content") or ""
    if isinstance(content, list):
        content = " ".join(part.get("text", "") for part in content if part.get("type") == "text")
    return str(content).strip()


def _first_sentence(text: str) -> str:
    return _quote(_SENTENCE_END.split(text.strip(), maxsplit=1)[0], POINT_WORDS)


def _quote(text: str, words: int) -> str:
    """At most `words` words on one line, without quotation marks or final punctuation of their own."""
    kept = re.sub(r"[\"“”]", "", text).split()
    quoted = " ".join(kept[:words]).rstrip(".,;:!? ")
    return f"{quoted} …" if len(kept) > words else quoted
