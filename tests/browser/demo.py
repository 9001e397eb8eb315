"""The demo's stack with what a test wants of it: fresh links, the sandbox's control, and a look into the tables."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psycopg

from config.stack import Stack
from tests.botrunner.conftest import Sandbox
from tests.browser.people import until

#: No `.env` is read, and exported providers' keys are taken away: the sandbox stands in for all of them.
NO_KEYS = dict.fromkeys(
    [
        "ENV_FILE",
        "DATABASE_URL",
        "REDIS_URL",
        "DEEPGRAM_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "AZURE_OPENAI_ENDPOINT",
        "DAILY_API_KEY",
        "GTTS_URL",
    ],
    "",
)


class Demo:
    """A running stack with its two demo companies."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sandbox = Sandbox(stack.sandbox_url)
        self.password = stack.env["DEMO_PASSWORD"]

    def invite(self) -> list[dict[str, Any]]:
        """A fresh candidate for each company: slug, name, candidate_url, admin_email."""
        tenants: list[dict[str, Any]] = json.loads(self.stack.manage("load_demo"))["tenants"]
        return tenants

    def mailed_link(self, recipient: str) -> str:
        """The first link in the mail to them, once it is there."""
        return until(lambda: find_link(self.stack.var_dir / "mail", recipient), seconds=40)

    def live_session(self, slug: str) -> Any:
        """The id of the session that the company's newest invitation has just begun, once it is live."""
        query = (
            "SELECT id FROM interviews_session WHERE status = 'live' AND invitation_id ="
            " (SELECT id FROM interviews_invitation ORDER BY created_at DESC LIMIT 1)"
        )
        return until(lambda: self.rows(slug, query))[0][0]

    def rows(self, slug: str, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What a query of ours finds as the application's own role, in the company's scope."""
        with psycopg.connect(self.stack.database_url) as connection:
            tenant = connection.execute("SELECT id FROM tenants_tenant WHERE slug = %s", [slug]).fetchone()
            assert tenant is not None
            connection.execute("SELECT set_config('vivavoce.tenant_id', %s, true)", [str(tenant[0])])
            return connection.execute(query, arguments).fetchall()


def find_link(folder: Path, recipient: str) -> str:
    """Empty before it is there."""
    for path in sorted(folder.glob("*")):
        for raw in path.read_bytes().split(b"-" * 79):
            mail = message_from_bytes(raw.strip(), policy=policy.default)
            text = mail.get_body(("plain",)) if mail["To"] == recipient else None
            if text and (found := re.search(r"https?://\S+", text.get_content())):
                return found[0]
    return ""
