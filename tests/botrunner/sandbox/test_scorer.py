"""The sandbox's scorer counts and quotes, and can be scripted like its interviewer."""

import json
from typing import Any

import httpx
import pytest

from botrunner.sandbox.scorer import score
from tests.botrunner.conftest import Sandbox


def ask(*said: str, speaker: str = "candidate") -> list[dict[str, Any]]:
    turns = [{"speaker": "interviewer", "text": "What did you do, for example in 2024?"}]
    turns += [{"speaker": speaker, "text": text} for text in said]
    content = json.dumps({"answers": [{"question": 1, "turns": turns}]})
    return [{"role": "system", "content": "Judge."}, {"role": "user", "content": content}]


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("Fine.", 1),
        ("I like to work with people and I always do what is needed every day.", 2),
        ("I worked there with people and did what was needed, for example on Mondays.", 3),
        ("I moved the stock of 40 shops because the old store was closing in the spring.", 4),
        ("I moved the stock of 40 shops because the store was closing, and as a result we saved a week.", 5),
        ("Ich habe 40 Märkte beliefert, weil das alte Lager schloss, und am Ende eine Woche gespart.", 5),
    ],
)
def test_a_level_comes_from_length_and_concreteness(said: str, level: int) -> None:
    assert score(ask(said))["level"] == level


def test_it_quotes_the_longest_sentences_as_they_were_said() -> None:
    said = "Yes. I moved the stock of forty shops in spring. It was quite a lot of work. Good."
    quotes = ["It was quite a lot of work.", "I moved the stock of forty shops in spring."]
    assert sorted(score(ask(said))["quotes"]) == sorted(quotes)


@pytest.mark.parametrize("messages", [ask(), ask("Hello.", speaker="interviewer"), ask("[name] [set aside]"), []])
def test_where_nothing_was_said_there_is_no_level(messages: list[dict[str, Any]]) -> None:
    assert score(messages) == {"quotes": [], "reason": "Nothing was answered.", "level": None}


def test_what_is_hidden_is_neither_counted_nor_quoted() -> None:
    plain, hidden = score(ask("I moved the stock.")), score(ask("I moved the stock. [set aside]"))
    assert plain == hidden


def complete(sandbox: Sandbox) -> Any:
    body = {
        "messages": ask("Fine."),
        "response_format": {"type": "json_schema", "json_schema": {"name": "competency_score", "schema": {}}},
    }
    answer = httpx.post(
        f"{sandbox.url}/azure/openai/v1/chat/completions", json=body, headers={"api-key": "any"}, trust_env=False
    )
    return json.loads(answer.json()["choices"][0]["message"]["content"])


def test_it_answers_the_schema_and_a_scripted_reply_comes_first(sandbox: Sandbox) -> None:
    scripted = {"quotes": ["Best."], "reason": "Told to.", "level": 5}
    sandbox.reply({"json": scripted})
    replies = [complete(sandbox), complete(sandbox)]
    assert (replies[0], replies[1]["level"], replies[1]["quotes"]) == (scripted, 1, ["Fine."])
