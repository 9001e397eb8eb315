"""Every variable that is read is in .env.example, and compose hands each container those that are its own."""

import re
from typing import Any

import pytest
import yaml

from botrunner.services import ProviderSettings
from config.stack import BASE_DIR

EXAMPLE = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
SERVICES: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
#: Set by ourselves for our own processes, and on one's own machine.
OURS = {"DEBUG"}
#: The bots find nothing of these in a container: the sandbox is for the demo, and the cache's folder is the image's.
NOT_IN_A_CONTAINER = {"SANDBOX_URL", "TTS_CACHE_DIR"}


def read_by_settings() -> set[str]:
    source = (BASE_DIR / "config/settings.py").read_text()
    return set(re.findall(r"""(?:env\.[a-z_]+|read_or_refuse)\(\s*"([A-Z_]+)\"""", source)) - OURS


def read_by_bots() -> set[str]:
    chosen = ("stt", "llm", "tts", "tts_fallback")
    fields = ProviderSettings.__dataclass_fields__
    return {f"{name.upper()}_SERVICE" if name in chosen else name.upper() for name in fields} | {"BOT_PACING"}


@pytest.mark.parametrize("read", [read_by_settings, read_by_bots])
def test_the_example_names_each_variable(read: Any) -> None:
    assert read() - EXAMPLE == set()


def test_the_bots_container_is_handed_what_bots_read_and_no_secret_of_the_web_server() -> None:
    handed = set(SERVICES["bot"]["environment"])
    assert read_by_bots() - handed - NOT_IN_A_CONTAINER == set()
    assert handed & {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"} == set()
    assert "env_file" not in SERVICES["bot"]


@pytest.mark.parametrize("service", ["web", "worker", "slow-worker", "beat", "migrate"])
def test_the_applications_containers_are_handed_all_of_env(service: str) -> None:
    assert SERVICES[service]["env_file"] == [{"path": ".env", "required": False}]


def test_the_web_image_has_each_module_that_its_workers_run() -> None:
    image = (BASE_DIR / "Dockerfile").read_text().split("AS web")[1]
    run = re.findall(r'"-m", "(botrunner[.a-z]*)"', (BASE_DIR / "interviews/domain/rehearsals.py").read_text())
    assert run == ["botrunner.rehearsal"]
    assert "COPY botrunner/ botrunner/" in image
