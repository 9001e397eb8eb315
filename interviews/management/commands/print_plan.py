"""`manage.py print_plan COMPANY INTERVIEW > plan.json`: an interview as a bot gets it, for `make rehearse`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interviews.domain.plans import PlanError
from interviews.domain.rehearsals import plan_rehearsal
from interviews.models import Interview
from tenants.models import Tenant
from tenants.scope import tenant_scope


class Command(BaseCommand):
    help = "Print the plan of an interview as it stands, drafts too. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="its slug")
        parser.add_argument("interview", help="its title")
        parser.add_argument("--language", default="", help="one the interview is offered in; its first without it")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["company"]).first()
        if tenant is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        with tenant_scope(tenant):
            interview = Interview.objects.filter(title=options["interview"]).first()
            if interview is None:
                raise CommandError(f"{tenant.name} has no interview “{options['interview']}”.")
            try:
                plan = plan_rehearsal(interview=interview, language=options["language"])
            except PlanError as error:
                raise CommandError(str(error)) from None
        self.stdout.write(plan.model_dump_json(indent=2))
