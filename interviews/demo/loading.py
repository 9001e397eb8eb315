"""Putting a demo company in place: what is there already stays as it is."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.core.files import File
from django.db import transaction

from interviews.demo.companies import DemoCompany
from interviews.domain.banks import create_bank, create_interview_from_bank
from interviews.domain.invitations import create_invitation, mint_link
from interviews.models import Interview, QuestionBank
from tenants.domain.keys import issue_api_key, revoke_api_key
from tenants.domain.members import add_member
from tenants.domain.tenants import create_tenant
from tenants.enums import Scope
from tenants.models import ApiKey, Brand, Membership, Tenant, User
from tenants.scope import tenant_scope

#: The name of the key that each start of the demo issues.
DEMO_KEY = "Demo"


@transaction.atomic
def load_company(*, company: DemoCompany, password: str) -> Tenant:
    """The company's tenant, complete; `password` is set for all its members."""
    tenant = Tenant.objects.filter(slug=company.slug).first()
    if tenant is None:
        tenant = create_tenant(name=company.name, slug=company.slug, time_zone=company.time_zone)
    with tenant_scope(tenant):
        _load_brand(company)
        _load_members(company, password)
        _load_interview(company)
    return tenant


def invite_candidate(*, company: DemoCompany, tenant: Tenant) -> str:
    """A fresh invitation to the company's interview, sent to nobody; its link."""
    with tenant_scope(tenant):
        invitation = create_invitation(
            interview=Interview.objects.get(title=company.interview_title),
            candidate_name=company.candidate_name,
            candidate_email=company.candidate_email,
            notify=False,
        )
        return mint_link(invitation=invitation)


def issue_demo_key(*, tenant: Tenant) -> str:
    """A fresh API key with all scopes; those of earlier starts are revoked."""
    with tenant_scope(tenant):
        for key in ApiKey.objects.filter(name=DEMO_KEY, revoked_at=None):
            revoke_api_key(key=key)
        return issue_api_key(name=DEMO_KEY, scopes=Scope.values)[1]


def _load_brand(company: DemoCompany) -> None:
    brand = Brand.objects.get()
    if brand.logo:
        return
    brand.primary_colour = company.primary_colour
    brand.accent_colour = company.accent_colour
    brand.interviewer_name = company.interviewer_name
    brand.welcome_text = company.welcome_text
    with company.logo.open("rb") as logo:
        brand.logo = File(logo, name=company.logo.name)
        brand.full_clean(exclude=["tenant"])
        brand.save()


def _load_members(company: DemoCompany, password: str) -> None:
    owner = User.objects.filter(email=company.members[0].email).first()
    if owner is None or not owner.check_password(password):
        # Hashed once for all, because hashing is slow on purpose.
        hashed = make_password(password)
        for member in company.members:
            User.objects.update_or_create(email=member.email, defaults={"name": member.name, "password": hashed})
    for member in company.members:
        if not Membership.objects.filter(user__email=member.email).exists():
            add_member(email=member.email, role=member.role)


def _load_interview(company: DemoCompany) -> None:
    bank = QuestionBank.objects.filter(name=company.bank_name).first()
    if bank is None:
        bank = create_bank(name=company.bank_name, questions=company.questions, is_default=True)
    if not Interview.objects.filter(title=company.interview_title).exists():
        create_interview_from_bank(
            title=company.interview_title,
            bank=bank,
            intro=company.interview_intro,
            languages=["en", *company.interview_translations],
            translations=dict(company.interview_translations),
        )
