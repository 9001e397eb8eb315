"""The same order several times at the same moment, as an ATS sends it that has lost patience."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tenants.models import Tenant
from tests.interviews.ats.conftest import Ats
from tests.interviews.ats.test_greenhouse import order


@pytest.mark.django_db(transaction=True)
def test_four_of_the_same_order_at_once_are_one_invitation(acme: Tenant, make_ats: Callable[..., Ats]) -> None:
    ats = make_ats(acme, "greenhouse")
    together = threading.Barrier(4)

    def send(_number: int) -> tuple[int, Any]:
        mine = Ats(ats.tenant, ats.connection, ats.key, ats.receiver, ats.interview, Client())
        together.wait(timeout=10)
        try:
            return mine.call("POST", "send_test", order(ats))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    [invitation] = ats.invitations()
    assert answers == 4 * [(200, {"partner_interview_id": f"inv_{invitation.pk.hex}"})]
