import pytest
from django.core.exceptions import ValidationError

from tenants.domain.tenants import create_tenant, enter_tenant
from tenants.enums import Role
from tenants.models import AuditEntry, Brand, MemberInvitation, Membership, Tenant, User
from tenants.platform import memberships_of, platform_scope, tenant_ids
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db


def test_a_tenant_begins_with_brand_owner_and_log(platform_staff: User) -> None:
    tenant = create_tenant(
        name="Acme", slug="acme", owner_email="Ada@acme.example", time_zone="Europe/Berlin", actor=platform_staff
    )
    assert Tenant.objects.values("name", "slug", "time_zone", "is_active").get() == {
        "name": "Acme",
        "slug": "acme",
        "time_zone": "Europe/Berlin",
        "is_active": True,
    }
    with tenant_scope(tenant):
        assert Brand.objects.get().display_name == "Acme"
        assert list(MemberInvitation.objects.values_list("email", "role")) == [("ada@acme.example", Role.OWNER)]
        assert Membership.objects.count() == 0
        assert list(AuditEntry.objects.order_by("at").values_list("actor", "verb")) == [
            ("ops@platform.example", "founded"),
            ("ops@platform.example", "invited the member"),
        ]


@pytest.mark.parametrize("wrong", [{"slug": "acme"}, {"slug": "no slug"}, {"name": ""}, {"time_zone": "Mars/Olympus"}])
def test_what_is_wrong_is_refused_whole(acme: Tenant, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        create_tenant(**{"name": "Other", "slug": "other", "owner_email": "x@y.example"} | wrong)  # type: ignore[arg-type]
    assert list(Tenant.objects.all()) == [acme]
    assert User.objects.count() == 0


def test_a_tenant_has_one_brand(in_acme: Tenant) -> None:
    with pytest.raises(ValidationError, match="Brand with this Tenant already exists"):
        Brand(display_name="Second").full_clean()


@pytest.mark.parametrize("colour", ["#FFF", "red", "#12345g", "#1f4fd8; x", ""])
def test_a_colour_has_six_digits(in_acme: Tenant, colour: str) -> None:
    brand = Brand.objects.get()
    brand.full_clean()
    brand.primary_colour = colour
    with pytest.raises(ValidationError) as caught:
        brand.full_clean()
    assert list(caught.value.message_dict) == ["primary_colour"]


def test_platform_staff_enters_on_record(acme: Tenant, platform_staff: User) -> None:
    enter_tenant(user=platform_staff, tenant=acme, ip="192.0.2.7")
    with tenant_scope(acme):
        entry = AuditEntry.objects.exclude(verb="founded").get()
        assert (entry.actor, entry.verb, entry.ip) == ("ops@platform.example", "entered as platform staff", "192.0.2.7")


def test_nobody_else_does(acme: Tenant, outsider: User) -> None:
    with pytest.raises(PermissionError):
        enter_tenant(user=outsider, tenant=acme)


def test_the_platform_lists_active_tenants_and_memberships(acme: Tenant, globex: Tenant, owner: User) -> None:
    assert tenant_ids() == [acme.pk, globex.pk]
    assert [(m.tenant.name, m.role) for m in memberships_of(owner)] == [("Acme", "owner")]
    Tenant.objects.filter(pk=acme.pk).update(is_active=False)
    assert tenant_ids() == [globex.pk]
    assert memberships_of(owner) == []


def test_a_tenant_goes_with_all_it_owns_and_leaves_the_others(acme: Tenant, globex: Tenant, owner: User) -> None:
    with platform_scope():
        acme.delete()
        assert list(Brand.across_tenants.values_list("tenant", flat=True)) == [globex.pk]
        assert list(AuditEntry.across_tenants.values_list("tenant", flat=True)) == [globex.pk]
        assert Membership.across_tenants.count() == 0
