"""`make evals`: pipecat's own eval runner plays the scenarios with the real providers, and reports.

Keys come from the environment or from .env. Arguments go to `pipecat eval suite`, such as `-s silence --repeat 5`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from environ import Env
from pipecat.evals.suite import EvalManifest

from botrunner.contract import SERVICES
from botrunner.services import ProviderSettings

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def find_missing(environ: Mapping[str, str]) -> list[str]:
    """The variables to set before a bot meets no provider but real ones."""
    chosen = ProviderSettings.from_env(environ)
    missing: list[str] = []
    for kind, name in (("stt", chosen.stt), ("llm", chosen.llm), ("tts", chosen.tts)):
        offer = SERVICES[kind][name]
        if not offer.is_ready(environ):
            missing += [variable for variable in offer.needs[0] if not environ.get(variable)]
    return list(dict.fromkeys(missing))


def main(arguments: list[str]) -> int:
    Env.read_env(ROOT / ".env")
    environ = {name: value for name, value in os.environ.items() if name != "SANDBOX_URL"}
    if missing := find_missing(environ):
        print(f"Set {' and '.join(missing)}, here or in .env: these evals are held with the real providers.")
        return 2
    command = [sys.executable, "-m", "pipecat.evals", "suite", str(HERE / "manifest.yaml"), *arguments]
    code = subprocess.run(command, env=environ, cwd=ROOT).returncode
    left_out = len(EvalManifest.load(HERE / "sandbox.yaml").runs)
    print(f"Left out: {left_out} scenarios of sandbox.yaml, which script the sandbox; `make test` plays them.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
