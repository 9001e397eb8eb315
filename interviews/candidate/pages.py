"""What the candidate's templates are given."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

from interviews.candidate.colours import make_readable
from interviews.candidate.language import PARAMETER, asked_language
from interviews.candidate.texts import script_texts
from interviews.domain.languages import choices_for, interview_texts, name_natively
from interviews.domain.sessions import latest_session
from interviews.models import Invitation
from tenants.models import Brand

PAGES = ("interview", "state", "start", "leave", "decline")


def page_urls(request: HttpRequest, token: str) -> dict[str, str]:
    """The addresses of a link's pages, by name; where one was asked for in a language, the others keep to it."""
    kept = f"?{PARAMETER}={get_language()}" if asked_language(request) else ""
    return {name: reverse(f"candidate:{name}", args=[token]) + kept for name in PAGES}


def brand_context(*, invitation: Invitation) -> dict[str, Any]:
    """Whose page this is: names, logo, colours that can be read, and whom to write to. In the active language."""
    brand = Brand.objects.first()
    interview = invitation.interview
    texts = interview_texts(interview=interview, language=get_language())
    deadline = invitation.expires_at.astimezone(ZoneInfo(invitation.candidate.time_zone))
    return {
        "brand": brand,
        "logo_url": brand.logo_url if brand else "",
        "company": brand.display_name if brand else invitation.tenant.name,
        "interviewer": interview.interviewer_name or (brand.interviewer_name if brand else ""),
        "colours": make_readable(brand.primary_colour) if brand else None,
        "contact": brand.reply_to if brand else "",
        "invitation": invitation,
        "interview": interview,
        "texts": texts,
        "welcome": brand.welcome_text if brand and texts.language == interview.language else "",
        "candidate": invitation.candidate,
        "deadline": date_format(deadline, pgettext("date format", "j F, H:i")),
        "deadline_day": date_format(deadline, pgettext("date format", "j F Y")),
        "deadline_zone": deadline.tzname(),
    }


def interview_context(
    request: HttpRequest, *, invitation: Invitation, state: dict[str, Any], token: str
) -> dict[str, Any]:
    """The lobby, the room and the end, all in one document; `config` is what its script starts from."""
    context = brand_context(invitation=invitation)
    progress = state["progress"]
    urls = page_urls(request, token)
    language = context["texts"].language
    choices = choices_for(invitation=invitation)
    config = {
        "state": state,
        "urls": {name: urls[name] for name in ("state", "start", "leave", "decline")}
        | {"socket": f"/ws/candidate/{token}"},
        "csrf": get_token(request),
        "texts": script_texts(interviewer=context["interviewer"] or context["company"]),
        "consent_version": invitation.interview.consent_version,
        "typing_allowed": invitation.interview.typing_allowed,
        "locale": language,
    }
    return context | {
        "config": config,
        "urls": urls,
        "languages": [(choice, name_natively(choice)) for choice in choices] if len(choices) > 1 else [],
        "minutes": max(1, round(progress["total_limit"] / 60)),
        "may_be_recorded": invitation.interview.record,
        "record": invitation.interview.record and was_recorded(invitation=invitation, language=language),
        "cannot_hear": settings.BOT_CANNOT_HEAR,
        "question_count": progress["count"],
        "resuming": progress["index"] > 0,
        "question_index": progress["index"],
        "consented": invitation.consented_at is not None
        and invitation.consent_version == invitation.interview.consent_version
        and invitation.consent_locale == language,
    }


def was_recorded(*, invitation: Invitation, language: str) -> bool:
    """Whether the candidate wanted to be recorded when they last started, under the words that they see now."""
    agreed = (invitation.recording_consent_version, invitation.recording_consent_locale)
    session = latest_session(invitation=invitation)
    return session is not None and session.record and agreed == (invitation.interview.consent_version, language)
