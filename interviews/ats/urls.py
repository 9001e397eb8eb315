from django.urls import path

from interviews.ats.ashby import views as ashby
from interviews.ats.greenhouse import views as greenhouse
from interviews.ats.recruitee import views as recruitee
from interviews.ats.workable import views as workable

app_name = "ats"

urlpatterns = [
    path("greenhouse/list_tests", greenhouse.list_tests, name="greenhouse-list-tests"),
    path("greenhouse/send_test", greenhouse.send_test, name="greenhouse-send-test"),
    path("greenhouse/test_status", greenhouse.test_status, name="greenhouse-test-status"),
    path("greenhouse/response_error", greenhouse.response_error, name="greenhouse-response-error"),
    path("ashby/assessment.list", ashby.list_assessments, name="ashby-list"),
    path("ashby/assessment.start", ashby.start_assessment, name="ashby-start"),
    path("ashby/assessment.cancel", ashby.cancel_assessment, name="ashby-cancel"),
    path("workable/tests", workable.list_tests, name="workable-tests"),
    path("workable/assessments", workable.create_assessment, name="workable-assessments"),
    path("recruitee/tests", recruitee.list_tests, name="recruitee-tests"),
    path("recruitee/send_candidate", recruitee.send_candidate, name="recruitee-send-candidate"),
]
