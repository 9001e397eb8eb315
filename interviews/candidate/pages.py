"""What the candidate's templates are given."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.formats import date_format

from interviews.candidate.colours import make_readable
from interviews.candidate.texts import script_texts
from interviews.models import Invitation
from tenants.models import Brand


def brand_context(*, invitation: Invitation) -> dict[str, Any]:
    """Whose page this is: names, logo, colours that can be read, and whom to write to."""
    brand = Brand.objects.first()
    interview = invitation.interview
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
        "candidate": invitation.candidate,
        "deadline": date_format(deadline, "j F, H:i"),
        "deadline_day": date_format(deadline, "j F Y"),
        "deadline_zone": deadline.tzname(),
    }


def interview_context(
    request: HttpRequest, *, invitation: Invitation, state: dict[str, Any], token: str
) -> dict[str, Any]:
    """The lobby, the room and the end, all in one document; `config` is what its script starts from."""
    context = brand_context(invitation=invitation)
    progress = state["progress"]
    config = {
        "state": state,
        "urls": {name: reverse(f"candidate:{name}", args=[token]) for name in ("state", "start", "leave", "decline")}
        | {"socket": f"/ws/candidate/{token}"},
        "csrf": get_token(request),
        "texts": script_texts(interviewer=context["interviewer"] or context["company"]),
        "consent_version": invitation.interview.consent_version,
        "typing_allowed": invitation.interview.typing_allowed,
        "locale": request.LANGUAGE_CODE,
    }
    return context | {
        "config": config,
        "token": token,
        "minutes": max(1, round(progress["total_limit"] / 60)),
        "cannot_hear": settings.BOT_CANNOT_HEAR,
        "question_count": progress["count"],
        "resuming": progress["index"] > 0,
        "question_index": progress["index"],
        "consented": invitation.consented_at is not None
        and invitation.consent_version == invitation.interview.consent_version,
    }
