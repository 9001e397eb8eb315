"""What people do with a result: review it, comment on it, decide, have it scored again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from interviews.console.base import ReadOnlyAdmin
from interviews.domain import result_links, reviews, scoring
from interviews.models import Result
from tenants.console import actor_of
from tenants.middleware import role_of
from tenants.models import User
from tenants.roles import Action, may

#: What is typed and was refused waits here, by result, for the page to show it again.
DRAFT = "result-draft"


class ResultSteps(ReadOnlyAdmin):
    """Each step is a POST and one call of the domain, which writes the audit log."""

    def get_urls(self) -> list[URLPattern]:
        steps = self.step_urls(
            review=self.review,
            comment=self.comment,
            decide=self.decide,
            score=self.score_again,
            share=self.share,
            unshare=self.unshare,
        )
        return steps + super().get_urls()

    def review(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, person = self.find(request, object_id, Action.WRITE_REVIEWS)
        judgement = reviews.read_judgement(result=result, reader=person)
        given = {one.name: request.POST.get(f"level-{one.position}") for one in judgement.competencies}
        try:
            reviews.submit_review(
                result=result,
                reviewer=person,
                levels={name: int(level) for name, level in given.items() if level in ("1", "2", "3", "4", "5")},
                not_judged=[name for name, level in given.items() if level == ""],
                decision=request.POST.get("decision", ""),
                reason=request.POST.get("reason", ""),
                comment=request.POST.get("comment", ""),
            )
        except reviews.ReviewRefused as refused:
            return self.refuse(request, result, str(refused), "review")
        return self.back(request, result, gettext("Your review is submitted."), "review")

    def comment(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, person = self.find(request, object_id, Action.WRITE_REVIEWS)
        try:
            reviews.add_comment(result=result, author=person, text=request.POST.get("text", ""))
        except reviews.ReviewRefused as refused:
            return self.refuse(request, result, str(refused), "comments")
        return self.back(request, result, gettext("Your comment is added."), "comments")

    def decide(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, person = self.find(request, object_id, Action.DECIDE)
        decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
        try:
            reviews.decide(result=result, actor=person, decision=decision, reason=reason)
        except reviews.ReviewRefused as refused:
            return self.refuse(request, result, str(refused), "decision")
        return self.back(
            request, result, gettext("The decision is written down. Nobody is told by itself."), "decision"
        )

    def score_again(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, person = self.find(request, object_id, Action.DECIDE)
        try:
            added = scoring.score_again(result=result, actor=person)
        except scoring.ScoringUnderWay:
            return self.back(request, result, gettext("This result is being scored already."), "scores")
        if added is None:
            text = gettext("There is nothing to score: no question of this interview has a competency.")
            return self.back(request, result, text, "scores")
        return self.back(request, result, gettext("The result is being scored again."), "scores")

    def share(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, person = self.find(request, object_id, Action.DECIDE)
        days = request.POST.get("days", "")
        try:
            _link, url = result_links.share_result(
                result=result,
                days=int(days) if days.isdecimal() and len(days) < 4 else 0,
                with_transcript="transcript" in request.POST,
                by=person,
            )
        except result_links.SharingRefused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(f"{reverse('admin:interviews_result_change', args=[result.pk])}#share")
        text = gettext("Copy the link now; it can't be shown again: {}")
        return self.back(request, result, format_html(text, format_html("<code>{}</code>", url)), "share")

    def sharing_context(self, request: HttpRequest, result: Result, *, hidden: bool) -> dict[str, Any]:
        may_share = result.tenant.shares_results and may(role_of(request), Action.DECIDE) and not hidden
        links = result_links.open_links(result=result)
        return {"may_share": may_share, "open_links": links if may_share else ()}

    def unshare(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        result, _person = self.find(request, object_id, Action.DECIDE)
        result_links.revoke_links(result=result)
        return self.back(request, result, gettext("No public link opens this result any more."), "share")

    def find(self, request: HttpRequest, object_id: Any, action: Action) -> tuple[Result, User]:
        """The tenant's result, and who acts. Raises Http404 and PermissionDenied."""
        result: Result | None = self.get_object(request, str(object_id))
        if result is None:
            raise Http404(f"There is no result {object_id}.")
        person = actor_of(request)
        if person is None or not may(role_of(request), action):
            raise PermissionDenied
        return result, person

    def refuse(self, request: HttpRequest, result: Result, text: str, part: str) -> HttpResponse:
        """Back to the form with everything that was typed."""
        typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        request.session[DRAFT] = {"result": str(result.pk), "part": part, "error": text, "typed": typed}
        return HttpResponseRedirect(f"{reverse('admin:interviews_result_change', args=[result.pk])}#{part}")

    def take_draft(self, request: HttpRequest, result: Result) -> dict[str, Any]:
        draft: dict[str, Any] = request.session.get(DRAFT) or {}
        if draft.get("result") != str(result.pk):
            return {}
        del request.session[DRAFT]
        return draft

    def back(self, request: HttpRequest, result: Result, text: str, part: str) -> HttpResponse:
        messages.success(request, text)
        return HttpResponseRedirect(f"{reverse('admin:interviews_result_change', args=[result.pk])}#{part}")
