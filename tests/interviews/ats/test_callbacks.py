"""Call-backs: tried again on the schedule, failed visibly, sent again on wish, and one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from interviews import tasks
from interviews.domain import ats_connections, ats_deliveries, erasure, invitations, outbound, queue, sweeps
from interviews.domain.ats_connections import log_call
from interviews.domain.ats_outcomes import scale
from interviews.domain.deliveries import AT_ONCE, SCHEDULE
from interviews.enums import AtsDirection
from interviews.models import AtsCall, AtsCallback, AtsConnection, Order, OutgoingEmail
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.ats.conftest import Ats
from tests.interviews.ats.test_ashby import start
from tests.interviews.ats.test_greenhouse import order

pytestmark = pytest.mark.django_db


@pytest.fixture
def greenhouse(acme: Tenant, make_ats: Callable[..., Ats]) -> Ats:
    """With an interview that is done and not yet told."""
    ats = make_ats(acme, "greenhouse")
    ats.hold(ats.call("POST", "send_test", order(ats))[1]["partner_interview_id"])
    return ats


def make_due(ats: Ats) -> None:
    with tenant_scope(ats.tenant):
        AtsCallback.objects.update(next_try_at=timezone.now())


def test_a_failed_one_is_tried_again_and_each_try_is_logged(greenhouse: Ats) -> None:
    greenhouse.receiver.answer(503, b"busy, ask boss@acme.example, key vv_ats_abc")
    assert greenhouse.send_due() == [("result.ready", "pending", 1)]
    assert greenhouse.send_due() == [("result.ready", "pending", 1)]  # Not due yet.
    with tenant_scope(greenhouse.tenant):
        callback = AtsCallback.objects.get()
    assert callback.next_try_at is not None
    pause = (callback.next_try_at - timezone.now()).total_seconds()
    assert (callback.last_error, pause < SCHEDULE[0] * 1.1) == ("503 busy, ask …, key …", True)
    greenhouse.receiver.answer(200)
    make_due(greenhouse)
    assert greenhouse.send_due() == [("result.ready", "delivered", 2)]
    assert [call[1:] for call in greenhouse.calls()[-2:]] == [
        ("PATCH completed test", 503, "busy, ask …, key …"),
        ("PATCH completed test", 200, ""),
    ]


def test_a_redirect_is_not_followed(greenhouse: Ats) -> None:
    greenhouse.receiver.answer(302, b"", Location=f"{greenhouse.receiver.url}/elsewhere")
    assert greenhouse.send_due() == [("result.ready", "pending", 1)]
    assert [path for _method, path, _proof, _body in greenhouse.taken()] == ["/hook/take_home_tests/12345"]


def test_after_the_last_try_it_has_failed_owners_are_told_and_it_can_be_sent_again(
    greenhouse: Ats, owner: User
) -> None:
    greenhouse.receiver.answer(500)
    with tenant_scope(greenhouse.tenant):
        AtsCallback.objects.update(tries=len(SCHEDULE))
    assert greenhouse.send_due() == [("result.ready", "failed", len(SCHEDULE) + 1)]
    with tenant_scope(greenhouse.tenant):
        told = OutgoingEmail.objects.filter(kind="notice").values_list("recipient", "subject")
        assert list(told) == [(owner.email, "Greenhouse was not told of a result")]
        greenhouse.receiver.answer(200)
        assert ats_deliveries.send_again(AtsCallback.objects.all()) == 1
    assert greenhouse.send_due() == [("result.ready", "delivered", 1)]


def test_only_one_worker_sends(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        pk = AtsCallback.objects.get().pk
        assert ats_deliveries.claim_callback(callback_id=pk) is not None
    tasks.send_ats_callback(str(greenhouse.tenant.pk), str(pk))
    assert greenhouse.taken() == []


def cancel_several(ats: Ats, count: int) -> list[AtsCallback]:
    """So many call-backs that are due, the longest first."""
    for number in range(count):
        ats.call("POST", "send_test", order(ats, url=f"{ats.receiver.url}/{number}"))
    for invitation in ats.invitations():
        with tenant_scope(ats.tenant):
            invitations.cancel(invitation=invitation)
    with tenant_scope(ats.tenant):
        return list(AtsCallback.objects.order_by("next_try_at"))


def test_an_ats_that_keeps_us_waiting_takes_no_more_than_its_companys_share(
    acme: Tenant, globex: Tenant, make_ats: Callable[..., Ats], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(queue, "send_once", lambda *call: sent.append(call))
    mine = cancel_several(make_ats(acme, "greenhouse"), AT_ONCE + 2)
    (theirs,) = cancel_several(make_ats(globex, "greenhouse"), 1)
    with tenant_scope(acme):
        claimed = [ats_deliveries.claim_callback(callback_id=each.pk) is not None for each in mine]
        assert (claimed, ats_deliveries.find_waiting()) == ([True] * AT_ONCE + [False] * 2, mine[AT_ONCE].pk)
    with tenant_scope(globex):
        assert ats_deliveries.claim_callback(callback_id=theirs.pk) is not None
    with tenant_scope(acme):
        answer = outbound.Answer(status=200, text="", error="", seconds=0)
        ats_deliveries.record_answer(callback=mine[0], name="PATCH", answer=answer, taken=True)
    tasks.send_ats_callback(str(acme.pk), str(mine[AT_ONCE].pk))
    assert sent == [("send_ats_callback", acme.pk, mine[AT_ONCE + 1].pk)]


def test_the_sweep_finds_what_is_due_and_what_a_dead_worker_held(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        pk = AtsCallback.objects.get().pk
    mine = [(greenhouse.tenant.pk, pk)]
    now, found = timezone.now(), []
    for due, held in ((-10, None), (10, None), (-10, -1), (-10, 10)):
        with tenant_scope(greenhouse.tenant):
            AtsCallback.objects.update(
                next_try_at=now + timedelta(seconds=due),
                claimed_until=held and now + timedelta(seconds=held),
            )
        found.append(sweeps.ats_callbacks_to_send() == mine)
    assert found == [True, False, True, False]


def test_the_sweep_takes_companies_in_turn(
    acme: Tenant, globex: Tenant, make_ats: Callable[..., Ats], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    waited = timezone.now() - timedelta(hours=1)
    for tenant, count in ((acme, 3), (globex, 1)):
        ats = make_ats(tenant, "greenhouse")
        for number in range(count):
            ats.call("POST", "send_test", order(ats, url=f"{ats.receiver.url}/{number}"))
        for invitation in ats.invitations():
            with tenant_scope(tenant):
                invitations.cancel(invitation=invitation)
        with tenant_scope(tenant):
            AtsCallback.objects.update(next_try_at=waited)
        waited += timedelta(minutes=1)
    assert {tenant_id for tenant_id, _pk in sweeps.ats_callbacks_to_send()} == {acme.pk, globex.pk}


def test_a_dead_workers_comes_after_all_others(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        pk = AtsCallback.objects.get().pk
        assert ats_deliveries.claim_callback(callback_id=pk) is not None
        callback = AtsCallback.objects.get()
    assert callback.next_try_at == callback.claimed_until


def test_news_while_one_waits_is_told_at_once_and_once(acme: Tenant, make_ats: Callable[..., Ats]) -> None:
    ashby = make_ats(acme, "ashby")
    ashby.receiver.answer(500)
    held = ashby.begin(start(ashby))
    assert ashby.send_due() == [("session.started", "pending", 1)]
    ashby.receiver.answer(200, b'{"success": true}')
    ashby.end(*held, 3)
    assert ashby.send_due() == [("result.ready", "delivered", 1)]  # On a schedule of its own.
    assert "assessment_result" in ashby.taken()[-1][3]


def test_while_it_is_off_nothing_is_told(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        ats_connections.switch_connection(connection=greenhouse.connection, enabled=False)
        assert ats_deliveries.send_again(AtsCallback.objects.all()) == 0
    assert greenhouse.send_due() == [("result.ready", "failed", 0)]
    assert greenhouse.taken() == []


def tell_without(ats: Ats, spoil: Callable[..., None], **how: object) -> list[tuple[str, str]]:
    """What is kept of an interview whose connection was spoiled before it was held: event and error."""
    id_ = ats.call("POST", "send_test", order(ats))[1]["partner_interview_id"]
    with tenant_scope(ats.tenant):
        spoil(connection=AtsConnection.objects.get(), **how)
    ats.hold(id_)
    assert ats.send_due() == [("result.ready", "failed", 0)]
    with tenant_scope(ats.tenant):
        return list(AtsCallback.objects.values_list("event", "last_error"))


def test_what_happens_while_it_is_off_has_visibly_failed_and_can_be_sent(
    acme: Tenant, make_ats: Callable[..., Ats]
) -> None:
    ats = make_ats(acme, "greenhouse")
    assert tell_without(ats, ats_connections.switch_connection, enabled=False) == [
        ("result.ready", "The connection is switched off. Switch it on, and send this again.")
    ]
    with tenant_scope(acme):
        ats_connections.switch_connection(connection=ats.connection, enabled=True)
        assert ats_deliveries.send_again(AtsCallback.objects.all()) == 1
    assert ats.send_due() == [("result.ready", "delivered", 1)]


def test_an_order_that_comes_again_over_a_new_connection_is_told_over_that(
    acme: Tenant, make_ats: Callable[..., Ats]
) -> None:
    ats = make_ats(acme, "greenhouse")
    assert tell_without(ats, ats_connections.remove_connection) == [
        ("result.ready", "The connection was removed. Install it anew, and let the ATS send its order again.")
    ]
    anew = make_ats(acme, "greenhouse")
    anew.call("POST", "send_test", order(ats))
    with tenant_scope(acme):
        assert ats_deliveries.send_again(AtsCallback.objects.all()) == 1
    assert anew.send_due() == [("result.ready", "delivered", 1)]
    assert [call[:3] for call in anew.calls()] == [("in", "send_test", 200), ("out", "PATCH completed test", 200)]


def test_what_waits_while_the_connection_is_removed_fails_and_stays(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        ats_connections.remove_connection(connection=greenhouse.connection)
    assert greenhouse.send_due() == [("result.ready", "failed", 0)]
    assert greenhouse.taken() == []


def test_a_secret_that_cannot_be_opened_any_more_is_said(greenhouse: Ats, settings: Settings) -> None:
    settings.SECRET_KEY = "another one"
    assert greenhouse.send_due() == [("result.ready", "failed", 0)]
    with tenant_scope(greenhouse.tenant):
        assert AtsCallback.objects.get().last_error[:33] == "A stored secret can't be read: SE"


def test_the_log_is_kept_for_90_days(greenhouse: Ats) -> None:
    with tenant_scope(greenhouse.tenant):
        old = log_call(
            connection_id=greenhouse.connection.pk, direction=AtsDirection.IN, name="old", status=200, seconds=0
        )
        AtsCall.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))
    tasks.forget_ats_calls()
    assert [name for _direction, name, *_ in greenhouse.calls()] == ["send_test"]


def test_erased_data_leaves_no_order_and_no_call_back(greenhouse: Ats) -> None:
    [invitation] = greenhouse.invitations()
    with tenant_scope(greenhouse.tenant):
        wish = erasure.request_erasure(candidate=invitation.candidate, requested_by="them")
        erasure.erase(erasure_id=wish.pk)
        assert (Order.objects.count(), AtsCallback.objects.count()) == (0, 0)
    asked = f"test_status?partner_interview_id=inv_{invitation.pk.hex}"
    assert greenhouse.call("GET", asked)[0] == 404


def test_an_expired_invitation_that_is_extended_still_tells_its_result(
    acme: Tenant, make_ats: Callable[..., Ats]
) -> None:
    ats = make_ats(acme, "greenhouse")
    id_ = ats.call("POST", "send_test", order(ats))[1]["partner_interview_id"]
    [invitation] = ats.invitations()
    with tenant_scope(acme):
        invitations.close(invitation=invitation, status=invitations.InvitationStatus.EXPIRED)
    ats.send_due()
    with tenant_scope(acme):
        invitations.extend(invitation=invitation, expires_at=timezone.now() + timedelta(days=1))
    ats.hold(id_)
    assert [event for event, *_ in ats.send_due()] == ["invitation.expired", "result.ready"]


@pytest.mark.parametrize(
    ("levels", "score"), [([], None), ([1], 0), ([5, 5], 100), ([3], 50), ([1, 2], 12), ([4, 4, 5], 83)]
)
def test_levels_from_1_to_5_are_a_score_from_0_to_100(levels: list[int], score: int | None) -> None:
    assert scale({str(number): level for number, level in enumerate(levels)}) == score


# --- Testing a connection -----------------------------------------------------------------------


def run_test(ats: Ats) -> tuple[bool | None, str]:
    with tenant_scope(ats.tenant):
        ats_connections.request_test(connection=ats.connection)
    tasks.test_ats_connection(str(ats.tenant.pk), str(ats.connection.pk))
    with tenant_scope(ats.tenant):
        connection = AtsConnection.objects.get(pk=ats.connection.pk)
    return connection.test_passed, connection.test_result.partition(" It ")[0]


@pytest.mark.parametrize(
    ("status", "body", "passed", "text"),
    [
        (
            200,
            b'{"success": true, "results": {}}',
            True,
            "Ashby knows the key. Whether it may write candidates shows with the first result.",
        ),
        (
            403,
            b'{"errors": ["missing_endpoint_permission"]}',
            True,
            "Ashby knows the key, which may not read about itself. What it may write was not tested.",
        ),
        (401, b"", False, "Ashby refuses the key with status 401. Enter it anew."),
        (200, b'{"success": false}', False, "Ashby refuses the key with status 200. Enter it anew."),
    ],
)
def test_ashby_is_asked_about_the_key(
    acme: Tenant, make_ats: Callable[..., Ats], status: int, body: bytes, passed: bool, text: str
) -> None:
    ashby = make_ats(acme, "ashby")
    ashby.receiver.answer(status, body)
    assert run_test(ashby) == (passed, text)
    assert [taken[:2] for taken in ashby.taken()] == [("POST", "/apiKey.info")]
    assert ashby.calls() == [("out", "test: apiKey.info", status, "")]


@pytest.mark.parametrize("system", ["greenhouse", "workable", "recruitee"])
def test_what_cannot_be_called_is_said_to_be_unverified(
    acme: Tenant, make_ats: Callable[..., Ats], system: str
) -> None:
    ats = make_ats(acme, system)
    passed, text = run_test(ats)
    assert (passed, text[:18], ats.taken()) == (None, "Nothing was called", [])


@pytest.mark.parametrize("system", ["ashby", "workable", "recruitee"])
def test_without_their_key_the_test_fails(acme: Tenant, make_ats: Callable[..., Ats], system: str) -> None:
    passed, text = run_test(make_ats(acme, system, credential=""))
    assert (passed, text[:9]) == (False, "Enter the")


def test_without_anything_to_choose_the_test_fails(acme: Tenant, make_ats: Callable[..., Ats]) -> None:
    ats = make_ats(acme, "greenhouse")
    with tenant_scope(acme):
        ats.interview.status = "archived"
        ats.interview.save()
        assert AtsCall.objects.count() == 0
    assert run_test(ats)[0] is False
