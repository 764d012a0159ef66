from django.urls import include, path, re_path

from lms.api import developers
from lms.api.accesses import Accesses
from lms.api.certificates import (
    CertificateDetail,
    CertificateList,
    CertificatePdf,
    CertificateRevoke,
)
from lms.api.client import Me
from lms.api.cohorts import CohortDetail, CohortList
from lms.api.courses import CourseDetail, Courses
from lms.api.enrolments import (
    EnrolmentByExternalId,
    EnrolmentDetail,
    EnrolmentList,
    EnrolmentRepeat,
    EnrolmentTransfer,
    EnrolmentTransitions,
)
from lms.api.events.views import EventFeed
from lms.api.imports import (
    ImportCancel,
    ImportConfirm,
    ImportDetail,
    ImportErrors,
    ImportList,
    ImportRows,
    ImportUndo,
)
from lms.api.oauth.views import Revocation, Token, metadata
from lms.api.organisations import (
    OrganisationByExternalId,
    OrganisationDetail,
    Organisations,
)
from lms.api.people_data import (
    LearnerConsents,
    LearnerErase,
    LearnerExport,
    LearnerMerge,
)
from lms.api.progress import EnrolmentProgress
from lms.api.read_back import AttendanceList, CohortResults, ProgressList
from lms.api.regions import RegionDetail, Regions
from lms.api.registering import LearnerByExternalId, LearnerDetail, Learners
from lms.api.reports import CourseReport
from lms.api.request_log.views import RequestList, Usage
from lms.api.results import EnrolmentResults, ResultList
from lms.api.scim.views import Scim
from lms.api.views import UnknownAddress
from lms.api.webhooks.views import (
    DeliveryList,
    DeliveryResend,
    EndpointDetail,
    EndpointList,
    EndpointSecret,
    EndpointTest,
)

app_name = "api"

