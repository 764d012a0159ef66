"""Certificates: reading them back, with their files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from certificates.lifecycle import REASONS, Action, WrongState, change_state
from certificates.models import Certificate, ReasonClass
from courses.enrolling import Outcome
from lms.api.answers import WriteAnswer, written
from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.pagination import ChangedSince, PageAnswer
from lms.api.personal_data import record_access, sees_personal_data
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView


class PdfUrl(serializers.URLField):
    """The address of a certificate's file."""

    def to_representation(self, value: Any) -> str:
        return settings.PUBLIC_URL + reverse("api:certificate-pdf", args=[value])


class CertificateSerializer(ShownModel):
    """A certificate. What leads to the name on it only with the scope ``learners:pii``."""

    id = serializers.UUIDField(source="uuid")
    enrolment = serializers.UUIDField(
        source="enrollment.uuid",
        default=None,
        allow_null=True,
        help_text=_("Its enrolment's id; null for an honour."),
    )
    learner = serializers.UUIDField(source="learner.uuid", help_text=_("Learner's id."))
    state = serializers.ChoiceField(choices=Certificate.State.values)
    kind = serializers.CharField(
        source="template.kind",
        help_text=_("participation, completion, qualification or honour."),
    )
    programme = serializers.CharField(
        source="snapshot.course", default="", help_text=_("The programme, as printed.")
    )
    hours = serializers.IntegerField(source="snapshot.hours", default=0)
    state_changed_at = serializers.DateTimeField(
        source="changed_at", allow_null=True, help_text=_("Null while it is as it was issued.")
    )
    reason_class = serializers.ChoiceField(
        choices=["", *ReasonClass.values], help_text=_("Why the state changed.")
    )
    superseded_by = serializers.CharField(
        source="superseded_by.number",
        default=None,
        allow_null=True,
        help_text=_("The number of the certificate that replaces it."),
    )
    name = serializers.CharField(
        source="snapshot.name", required=False, help_text=_("The name, as printed.")
    )
    code = serializers.CharField(
        source="snapshot.code", required=False, help_text=_("The verification code, as printed.")
    )
    verify_url = serializers.URLField(
        source="snapshot.url", required=False, help_text=_("Where anyone may check it.")
    )
    pdf_url = PdfUrl(source="uuid", required=False)

    PERSONAL = ("name", "code", "verify_url", "pdf_url")

    class Meta:
        model = Certificate
        fields = [
            "id",
            "number",
            "kind",
            "programme",
            "hours",
            "state",
            "state_changed_at",
            "reason_class",
            "superseded_by",
            "is_duplicate",
            "issued_at",
            "enrolment",
            "learner",
            "pdf_sha256",
            "name",
            "code",
            "verify_url",
            "pdf_url",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        is_schema = getattr(self.context.get("view"), "swagger_fake_view", False)
        if not is_schema and not sees_personal_data(self.context["request"]):
            for name in self.PERSONAL:
                fields.pop(name)
        return fields


class CertificatePage(PageAnswer):
    items = CertificateSerializer(many=True)


class CertificateFilters(ChangedSince):
    enrolment = serializers.UUIDField(required=False, help_text=_("Id of an enrolment."))
    cohort = serializers.UUIDField(required=False, help_text=_("Id of a cohort."))
    state = serializers.ChoiceField(choices=Certificate.State.values, required=False)


class CertificateView(ApiView):
    scopes = {"GET": (Scope.CERTIFICATES_READ,)}
    region_path = "learner__region"
    missing_code = "certificate-not-found"
    serializer_class = CertificateSerializer

    def model_queryset(self) -> QuerySet[Certificate]:
        return Certificate.objects.select_related(
            "learner", "enrollment", "template", "superseded_by"
        )


class CertificateList(CertificateView):
    @extend_schema(
        operation_id="certificate_list",
        summary=_("Certificates of your region, in the order of issue"),
        tags=["certificates"],
        parameters=[CertificateFilters],
        responses=CertificatePage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(CertificateFilters)
        rows = self.get_queryset()
        if "enrolment" in parameters:
            rows = rows.filter(enrollment__uuid=parameters["enrolment"])
        if "cohort" in parameters:
            rows = rows.filter(enrollment__cohort__uuid=parameters["cohort"])
        if "state" in parameters:
            rows = rows.filter(state=parameters["state"])
        if "updated_since" in parameters:
            changed = Coalesce("changed_at", "issued_at")
            rows = rows.annotate(changed=changed).filter(changed__gte=parameters["updated_since"])
        page = self.page(rows, parameters, by="issued_at")
        record_access(request, [certificate.learner for certificate in page.rows])
        return self.listed(page)


class CertificateDetail(CertificateView):
    @extend_schema(operation_id="certificate", summary=_("One certificate"), tags=["certificates"])
    @conditional
    def get(self, request: Request, certificate_id: str) -> Response:
        certificate = self.find(self.get_queryset(), certificate_id)
        record_access(request, [certificate.learner])
        return self.single(certificate)


class CertificateRevocation(StrictSerializer):
    reason_class = serializers.ChoiceField(
        choices=[reason.value for reason in REASONS[Action.REVOKED]],
        help_text=_("It stands on the public page of the certificate."),
    )
    reason = Text(
        max_length=500, help_text=_("In your own words, for the record. The public does not see.")
    )


class CertificateRevocationAnswer(WriteAnswer):
    certificate = CertificateSerializer()


class CertificateRevoke(CertificateView):
    scopes = {"POST": (Scope.CERTIFICATES_REVOKE,)}
    problems = ("certificate-not-in-this-state",)

    @extend_schema(
        operation_id="certificate_revoke",
        summary=_("Revoke a certificate, for good"),
        description=_(
            "Its public page says so at once. Safe to repeat: the second time the outcome is "
            "“unchanged”."
        ),
        tags=["certificates"],
        request=CertificateRevocation,
        responses=CertificateRevocationAnswer,
    )
    @once_per_key
    @conditional
    def post(self, request: Request, certificate_id: str) -> Response:
        said = self.body(CertificateRevocation)
        certificate = self.to_change(self.get_queryset(), certificate_id)
        outcome = Outcome.UPDATED
        try:
            change_state(certificate, Action.REVOKED, source=self.client.source, **said)
        except WrongState:
            if certificate.state != Certificate.State.REVOKED:
                raise Problem("certificate-not-in-this-state") from None
            outcome = Outcome.UNCHANGED
        certificate = self.find(self.get_queryset(), certificate_id)
        record_access(request, [certificate.learner])
        return written(outcome, certificate=self.represent(certificate))


class CertificatePdf(CertificateView):
    scopes = {"GET": (Scope.CERTIFICATES_READ, Scope.LEARNERS_PII)}

    @extend_schema(
        operation_id="certificate_pdf",
        summary=_("The file of a certificate"),
        tags=["certificates"],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    @conditional
    def get(self, request: Request, certificate_id: str) -> Any:
        certificate = self.find(self.get_queryset(), certificate_id)
        tag = f'"{certificate.pdf_sha256}"'
        if self.is_known(tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        record_access(request, [certificate.learner])
        return FileResponse(
            certificate.pdf.open("rb"),
            content_type="application/pdf",
            as_attachment=True,
            filename=f"{certificate.number}.pdf",
            headers={"ETag": tag},
        )
