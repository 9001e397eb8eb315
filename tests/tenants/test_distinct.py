import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.distinct import distinct_values
from tenants.models import ApiKey, AuditEntry, Tenant
from tenants.scope import TenantScopeError, tenant_scope
from tests.factories import AuditEntryFactory


def test_each_value_once_and_only_ones_own(acme: Tenant, globex: Tenant) -> None:
    with tenant_scope(globex):
        AuditEntryFactory.create(verb="invited")
        AuditEntryFactory.create(verb="viewed")
    with tenant_scope(acme):
        for verb in ("decided", "viewed", "decided", "", "viewed"):
            AuditEntryFactory.create(verb=verb, actor="Ada")
        before = set(AuditEntry.objects.exclude(actor="Ada").values_list("verb", flat=True))
        with CaptureQueriesContext(connection) as queries:
            found = distinct_values(AuditEntry, "verb")
        assert (found, len(queries)) == (sorted({"", "decided", "viewed"} | before), 1)


def test_none_of_no_rows(in_acme: Tenant) -> None:
    assert distinct_values(ApiKey, "name") == []


def test_no_scope_no_answer(db: None) -> None:
    with pytest.raises(TenantScopeError):
        distinct_values(AuditEntry, "verb")
