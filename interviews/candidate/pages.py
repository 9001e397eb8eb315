"""What the candidate's templates are given."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

from interviews.candidate.language import PARAMETER, asked_language
from interviews.candidate.texts import script_texts
from interviews.domain.languages import choices_for, interview_texts, name_natively
from interviews.domain.letters import zone_of
from interviews.domain.sessions import latest_session
from interviews.models import Invitation
from tenants.brand_texts import fill_in
from tenants.colours import make_readable
from tenants.models import Brand

PAGES = ("interview", "state", "start", "leave", "plan", "ask", "decline", "about_you")


def page_urls(request: HttpRequest, token: str) -> dict[str, str]:
    """The addresses of a link's pages, by name; where one was asked for in a language, the others keep to it."""
    kept = f"?{PARAMETER}={get_language()}" if asked_language(request) else ""
    return {name: reverse(f"candidate:{name}", args=[token]) + kept for name in PAGES}


def brand_context(*, invitation: Invitation, brand: Brand | None = None) -> dict[str, Any]:
    """Whose page this is: names, logo, colours that can be read, and whom to write to. In the active language.

    `brand` is one that is being tried out, instead of the company's.
    """
    brand = brand or Brand.objects.first()
    interview = invitation.offered
    texts = interview_texts(interview=interview, language=get_language())
    deadline = invitation.expires_at.astimezone(zone_of(invitation.candidate))
    planned = invitation.planned_at and invitation.planned_at.astimezone(zone_of(invitation.candidate))
    company = brand.display_name if brand else invitation.tenant.name
    welcome = brand.text_in(texts.language, "welcome_text") if brand else ""
    return {
        "brand": brand,
        "logo_url": brand.logo_url if brand else "",
        "company": company,
        "interviewer": interview.interviewer_name or (brand.interviewer_name if brand else ""),
        "colours": make_readable(brand.primary_colour) if brand else None,
        "accent": make_readable(brand.accent_colour) if brand else None,
        "font": brand.font_stack if brand else "",
        "contact": brand.reply_to if brand else "",
        "invitation": invitation,
        "interview": interview,
        "texts": texts,
        "welcome": fill_in(welcome, name=invitation.candidate.name, company=company, title=texts.title),
        "candidate": invitation.candidate,
        "deadline": date_format(deadline, pgettext("date format", "j F, H:i")),
        "deadline_day": date_format(deadline, pgettext("date format", "j F Y")),
        "deadline_zone": deadline.tzname(),
        "planned": date_format(planned, pgettext("date format", "j F, H:i")) if planned else "",
    }


def interview_context(
    request: HttpRequest, *, invitation: Invitation, state: dict[str, Any], token: str, brand: Brand | None = None
) -> dict[str, Any]:
    """The lobby, the room and the end, all in one document; `config` is what its script starts from."""
    context = brand_context(invitation=invitation, brand=brand)
    progress = state["progress"]
    urls = page_urls(request, token)
    language = context["texts"].language
    choices = choices_for(invitation=invitation)
    config = {
        "state": state,
        "urls": {name: urls[name] for name in ("state", "start", "leave", "decline")}
        | {"socket": f"/ws/candidate/{token}"},
        "csrf": get_token(request),
        "texts": script_texts(
            interviewer=context["interviewer"] or context["company"],
            typing_allowed=invitation.offered.typing_allowed,
        ),
        "consent_version": invitation.offered.consent_version,
        "typing_allowed": invitation.offered.typing_allowed,
        "locale": language,
    }
    return context | {
        "config": config,
        "urls": urls,
        "languages": [(choice, name_natively(choice)) for choice in choices] if len(choices) > 1 else [],
        "minutes": max(1, round(progress["total_limit"] / 60)),
        "may_be_recorded": invitation.offered.record,
        "record": invitation.offered.record and was_recorded(invitation=invitation, language=language),
        "cannot_hear": settings.BOT_CANNOT_HEAR,
        "question_count": progress["count"],
        "resuming": progress["index"] > 0,
        "question_index": progress["index"],
        "consented": invitation.consented_at is not None
        and invitation.consent_version == invitation.offered.consent_version
        and invitation.consent_locale == language,
    }


def was_recorded(*, invitation: Invitation, language: str) -> bool:
    """Whether the candidate wanted to be recorded when they last started, under the words that they see now."""
    agreed = (invitation.recording_consent_version, invitation.recording_consent_locale)
    session = latest_session(invitation=invitation)
    return session is not None and session.record and agreed == (invitation.offered.consent_version, language)
