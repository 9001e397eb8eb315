"""What staff does with an interview as a whole: publish, archive, restore, rehearse. Each is a POST."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext

from interviews.console.base import ConsoleAdmin
from interviews.domain import rehearsals, versions
from interviews.domain.plans import PlanError
from interviews.domain.readiness import find_gaps
from interviews.models import Interview, Invitation
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.roles import Action, may

#: Rehearsals shown on the interview's page, newest first.
SHOWN = 5


class InterviewSteps(ConsoleAdmin):
    """Each step is by somebody who may edit interviews, one call of the domain, and an entry in the audit log."""

    def get_urls(self) -> list[URLPattern]:
        steps = self.step_urls(
            publish=self.publish,
            archive=self.archive,
            restore=self.restore,
            rehearse=self.rehearse,
            simulate=self.simulate,
        )
        return steps + super().get_urls()

    def publish(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        interview = self.find(request, object_id)
        before = interview.versions.count()
        try:
            version = versions.publish(interview=interview, by=actor_of(request))
        except versions.NotReady as missing:
            sentence = gettext("It can't be published yet. %s") % missing
            return self.back(request, interview, messages.ERROR, sentence)
        if version.number == before:
            return self.back(request, interview, messages.INFO, gettext("Nothing has changed since it was published."))
        self.log_change(request, interview, f"published version {version.number} of")
        sentence = gettext("Version %d is published: whoever begins from now on meets it.") % version.number
        return self.back(request, interview, messages.SUCCESS, sentence)

    def archive(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        interview = self.find(request, object_id)
        versions.archive(interview=interview)
        self.log_change(request, interview, "archived")
        sentence = gettext(
            "The interview is archived: nobody can be invited to it. Invitations that are out stay good."
        )
        return self.back(request, interview, messages.SUCCESS, sentence)

    def restore(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        interview = self.find(request, object_id)
        versions.restore(interview=interview)
        self.log_change(request, interview, "restored")
        sentence = gettext("The interview is back: %s.") % interview.get_status_display().lower()
        return self.back(request, interview, messages.SUCCESS, sentence)

    def rehearse(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Straight to the candidate's page, as a candidate comes to it."""
        interview = self.find(request, object_id)
        actor = actor_of(request)
        if actor is None:
            raise PermissionDenied
        try:
            link = rehearsals.begin_rehearsal(interview=interview, by=actor)
        except PlanError as error:
            return self.back(request, interview, messages.ERROR, str(error))
        self.log_change(request, interview, "rehearsed")
        return HttpResponseRedirect(link)

    def simulate(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """A simulated candidate holds the interview in the background; the page shows how far it is."""
        interview = self.find(request, object_id)
        try:
            rehearsals.simulate(interview=interview)
        except (PlanError, rehearsals.AlreadyRehearsing) as error:
            return self.back(request, interview, messages.ERROR, str(error))
        self.log_change(request, interview, "had a simulated candidate rehearse")
        sentence = gettext(
            "A simulated candidate is on its way. What is said appears under “Rehearsals”; reload to follow."
        )
        return self.back(request, interview, messages.SUCCESS, sentence)

    def find(self, request: HttpRequest, object_id: Any) -> Interview:
        """The tenant's interview, for somebody who may edit it. Raises Http404 and PermissionDenied."""
        interview: Interview | None = self.get_object(request, str(object_id))
        if interview is None:
            raise Http404(f"There is no interview {object_id}.")
        if not self.has_change_permission(request, interview):
            raise PermissionDenied
        return interview

    def back(self, request: HttpRequest, interview: Interview, level: int, text: str) -> HttpResponse:
        messages.add_message(request, level, text)
        return HttpResponseRedirect(reverse("admin:interviews_interview_change", args=[interview.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        interview: Interview | None = self.get_object(request, object_id)
        context = describe_state(interview) if interview else {}
        context["may_read_results"] = may(role_of(request), Action.READ_RESULTS)
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))


def describe_state(interview: Interview) -> dict[str, Any]:
    """What the card above the form shows: the version candidates meet, what is missing, and the last rehearsals."""
    published = interview.versions.select_related("published_by")
    last = published.first()
    rehearsed = Invitation.objects.filter(interview=interview, rehearsal=True).select_related(
        "candidate", "result", "simulation"
    )
    return {
        "interview": interview,
        "version": last,
        "versions": published[1:],
        "changed": last is not None and versions.has_changed(interview=interview, since=last),
        "gaps": find_gaps(interview=interview),
        "rehearsals": rehearsed[:SHOWN],
    }
