"""What the sandbox has been told, and what it has seen."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Service = Literal["deepgram", "openai", "tts", "aura", "azure-speech", "daily", "start"]
FaultKind = Literal["latency", "status", "stall", "close"]

Spoken = Annotated[str, Field(pattern=r"\S")]

LOG_LIMIT = 2000


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Utterance(Told):
    """What is said next. With `seconds`, its words are spread evenly over that time."""

    text: Spoken
    seconds: float | None = Field(default=None, gt=0)


class Reply(Told):
    """What the language model answers next."""

    text: str | None = None
    tool: str | None = None
    arguments: dict[str, Any] = {}
    json_: dict[str, Any] | None = Field(default=None, alias="json")

    @model_validator(mode="after")
    def _says_something(self) -> Reply:
        if self.text is None and self.tool is None and self.json_ is None:
            raise ValueError("a reply needs text, tool or json")
        return self


class Fault(Told):
    """What goes wrong next. `count` requests are hit, all of them when it is None."""

    service: Service
    kind: FaultKind
    seconds: float | None = Field(default=None, ge=0)
    status: int = Field(default=503, ge=400, le=599)
    count: int | None = Field(default=1, ge=1)

    async def wait(self) -> None:
        """Sleep for the fault's time: a stall lasts an hour and latency a second unless told otherwise."""
        default = 3600.0 if self.kind == "stall" else 1.0
        await asyncio.sleep(default if self.seconds is None else self.seconds)


class SandboxState:
    """All the sandbox remembers, in memory; `reset` forgets it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.utterances: deque[Utterance] = deque()
        self.replies: deque[Reply] = deque()
        self.faults: list[Fault] = []
        self.rooms: dict[str, dict[str, Any]] = {}
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LIMIT)

    def record(self, service: Service, **essentials: Any) -> None:
        self.log.append({"service": service, "at": time.time(), **essentials})

    def take_fault(self, service: Service, *kinds: FaultKind) -> Fault | None:
        """Return the oldest fault due for `service`, used up by one; only of `kinds` if any are named."""
        for fault in self.faults:
            if fault.service == service and (not kinds or fault.kind in kinds):
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count == 0:
                        self.faults.remove(fault)
                return fault
        return None
