"""Which services a session's bot is started with."""

from botrunner.contract import SERVICES
from interviews.models import CompanyServices, Interview


def choose_services(*, interview: Interview, language: str) -> dict[str, str]:
    """kind -> name, for the kinds the interview or else its company chose; a bot uses its own for the others.

    What does not know the language is left out: an interview in several languages may have a voice for some.
    """
    company = CompanyServices.objects.first()
    chosen: dict[str, str] = {}
    for kind, offers in SERVICES.items():
        name = getattr(interview, kind) or getattr(company, kind, "")
        if name in offers and offers[name].knows(language):
            chosen[kind] = name
    return chosen