version_1 = [
    path("me", Me.as_view(), name="me"),
    path("requests", RequestList.as_view(), name="requests"),
    path("usage", Usage.as_view(), name="usage"),
    path("cohorts", CohortList.as_view(), name="cohorts"),
    path("cohorts/<str:cohort_id>", CohortDetail.as_view(), name="cohort"),
    path(
        "cohorts/<str:cohort_id>/enrolments/by-external-id/<str:system>/<path:value>",
        EnrolmentByExternalId.as_view(),
        name="enrol",
    ),
    path("cohorts/<str:cohort_id>/results", CohortResults.as_view(), name="results"),
    path("progress", ProgressList.as_view(), name="progress-list"),
    path("results", ResultList.as_view(), name="result-list"),
    path("attendance", AttendanceList.as_view(), name="attendance"),
    path("enrolments", EnrolmentList.as_view(), name="enrolments"),
    path("enrolments/<str:enrolment_id>", EnrolmentDetail.as_view(), name="enrolment"),
    path("enrolments/<str:enrolment_id>/progress", EnrolmentProgress.as_view(), name="progress"),
    path(
        "enrolments/<str:enrolment_id>/results",
        EnrolmentResults.as_view(),
        name="enrolment-results",
    ),
    path("enrolments/<str:enrolment_id>/transfer", EnrolmentTransfer.as_view(), name="transfer"),
    path("enrolments/<str:enrolment_id>/repeat", EnrolmentRepeat.as_view(), name="repeat"),
    path(
        "enrolments/<str:enrolment_id>/transitions",
        EnrolmentTransitions.as_view(),
        name="transitions",
    ),
    path(
        "learners/by-external-id/<str:system>/<path:value>",
        LearnerByExternalId.as_view(),
        name="learner",
    ),
    path("personal-data-accesses", Accesses.as_view(), name="accesses"),
    path("learners", Learners.as_view(), name="learners"),
    path("regions", Regions.as_view(), name="regions"),
    path("regions/<str:code>", RegionDetail.as_view(), name="region"),
    path("organisations", Organisations.as_view(), name="organisations"),
    path(
        "organisations/by-external-id/<str:system>/<path:value>",
        OrganisationByExternalId.as_view(),
        name="organisation-by-external-id",
    ),
    path("organisations/<str:organisation_id>", OrganisationDetail.as_view(), name="organisation"),
    path("courses", Courses.as_view(), name="courses"),
    path("courses/<str:course_id>", CourseDetail.as_view(), name="course"),
    path("courses/<str:course_id>/report", CourseReport.as_view(), name="report"),
    path("imports", ImportList.as_view(), name="imports"),
    path("imports/<str:import_id>", ImportDetail.as_view(), name="import"),
    path("imports/<str:import_id>/rows", ImportRows.as_view(), name="import-rows"),
    path("imports/<str:import_id>/errors.csv", ImportErrors.as_view(), name="import-errors"),
    path("imports/<str:import_id>/confirm", ImportConfirm.as_view(), name="import-confirm"),
    path("imports/<str:import_id>/cancel", ImportCancel.as_view(), name="import-cancel"),
    path("imports/<str:import_id>/undo", ImportUndo.as_view(), name="import-undo"),
    path("learners/<str:learner_id>", LearnerDetail.as_view(), name="learner-by-id"),
    path("learners/<str:learner_id>/export", LearnerExport.as_view(), name="learner-export"),
    path("learners/<str:learner_id>/consents", LearnerConsents.as_view(), name="learner-consents"),
    path("learners/<str:learner_id>/erase", LearnerErase.as_view(), name="learner-erase"),
    path("learners/<str:learner_id>/merge", LearnerMerge.as_view(), name="learner-merge"),
    path("certificates", CertificateList.as_view(), name="certificates"),
    path("certificates/<str:certificate_id>", CertificateDetail.as_view(), name="certificate"),
    path("certificates/<str:certificate_id>/pdf", CertificatePdf.as_view(), name="certificate-pdf"),
    path(
        "certificates/<str:certificate_id>/revoke",
        CertificateRevoke.as_view(),
        name="certificate-revoke",
    ),
    path("events", EventFeed.as_view(), name="events"),
    path("webhook-endpoints", EndpointList.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<str:endpoint_id>", EndpointDetail.as_view(), name="webhook-endpoint"),
    path(
        "webhook-endpoints/<str:endpoint_id>/rotate-secret",
        EndpointSecret.as_view(),
        name="webhook-secret",
    ),
    path("webhook-endpoints/<str:endpoint_id>/test", EndpointTest.as_view(), name="webhook-test"),
    path(
        "webhook-endpoints/<str:endpoint_id>/deliveries",
        DeliveryList.as_view(),
        name="webhook-deliveries",
    ),
    path(
        "webhook-deliveries/<str:delivery_id>/resend",
        DeliveryResend.as_view(),
        name="webhook-resend",
    ),
    path("oauth/token", Token.as_view(), name="oauth-token"),
    path("oauth/revoke", Revocation.as_view(), name="oauth-revoke"),
    path("schema/", developers.Schema.as_view(), name="schema"),
]

urlpatterns = [
    path("api/v1/", include(version_1)),
    path(".well-known/oauth-authorization-server", metadata, name="oauth_metadata"),
    re_path(r"^scim/v2/?(?P<path>.*)$", Scim.as_view(), name="scim"),
    re_path(r"^api/", UnknownAddress.as_view()),
    path("developers/", developers.start, name="developers"),
    path("developers/guide/", developers.guide, name="guide"),
    re_path(r"^developers/(?P<name>guide\.(?:sh|py))$", developers.whole_program, name="program"),
    path("developers/collection.json", developers.requests_collection, name="collection"),
    path("developers/reference/", developers.reference, name="reference"),
    path("developers/spreadsheet/", developers.spreadsheet, name="spreadsheet"),
    path("developers/spreadsheet.xlsx", developers.spreadsheet_xlsx, name="spreadsheet_xlsx"),
    path("developers/spreadsheet.csv", developers.spreadsheet_csv, name="spreadsheet_csv"),
    path("developers/status/", developers.status, name="status"),
    path("developers/status.json", developers.status_json, name="status_json"),
    path("developers/problems/", developers.problems, name="problems"),
    path("developers/problems/<slug:code>", developers.problem, name="problem"),
]
