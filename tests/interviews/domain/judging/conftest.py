"""The sandbox stands in for the language model."""

from tests.botrunner.conftest import sandbox, sandbox_server

__all__ = ["sandbox", "sandbox_server"]
