"""The WebRTC offer, passed on to the runner that holds the candidate's bot. The runner itself is never public."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interviews.candidate.answers import Refusal, read_json, sealed
from interviews.candidate.link import UnknownLink, open_link
from interviews.domain import sessions
from interviews.domain.tls import trusted_certificates
from interviews.enums import EndReason, SessionStatus
from interviews.models import Session

#: Method -> the fields passed on. A runner lets `request_data` replace the bot's job, so nothing else goes through.
FIELDS = {"POST": ("sdp", "type", "pc_id", "restart_pc"), "PATCH": ("pc_id", "candidates")}
TIMEOUT = httpx.Timeout(10, connect=3)
CONNECTABLE = (SessionStatus.WAITING, SessionStatus.LIVE)


class RunnerLost(Exception):
    """The runner is gone, or has forgotten the session."""


@dataclass(frozen=True)
class Bot:
    """Where one session's bot takes offers, and the language of its interview."""

    session_id: UUID
    url: str
    language: str


@sealed
@require_http_methods(["POST", "PATCH"])
async def offer(request: HttpRequest, token: str, session_id: UUID) -> HttpResponse:
    """Pass an offer (POST) or ICE candidates (PATCH) on, and answer what the runner answers."""
    body = read_json(request)
    bot = await sync_to_async(find_bot)(token=token, session_id=session_id)
    message = {name: body[name] for name in FIELDS[request.method or ""] if name in body}
    with override(bot.language):
        try:
            return JsonResponse(await forward(request.method or "", bot=bot, message=message))
        except RunnerLost as lost:
            await sync_to_async(give_up)(token=token, session_id=session_id, method=request.method or "")
            sentence = _("Your interviewer went away. Press start again to get another one.")
            raise Refusal(sentence, status=409) from lost


def find_bot(*, token: str, session_id: UUID) -> Bot:
    """The bot of this link's running session. Raises Refusal: 404 for any other session, 409 for one not ready."""
    try:
        with open_link(token) as invitation:
            session = Session.objects.filter(pk=session_id, invitation=invitation).first()
            if session is None:
                raise Refusal(_("This interview is not known. Open the link from your invitation again."), status=404)
            if session.status not in CONNECTABLE or session.transport != "webrtc":
                raise Refusal(_("This interview is not ready to connect. Press start again."), status=409)
            return Bot(
                session_id=session.pk,
                url=f"{session.runner_url}/sessions/{session.runner_session_id}/api/offer",
                language=get_language(),
            )
    except UnknownLink as error:
        raise Refusal(_("This link is not known. Open the link from your invitation again."), status=404) from error


def give_up(*, token: str, session_id: UUID, method: str) -> None:
    """End a session whose runner was lost, so that the next start gets another bot.

    Once the candidate has met the bot only a new offer tells: what belongs to an old connection (PATCH) may be refused
    although the bot is there.
    """
    statuses = CONNECTABLE if method == "POST" else (SessionStatus.WAITING,)
    with open_link(token) as invitation:
        lost = Session.objects.filter(pk=session_id, invitation=invitation, status__in=statuses).first()
        if lost is not None:
            sessions.end_session(session=lost, reason=EndReason.BOT_LOST)


async def forward(method: str, *, bot: Bot, message: dict[str, Any]) -> dict[str, Any]:
    """Raises RunnerLost, or Refusal with 502 or 504 when it may work another time."""
    headers = {"Authorization": f"Bearer {settings.BOT_START_KEY}"} if settings.BOT_START_KEY else {}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, verify=trusted_certificates()) as client:
            answer = await client.request(method, bot.url, json=message, headers=headers)
    except httpx.ConnectError as error:
        raise RunnerLost from error
    except httpx.TimeoutException as error:
        raise Refusal(_("Your interviewer does not answer. We keep trying."), status=504) from error
    except httpx.HTTPError as error:
        raise Refusal(_("Your interviewer cannot be reached. We keep trying."), status=502) from error
    if answer.status_code == 404:
        raise RunnerLost
    if not answer.is_success:
        raise Refusal(_("Your interviewer did not accept the connection. We keep trying."), status=502)
    try:
        reply = answer.json()
    except ValueError as error:
        raise Refusal(_("The interviewer's answer could not be read. We keep trying."), status=502) from error
    # The runner answers 200 with nothing where it has nothing to say.
    return reply if isinstance(reply, dict) else {}
