"""The first hour: brand, interview, rehearsal, invitation; each done once the data says so."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from interviews.enums import InterviewStatus, InvitationStatus
from interviews.models import Interview, Invitation, Result
from tenants.models import Brand
from tenants.roles import Action, may

NOT_TRIED = (InvitationStatus.CREATED, InvitationStatus.INVITED)


@dataclass(frozen=True)
class Step:
    title: Any
    text: Any
    url: str
    done: bool


def list_steps(*, role: str, brand: Brand | None) -> list[Step]:
    """Those that `role` may take; empty once all are done, or as soon as a candidate has been interviewed."""
    if not may(role, Action.EDIT_INTERVIEWS) or Result.objects.real().exists():
        return []
    newest = Interview.objects.exclude(status=InterviewStatus.ARCHIVED).order_by("-created_at").first()
    interview = (
        reverse("admin:interviews_interview_change", args=[newest.pk])
        if newest
        else reverse("admin:interviews_interview_add")
    )
    steps = [
        Step(
            title=_("Publish your first interview"),
            text=_("Look at its questions and limits, change what you like, then publish it."),
            url=interview,
            done=Interview.objects.filter(status=InterviewStatus.PUBLISHED).exists(),
        ),
        Step(
            title=_("Rehearse it yourself"),
            text=_("Meet your interviewer as a candidate does. Rehearsals appear in no figure."),
            url=interview,
            done=Invitation.objects.filter(rehearsal=True, simulation=None).exclude(status__in=NOT_TRIED).exists(),
        ),
        Step(
            title=_("Invite the first candidate"),
            text=_("They get an e-mail with a link that opens the interview in their browser."),
            url=reverse("admin:interviews_invitation_add"),
            done=Invitation.objects.real().exists(),
        ),
    ]
    if may(role, Action.MANAGE_TENANT) and brand is not None:
        step = Step(
            title=_("Make it yours"),
            text=_("Your name, logo and colours, as candidates see them."),
            url=reverse("admin:tenants_brand_change", args=[brand.pk]),
            done=is_made_theirs(brand),
        )
        steps.insert(0, step)
    return [] if all(step.done for step in steps) else steps


def is_made_theirs(brand: Brand) -> bool:
    """Whether anything that candidates see of the brand is no longer as it was founded."""
    shown = ("logo", "primary_colour", "accent_colour", "font", "welcome_text", "reply_to", "interviewer_name")
    fresh = Brand()
    return any((getattr(brand, name) or "") != (getattr(fresh, name) or "") for name in shown)
