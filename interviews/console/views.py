"""Saving and deleting views of the list of results."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interviews.domain import views
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.models import User
from tenants.roles import Action, may


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    person, query = ask_for_reader(request), request.POST.get("query", "")
    try:
        saved = views.save_view(user=person, name=request.POST.get("name", ""), query=query)
    except views.ViewRefused as refused:
        messages.error(request, str(refused))
        return back(query)
    messages.success(request, _("The view “%s” is saved. Only you see it.") % saved.name)
    return back(saved.query)


@require_POST
def delete(request: HttpRequest, view_id: UUID) -> HttpResponse:
    if not views.delete_view(user=ask_for_reader(request), view_id=view_id):
        raise Http404("You have no such view.")
    messages.success(request, _("The view is deleted."))
    return back("")


def ask_for_reader(request: HttpRequest) -> User:
    person = actor_of(request)
    if person is None or not may(role_of(request), Action.READ_RESULTS):
        raise PermissionDenied
    return person


def back(query: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:interviews_result_changelist") + (f"?{query}" if query else ""))
