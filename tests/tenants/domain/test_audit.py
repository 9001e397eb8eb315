import pytest

from tenants.domain.audit import acting, record
from tenants.domain.keys import issue_api_key
from tenants.models import AuditEntry, Brand, Tenant, User
from tenants.scope import TenantScopeError


def test_an_entry_says_who_what_when_and_from_where(in_acme: Tenant, owner: User) -> None:
    brand = Brand.objects.get()
    entry = record(verb="looked at", target=brand, details={"page": 2}, actor=owner, ip="192.0.2.7")
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert (stored.actor, stored.actor_id, stored.ip, stored.verb) == (owner.email, owner.pk, "192.0.2.7", "looked at")
    assert (stored.object_type, stored.object_id, stored.object_label) == ("tenants.brand", str(brand.pk), "Acme")
    assert (stored.details, stored.tenant) == ({"page": 2}, in_acme)


def test_outside_a_request_it_was_the_system(in_acme: Tenant) -> None:
    entry = record(verb="did")
    assert (entry.actor, entry.actor_id, entry.ip) == ("system", None, None)


def test_inside_one_it_is_who_acts_there(in_acme: Tenant, owner: User, viewer: User) -> None:
    with acting(actor=owner, ip="2001:db8::1"):
        inside, said = record(verb="did"), record(verb="did", actor=viewer, ip="192.0.2.8")
    after = record(verb="did")
    assert [(entry.actor, entry.ip) for entry in (inside, said, after)] == [
        (owner.email, "2001:db8::1"),
        (viewer.email, "192.0.2.8"),
        ("system", None),
    ]


def test_a_program_acts_by_its_keys_name(in_acme: Tenant) -> None:
    key, _text = issue_api_key(name="ATS")
    with acting(actor=key, ip=""):
        entry = record(verb="did")
    assert (entry.actor, entry.actor_id, entry.ip) == ("API key ATS", key.pk, None)


def test_changes_are_kept_without_secrets_and_shortened(in_acme: Tenant) -> None:
    changes = {
        "name": ("Old", "New"),
        "webhook_secret": ("whsec_1", "whsec_2"),
        "limit": (None, 3),
        "active": (True, False),
        "welcome_text": ("", "x" * 500),
    }
    entry = record(verb="changed", changes=changes)
    assert AuditEntry.objects.get(pk=entry.pk).changes == {
        "name": ["Old", "New"],
        "webhook_secret": ["(hidden)", "(hidden)"],
        "limit": [None, 3],
        "active": [True, False],
        "welcome_text": ["", "x" * 199 + "…"],
    }


def test_without_a_tenant_nothing_is_written(db: None) -> None:
    with pytest.raises(TenantScopeError):
        record(verb="did")
