"""What people do to their accounts, and what the platform's staff does, is on record."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from unfold.forms import AdminOwnPasswordChangeForm

from tenants.domain.audit import acting, record, record_once
from tenants.models import AuditEntry, Brand, PlatformEntry, Tenant, User
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
NEW = "a road that nobody knows"


def acts(tenant: Tenant, user: User) -> list[str]:
    with tenant_scope(tenant):
        return list(AuditEntry.objects.filter(actor_id=user.pk).order_by("at").values_list("verb", flat=True))


def staff_acts() -> list[tuple[str, str, str]]:
    return list(PlatformEntry.objects.order_by("at").values_list("verb", "company", "object_type"))


def test_changing_the_password_is(acme: Tenant, owner: User, log_in: LogIn) -> None:
    owner.set_password("the old one of theirs")
    owner.save()
    client, url = log_in(owner), reverse("admin:password_change")
    # Not Django's own, of whose fields nothing is to be seen in the theme.
    assert type(client.get(url).context["form"]) is AdminOwnPasswordChangeForm
    form = {"old_password": "another", "new_password1": NEW, "new_password2": NEW}
    assert client.post(url, form).status_code == 200
    assert acts(acme, owner) == []
    assert client.post(url, form | {"old_password": "the old one of theirs"}).status_code == 302
    assert acts(acme, owner) == ["changed their password"]


def test_so_is_ending_log_ins(acme: Tenant, owner: User, log_in: LogIn) -> None:
    here, elsewhere = log_in(owner), log_in(owner)
    for client in (here, elsewhere):
        client.get(reverse("tenants:sessions"))
    here.post(reverse("tenants:sessions"), {"session": "others"})
    assert acts(acme, owner) == ["ended log-ins of their own"]


def test_looking_in_many_requests_is_one_entry(in_acme: Tenant, owner: User, viewer: User) -> None:
    brand = Brand.objects.get()
    for person in (owner, owner, viewer):
        with acting(actor=person, ip=None):
            record_once(verb="looked at", target=brand)
    assert sorted(AuditEntry.objects.filter(verb="looked at").values_list("actor", flat=True)) == sorted(
        [owner.email, viewer.email]
    )


class TestPlatformStaff:
    def test_leaves_a_trace_wherever_it_acts(self, acme: Tenant, platform_staff: User, log_in: LogIn) -> None:
        client = log_in(platform_staff)
        client.post(reverse("admin:tenants_user_add"), {"email": "new@platform.example", "name": "New"})
        client.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
        client.get(reverse("usage:all-csv"))
        assert staff_acts() == [
            ("added", "", "tenants.user"),
            ("entered as platform staff", "acme", "tenants.tenant"),
            ("exported the usage of all companies", "", ""),
        ]
        assert (
            "entered as platform staff"
            in client.get(reverse("admin:tenants_platformentry_changelist")).content.decode()
        )

    def test_of_whom_members_are_none(self, in_acme: Tenant, owner: User) -> None:
        record(verb="looked at", actor=owner)
        assert staff_acts() == []

    def test_which_nobody_rewrites(self, in_acme: Tenant, platform_staff: User) -> None:
        record(verb="looked at", target=Brand.objects.get(), actor=platform_staff)
        for change in (PlatformEntry.objects.all().delete, lambda: PlatformEntry.objects.update(verb="undid")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert staff_acts() == [("looked at", "acme", "tenants.brand")]
