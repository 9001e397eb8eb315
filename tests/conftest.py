"""The cast: two companies, a person for each role, an outsider who owns the other one, and the platform's staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from tenants.domain.members import add_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Role
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def quick_and_tidy(settings: Settings, tmp_path: Path) -> None:
    """Cheap password hashes, and no files outside the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with transactions of their own empty all tables in between, which the audit log's trigger would refuse."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_auditentry DISABLE TRIGGER audit_no_truncate")


@pytest.fixture
def acme(db: None) -> Tenant:
    return create_tenant(name="Acme", slug="acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return create_tenant(name="Globex", slug="globex")


@pytest.fixture
def in_acme(acme: Tenant) -> Iterator[Tenant]:
    """The whole test in Acme's scope."""
    with tenant_scope(acme):
        yield acme


def make_member(tenant: Tenant, role: Role) -> User:
    with tenant_scope(tenant):
        return add_member(email=f"{role}@{tenant.slug}.example", name=f"{role.label} of {tenant.name}", role=role).user


@pytest.fixture
def owner(acme: Tenant) -> User:
    return make_member(acme, Role.OWNER)


@pytest.fixture
def recruiter(acme: Tenant) -> User:
    return make_member(acme, Role.RECRUITER)


@pytest.fixture
def reviewer(acme: Tenant) -> User:
    return make_member(acme, Role.REVIEWER)


@pytest.fixture
def viewer(acme: Tenant) -> User:
    return make_member(acme, Role.VIEWER)


@pytest.fixture
def outsider(globex: Tenant) -> User:
    """Owns Globex, has no business at Acme."""
    return make_member(globex, Role.OWNER)


@pytest.fixture
def platform_staff(db: None) -> User:
    return UserFactory.create(email="ops@platform.example", is_platform_staff=True)


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    """A browser in which the person is logged in."""

    def make_client(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="tenants.auth.EmailBackend")
        return client

    return make_client
