"""What the console's pages of the story have in common."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from tenants.console import TenantAdmin


class ConsoleAdmin(TenantAdmin):
    """What has a history is never deleted.

    `empty_text` is what an empty list says to do next; `has_history` is true of rows that must stay.
    """

    empty_text: Any = ""
    list_per_page = 50
    formfield_overrides = {models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}}

    def has_history(self, obj: Any) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never for a list's "delete selected", which has no row to look at."""
        return obj is not None and super().has_delete_permission(request, obj) and not self.has_history(obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Looks for the row before the permission: another tenant's is a 404 and never a 403."""
        if self.get_object(request, object_id) is None:
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return super().delete_view(request, object_id, extra_context)

    def step_urls(self, **steps: Callable[..., HttpResponse]) -> list[URLPattern]:
        """The addresses at which a row takes these steps, each by a POST to `<id>/<name>/`."""
        return [
            path(
                f"<uuid:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
            )
            for name, view in steps.items()
        ]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        number_new_rows(formset)
        super().save_formset(request, form, formset, change)


class WithoutRehearsals(ConsoleAdmin):
    """Its list leaves rehearsals out; a rehearsal's own page opens by its address."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        match = request.resolver_match
        return rows.real() if match and str(match.url_name).endswith("_changelist") else rows


def count_of(rows: QuerySet[Any], key: str, *, outer: str = "pk") -> Coalesce:
    """How many of `rows` have the listed row as their `key`; counted for one page of the list, not for all of it."""
    own = rows.filter(**{key: OuterRef(outer)}).order_by().values(key)
    return Coalesce(Subquery(own.annotate(total=Count("pk")).values("total")), 0)


def number_new_rows(formset: Any) -> None:
    """New rows that nobody moved go last, as they were typed; unfold numbers the rows only when one is dragged."""
    if "position" not in formset.form.base_fields:
        return
    last = max((row.cleaned_data["position"] for row in formset.initial_forms), default=-1)
    for row in formset.extra_forms:
        if row.has_changed() and "position" not in row.changed_data:
            last += 1
            row.instance.position = last


class ReadOnlyAdmin(ConsoleAdmin):
    """Rows that the story writes and people read."""

    edit_action = None
