"""Whom pipecat's evals ask to judge, to play a candidate and to speak: the same providers as the bot's."""

from __future__ import annotations

from typing import Any

from pipecat.services.llm_service import LLMService

from botrunner.default_plan import default_job
from botrunner.services import ProviderSettings, create_llm


def make_model(block: dict[str, Any]) -> LLMService[Any]:
    """`factory:` of a judge's and of a simulated candidate's block. Raises ProviderNotConfigured."""
    return create_llm(ProviderSettings.from_env(), default_job())
