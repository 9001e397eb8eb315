import pytest
from django.core.exceptions import ValidationError

from tenants.domain.members import Place, add_member, change_role, find_place, remove_member
from tenants.enums import Role
from tenants.models import AuditEntry, Membership, Tenant, User
from tenants.scope import TenantScopeError, tenant_scope
from tests.factories import UserFactory


def log() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.exclude(verb="founded").order_by("at")
    return [(entry.actor, entry.verb, entry.object_label) for entry in entries]


def test_a_new_person_gets_an_account_that_nobody_can_log_in_to(in_acme: Tenant) -> None:
    membership = add_member(email=" Kim@Example.org ", name="Kim", role=Role.RECRUITER)
    user = User.objects.get(email="kim@example.org")
    assert (membership.user, membership.role, membership.tenant) == (user, Role.RECRUITER, in_acme)
    assert (user.email, user.name, user.is_staff, user.is_platform_staff) == ("kim@example.org", "Kim", True, False)
    assert user.has_usable_password()  # Else "Forgotten your password?" would send nothing.
    assert log() == [("system", "added the member", "Kim (Recruiter)")]


def test_a_known_person_keeps_the_account(acme: Tenant, outsider: User) -> None:
    with tenant_scope(acme):
        membership = add_member(email=outsider.email.upper(), name="Somebody", role=Role.VIEWER)
    assert (membership.user, membership.user.name) == (outsider, "Owner of Globex")


def test_nobody_is_added_twice(in_acme: Tenant, owner: User) -> None:
    with pytest.raises(ValidationError, match=r"owner@acme\.example is a member already"):
        add_member(email=owner.email, role=Role.VIEWER)
    assert Membership.objects.count() == 1


def test_an_address_must_be_one(in_acme: Tenant) -> None:
    with pytest.raises(ValidationError):
        add_member(email="nonsense", role=Role.VIEWER)
    assert User.objects.count() == 0


def test_without_a_tenant_nothing_is_made(acme: Tenant) -> None:
    with pytest.raises(TenantScopeError):
        add_member(email="kim@example.org", role=Role.VIEWER)


def test_a_role_changes_and_the_log_says_how(in_acme: Tenant, owner: User, viewer: User) -> None:
    change_role(membership=Membership.objects.get(user=viewer), role=Role.REVIEWER, actor=owner, ip="192.0.2.1")
    assert Membership.objects.get(user=viewer).role == Role.REVIEWER
    entry = AuditEntry.objects.get(verb="changed the role of")
    assert (entry.actor, entry.actor_id, entry.ip) == (owner.email, owner.pk, "192.0.2.1")
    assert entry.details == {"from": "viewer", "to": "reviewer"}


def test_a_member_is_removed_and_the_account_stays(in_acme: Tenant, owner: User, viewer: User) -> None:
    remove_member(membership=Membership.objects.get(user=viewer), actor=owner)
    assert list(Membership.objects.values_list("user", flat=True)) == [owner.pk]
    assert User.objects.filter(pk=viewer.pk).exists()
    assert log()[-1] == (owner.email, "removed the member", "Viewer of Acme (Viewer)")


def test_the_last_owner_stays_owner(in_acme: Tenant, owner: User) -> None:
    membership = Membership.objects.get(user=owner)
    with pytest.raises(ValidationError, match="needs an owner"):
        remove_member(membership=membership)
    with pytest.raises(ValidationError, match="needs an owner"):
        change_role(membership=membership, role=Role.VIEWER)
    assert Membership.objects.get().role == Role.OWNER


def test_one_of_two_owners_may_go(in_acme: Tenant, owner: User) -> None:
    second = add_member(email="second@acme.example", role=Role.OWNER)
    remove_member(membership=Membership.objects.get(user=owner))
    assert list(Membership.objects.all()) == [second]


class TestPlace:
    def test_the_chosen_company_if_one_belongs_to_it(self, acme: Tenant, globex: Tenant, owner: User) -> None:
        with tenant_scope(globex):
            membership = add_member(email=owner.email, role=Role.VIEWER)
        assert find_place(user=owner, tenant_id=globex.pk) == Place(globex, membership, Role.VIEWER)

    def test_else_the_first_one(self, acme: Tenant, globex: Tenant, owner: User) -> None:
        with tenant_scope(acme):
            place = Place(acme, Membership.objects.get(user=owner), Role.OWNER)
        assert find_place(user=owner, tenant_id=None) == place
        assert find_place(user=owner, tenant_id=globex.pk) == place

    def test_a_closed_company_is_none(self, acme: Tenant, owner: User) -> None:
        Tenant.objects.update(is_active=False)
        assert find_place(user=owner, tenant_id=acme.pk) is None

    def test_somebody_without_membership_has_none(self, acme: Tenant) -> None:
        assert find_place(user=UserFactory.create(), tenant_id=acme.pk) is None

    def test_platform_staff_has_the_one_it_entered(self, acme: Tenant, platform_staff: User) -> None:
        assert find_place(user=platform_staff, tenant_id=None) is None
        assert find_place(user=platform_staff, tenant_id=acme.pk) == Place(acme, None, Role.OWNER)
