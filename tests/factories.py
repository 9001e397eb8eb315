"""Rows of the tenancy: shared ones anywhere, walled ones in the scope that is open when they are made."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from tenants.models import ApiKey, AuditEntry, Brand, Membership, Tenant, User


class TenantFactory(DjangoModelFactory[Tenant]):
    class Meta:
        model = Tenant

    name = factory.Sequence(lambda n: f"Company {n}")
    slug = factory.Sequence(lambda n: f"company-{n}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("correct horse battery")


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    display_name = "Company Careers"


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    class Meta:
        model = ApiKey

    name = "Key"
    prefix = "vv_live_test"
    digest = factory.Sequence(lambda n: f"{n:064x}")


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    actor = "system"
    verb = "did"
