"""The brand's own sentences: plain text, with placeholders for what differs from candidate to candidate."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: The fields of a brand that hold its words in mails.
MAIL_TEXTS = ("invitation_text", "reminder_text", "thanks_text", "withdrawal_text", "closing_text")
#: All that a company writes itself, in each language.
TEXTS = ("welcome_text", *MAIL_TEXTS)
PLACEHOLDERS = ("name", "company", "title")
FOUND = re.compile(r"\{([^{}]*)\}")


def validate_placeholders(text: str) -> None:
    if unknown := [name for name in FOUND.findall(text) if name not in PLACEHOLDERS]:
        raise ValidationError(
            _("There is no {%(name)s} to fill in. You can use %(known)s."),
            params={"name": unknown[0][:40], "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)},
        )
    if set("{}") & set(FOUND.sub("", text)):
        raise ValidationError(_("A curly bracket has no partner. Write placeholders as {name}."))


def fill_in(text: str, *, name: str, company: str, title: str) -> str:
    """Each placeholder once: brackets in what is filled in stay as they are."""
    values = {"name": name, "company": company, "title": title}
    return FOUND.sub(lambda found: values.get(found[1], found[0]), text)
