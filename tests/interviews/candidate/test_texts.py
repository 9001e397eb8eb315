"""Where an interview may not be typed, nothing that the candidate reads offers it."""

import json
import re

import pytest
from pytest_django.fixtures import Settings

from interviews.candidate.texts import script_texts
from interviews.domain import emails
from interviews.models import Invitation, OutgoingEmail
from tenants.scope import tenant_scope
from tests.interviews.candidate.conftest import Link

#: Said by the page when the bot offers to type, which it does not where that is not allowed.
OFFERED_BY_THE_BOT = "You can type your answer here."


def test_a_spoken_interview_says_nothing_of_typing_when_the_microphone_fails() -> None:
    spoken = script_texts(interviewer="Nova", typing_allowed=False)
    either = script_texts(interviewer="Nova", typing_allowed=True)
    assert set(spoken) == set(either)
    assert [text for text in spoken.values() if "type" in text.lower()] == [OFFERED_BY_THE_BOT]
    assert len([text for text in either.values() if "type" in text.lower()]) == 7


@pytest.mark.parametrize(("allowed", "offers"), [(True, True), (False, False)])
def test_lobby_room_and_mail_offer_typing_where_it_is_allowed(
    link: Link, settings: Settings, allowed: bool, offers: bool
) -> None:
    settings.BOT_CANNOT_HEAR = True
    link.set_interview(typing_allowed=allowed)
    page = link.get().content.decode()
    config = json.loads(re.findall(r'<script id="interview-config"[^>]*>(.*?)</script>', page, re.DOTALL)[0])
    assert ("type" in config["texts"]["mic_denied_help"]) == offers
    assert ("Type instead" in page) == offers
    assert ("Speak or type" in page) == offers
    assert ('<form id="composer" class="composer" hidden>' in page) != offers
    with tenant_scope(link.tenant):
        emails.queue_invitation_email(invitation=Invitation.objects.get())
        mail = OutgoingEmail.objects.get()
    assert ["type instead of speaking" in body for body in (mail.text_body, mail.html_body)] == [offers, offers]
    assert ["and need a microphone" in body for body in (mail.text_body, mail.html_body)] == [not offers] * 2
