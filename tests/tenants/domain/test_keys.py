from datetime import timedelta

from django.utils import timezone

from tenants.domain.keys import LAST_USED_PRECISION, find_api_key, issue_api_key, revoke_api_key
from tenants.domain.tokens import digest_of, find_tenant_by_token, forget_token
from tenants.enums import TokenKind
from tenants.models import ApiKey, AuditEntry, Tenant, TokenIndex, User
from tenants.scope import tenant_scope


def test_a_key_is_shown_once_and_kept_as_a_hash(in_acme: Tenant, owner: User) -> None:
    key, text = issue_api_key(name="ATS", scopes=["invitations:write"], actor=owner)
    assert text.startswith("vv_live_")
    assert len(text) == len("vv_live_") + 43
    stored = ApiKey.objects.values().get(pk=key.pk)
    assert (stored["name"], stored["prefix"], stored["digest"]) == ("ATS", text[:12], digest_of(text))
    assert stored["scopes"] == ["invitations:write"]
    assert text not in str(stored)
    assert AuditEntry.objects.filter(verb="issued the API key", actor=owner.email, object_label="ATS").count() == 1


def test_a_key_leads_to_its_tenant_and_to_itself(acme: Tenant, globex: Tenant) -> None:
    with tenant_scope(acme):
        key, text = issue_api_key(name="ATS")
    assert find_tenant_by_token(kind=TokenKind.API_KEY, token=text) == acme
    with tenant_scope(acme):
        assert find_api_key(text=text) == key
    with tenant_scope(globex):
        assert find_api_key(text=text) is None


def test_a_token_opens_only_what_it_is_for(in_acme: Tenant) -> None:
    _, text = issue_api_key(name="ATS")
    assert find_tenant_by_token(kind=TokenKind.INVITATION, token=text) is None
    assert find_tenant_by_token(kind=TokenKind.API_KEY, token=text + "x") is None


def test_a_closed_tenants_token_opens_nothing(in_acme: Tenant) -> None:
    _, text = issue_api_key(name="ATS")
    Tenant.objects.update(is_active=False)
    assert find_tenant_by_token(kind=TokenKind.API_KEY, token=text) is None


def test_a_forgotten_token_opens_nothing(in_acme: Tenant) -> None:
    _, text = issue_api_key(name="ATS")
    forget_token(digest=digest_of(text))
    assert TokenIndex.objects.count() == 0
    assert find_tenant_by_token(kind=TokenKind.API_KEY, token=text) is None


def test_an_expired_key_opens_nothing(in_acme: Tenant) -> None:
    key, text = issue_api_key(name="ATS", expires_at=timezone.now() - timedelta(seconds=1))
    assert (find_api_key(text=text), key.is_usable) == (None, False)


def test_a_revoked_key_opens_nothing_and_revoking_again_changes_nothing(in_acme: Tenant, owner: User) -> None:
    key, text = issue_api_key(name="ATS")
    revoke_api_key(key=key, actor=owner)
    revoked_at = key.revoked_at
    revoke_api_key(key=key, actor=owner)
    assert (find_api_key(text=text), key.is_usable, key.revoked_at) == (None, False, revoked_at)
    assert AuditEntry.objects.filter(verb="revoked the API key").count() == 1


def test_use_is_noted_once_in_a_while(in_acme: Tenant) -> None:
    _, text = issue_api_key(name="ATS")
    used = [find_api_key(text=text).last_used_at for _ in range(2)]  # type: ignore[union-attr]
    assert used[0] == used[1]
    ApiKey.objects.update(last_used_at=timezone.now() - 2 * LAST_USED_PRECISION)
    assert find_api_key(text=text).last_used_at > used[0]  # type: ignore[union-attr, operator]
