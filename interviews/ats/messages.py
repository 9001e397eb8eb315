"""What is sent to an ATS."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from interviews.domain.ats_outcomes import Outcome
from interviews.domain.outbound import Answer
from interviews.models import AtsConnection, Order


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request. `name` is what the log calls it."""

    system: str
    name: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Verdict:
    """What a test of a connection found. `passed` is None where the ATS could not be called."""

    passed: bool | None
    text: str


class Unsendable(Exception):
    """The message can't be made as things are; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A request that does nothing but show whether the ATS knows us, and what its answer means."""

    ask: Callable[[AtsConnection], Message]
    judge: Callable[[Answer], Verdict]


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How one ATS is told. `describe` and `check` raise Unsendable; `check` is for what a connection needs to be told
    anything at all. Without a `probe`, `untested` says why nothing is called."""

    describe: Callable[[AtsConnection, Order, Outcome], Message]
    check: Callable[[AtsConnection], None]
    is_taken: Callable[[Answer], bool] = lambda answer: answer.is_success
    probe: Probe | None = None
    untested: str = ""


def as_json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def basic(key: str) -> str:
    return "Basic " + b64encode(f"{key}:".encode()).decode()


def read_answer(answer: Answer) -> dict[str, Any]:
    """Its JSON object; an empty one for anything else."""
    try:
        body = json.loads(answer.text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
