"""What a new company finds: questions to ask, and an interview that only has to be published."""

from typing import Any

from django.db import transaction

from interviews.domain.banks import create_default_bank, draft_interview_from_bank
from interviews.models import Interview

FIRST_TITLE = "First conversation"


@transaction.atomic
def prepare_company() -> Interview:
    """The default bank, and a draft that asks its questions, for the tenant in scope."""
    return draft_interview_from_bank(title=FIRST_TITLE, bank=create_default_bank())


def receive_founding(sender: object, **details: Any) -> None:
    """Receiver of `tenants.signals.company_founded`."""
    prepare_company()
