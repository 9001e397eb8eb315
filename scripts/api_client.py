"""Generates the typed Python client from docs/api/openapi.json: `make api-client` writes it to var/vivavoce_client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCHEMA = Path(__file__).parent.parent / "docs/api/openapi.json"
NAME = "vivavoce_client"


def generate(directory: Path) -> None:
    """A package named vivavoce_client in `directory`. The recording, which is no JSON, is left out of it."""
    generator = Path(sys.executable).with_name("openapi-python-client")
    directory.mkdir(parents=True, exist_ok=True)
    argv: list[str | Path] = [generator, "generate", "--path", SCHEMA, "--output-path", directory / NAME]
    argv += ["--meta", "none", "--overwrite"]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (nothing of it comes from outside)


if __name__ == "__main__":
    generate(Path("var"))
    print(f"var/{NAME}")
