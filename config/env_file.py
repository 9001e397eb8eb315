"""`.env`, which stands beside the environment: the one place that reads it."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file() -> None:
    """Put the variables of `.env` into the environment, where they are not set yet.

    ENV_FILE names another file, or, empty, none: then the environment is all there is, as in the tests.
    """
    if name := os.environ.get("ENV_FILE", ".env"):
        environ.Env.read_env(BASE_DIR / name)
