"""A candidate's rights over what is kept of them, to have it and to have it deleted. Owners see to both."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from interviews.api.candidate_data import show_data
from interviews.console.base import ConsoleAdmin
from interviews.domain import erasure
from interviews.models import Candidate, DataErasure
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.roles import Action, may


class CandidateSteps(ConsoleAdmin):
    def get_urls(self) -> list[URLPattern]:
        steps = [("export", require_safe(self.export)), ("erase", require_POST(self.erase))]
        own = [
            path(f"<uuid:object_id>/{name}/", self.admin_site.admin_view(view), name=f"interviews_candidate_{name}")
            for name, view in steps
        ]
        return own + super().get_urls()

    def export(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Everything that is kept of the candidate, as a JSON file."""
        candidate = self.find(request, object_id)
        response = JsonResponse(
            show_data(candidate),
            encoder=DjangoJSONEncoder,
            json_dumps_params={"indent": 2, "ensure_ascii": False},
        )
        response["Content-Disposition"] = f'attachment; filename="candidate-{candidate.pk}.json"'
        response["Cache-Control"] = "private, no-store"
        return response

    def erase(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        candidate = self.find(request, object_id)
        erasure.request_erasure(candidate=candidate, requested_by=str(actor_of(request)))
        messages.success(request, gettext("The data is being deleted. The candidate gets a mail when it is done."))
        return HttpResponseRedirect(reverse("admin:interviews_candidate_change", args=[candidate.pk]))

    def find(self, request: HttpRequest, object_id: Any) -> Candidate:
        """Raises Http404 for another company's, and PermissionDenied for whoever may not do this."""
        candidate: Candidate | None = self.get_object(request, str(object_id))
        if candidate is None:
            raise Http404
        if not may(role_of(request), Action.MANAGE_TENANT):
            raise PermissionDenied
        return candidate


def describe_rights(request: HttpRequest, candidate: Candidate | None) -> dict[str, Any]:
    """What the candidate's page says of it: whether the steps are offered, and the latest erasure."""
    if candidate is None or not may(role_of(request), Action.MANAGE_TENANT):
        return {}
    return {
        "may_erase": not candidate.invitations.filter(rehearsal=True).exists(),
        "erasure": DataErasure.objects.filter(candidate=candidate).order_by("-requested_at").first(),
    }
