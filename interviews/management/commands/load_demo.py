"""`manage.py load_demo`: put the two demo companies in place and invite somebody new to each.

Prints JSON: `{"admin_url", "live_url", "api_url", "openapi_url", "docs_url", "tenants": [...]}`, each tenant with slug,
name, candidate_url, admin_email and api_key. Running it again adds only what is missing, one fresh invitation per
company, and one fresh API key in place of the last. The staff's password is DEMO_PASSWORD. With `--migrate` the schema
is brought up to date first, in this same process, because starting Python costs seconds.
"""

from __future__ import annotations

import json
import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from interviews.demo.companies import COMPANIES
from interviews.demo.loading import invite_candidate, issue_demo_key, load_company


class Command(BaseCommand):
    help = "Load the two demo companies and make a fresh invitation for each."

    # `migrate` runs them all, those of the database too.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--migrate", action="store_true", help="bring the schema up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("Set DEMO_PASSWORD to the password that the demo's staff shall have.")
        if options["migrate"]:
            call_command("migrate", verbosity=0, skip_checks=False)
        loaded = []
        for company in COMPANIES:
            tenant = load_company(company=company, password=password)
            loaded.append(
                {
                    "slug": tenant.slug,
                    "name": tenant.name,
                    "candidate_url": invite_candidate(company=company, tenant=tenant),
                    "admin_email": company.members[0].email,
                    "api_key": issue_demo_key(tenant=tenant),
                }
            )
        self.stdout.write(
            json.dumps(
                {
                    "admin_url": settings.BASE_URL + reverse("admin:index"),
                    "live_url": settings.BASE_URL + reverse("live:list"),
                    "api_url": settings.BASE_URL + "/api/v1",
                    "openapi_url": settings.BASE_URL + reverse("api:schema"),
                    "docs_url": settings.BASE_URL + reverse("api:docs"),
                    "tenants": loaded,
                }
            )
        )
