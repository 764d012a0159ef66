"""Imports: a file of people, looked at before anything changes, and what became of every row."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.importing import imports, problems, sheets
from courses.importing.files import FileKind, UnreadableFile
from courses.importing.removing import removals_without_a_question
from courses.models import Cohort, ImportRow, ImportState, PeopleImport, RowOutcome
from lms.api.fields import ShownModel, StrictSerializer, Text
from lms.api.idempotency import once_per_key
from lms.api.pagination import ChangedSince, PageAnswer, PageParameters
from lms.api.personal_data import sees_personal_data
from lms.api.preconditions import conditional
from lms.api.problems import Problem
from lms.api.scopes import Scope
from lms.api.views import ApiView
from lms.people.models import Organisation
from lms.people.registering import SnilsRefused, refuse_snils


class ColumnSerializer(serializers.Serializer):
    heading = serializers.CharField()
    field = serializers.CharField(help_text=_("Empty: the column is not imported."))


class ProgressOfWork(serializers.Serializer):
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ImportProblem(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class ImportSerializer(ShownModel):
    """A file of people and what became of it."""

    id = serializers.UUIDField(source="uuid")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    cohort = serializers.UUIDField(source="cohort.uuid", allow_null=True, default=None)
    columns = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("Numbers of rows by outcome.")
    )
    removals = serializers.IntegerField(
        help_text=_("How many people the confirmation withdraws; only in the mode “sync”.")
    )
    removals_without_a_question = serializers.SerializerMethodField(
        help_text=_("Above this number the confirmation must repeat “removals”.")
    )
    problem = serializers.SerializerMethodField()
    undo_until = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=ImportState.values)

    class Meta:
        model = PeopleImport
        fields = [
            "id",
            "state",
            "region",
            "cohort",
            "system",
            "mode",
            "scope",
            "file_name",
            "format",
            "encoding",
            "columns",
            "progress",
            "rows_total",
            "counts",
            "removals",
            "removals_without_a_question",
            "problem",
            "created_at",
            "checked_at",
            "applied_at",
            "undo_until",
            "undone_at",
            "updated_at",
        ]

    @extend_schema_field(ColumnSerializer(many=True))
    def get_columns(self, people_import: PeopleImport) -> list[dict[str, str]]:
        pairs = zip(people_import.headings, people_import.columns, strict=False)
        return [{"heading": heading, "field": field} for heading, field in pairs]

    @extend_schema_field(ProgressOfWork)
    def get_progress(self, people_import: PeopleImport) -> dict[str, int]:
        job = people_import.job
        return {"done": job.done, "total": job.total} if job else {"done": 0, "total": 0}

    def get_removals_without_a_question(self, people_import: PeopleImport) -> int:
        return removals_without_a_question(people_import) if people_import.removals else 0

    @extend_schema_field(ImportProblem(allow_null=True))
    def get_problem(self, people_import: PeopleImport) -> dict[str, str] | None:
        if not (found := people_import.problem):
            return None
        message = problems.text_of(found["code"], found["params"])
        return {"code": found["code"], "message": message}


class ImportPage(PageAnswer):
    items = ImportSerializer(many=True)


@extend_schema_field(OpenApiTypes.BINARY)
class UploadedFile(serializers.FileField):
    """A file as it is sent; by itself a file field is described as the address of one."""


class ImportUpload(StrictSerializer):
    """The parts of the form."""

    file = UploadedFile(
        allow_empty_file=True,
        max_length=200,
        help_text=_("CSV (UTF-8 or Windows-1251), XLSX or NDJSON; up to 50,000 rows and 20 MB."),
    )
    format = serializers.ChoiceField(
        choices=[kind.value for kind in FileKind],
        required=False,
        help_text=_("Left out: by the content of the file."),
    )
    cohort = serializers.UUIDField(
        required=False, help_text=_("Of all rows; left out: each row names its cohort, or none.")
    )
    region = Text(
        max_length=6,
        required=False,
        help_text=_("Only from clients of all regions; left out: each row names its region."),
    )
    system = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}$", default="hr", help_text=_("Whose numbers name the people.")
    )
    mode = serializers.ChoiceField(
        choices=PeopleImport.Mode.values,
        default=PeopleImport.Mode.UPSERT.value,
        help_text=_("“sync” withdraws whom the file does not name; it needs a cohort."),
    )
    organisation = Text(
        max_length=250,
        required=False,
        help_text=_("In the mode “sync”: withdraw only people of this organisation (by name)."),
    )
    max_removals = serializers.IntegerField(
        min_value=0,
        max_value=50_000,
        required=False,
        help_text=_("Left out: 10, or 5 % of the scope where that is more."),
    )
    dry_run = serializers.BooleanField(
        default=True, help_text=_("false: carried out by itself, unless it withdraws people.")
    )
    columns = Text(
        max_length=20_000,
        required=False,
        help_text=_("JSON: {heading: field}. Left out: headings are recognised by themselves."),
    )

    def validate_system(self, value: str) -> str:
        try:
            refuse_snils(system=value, value="")
        except SnilsRefused:
            raise Problem("snils-refused") from None
        return value

    def validate_columns(self, value: str) -> dict[str, str]:
        try:
            wanted = json.loads(value)
        except (ValueError, RecursionError):
            wanted = None
        if not isinstance(wanted, dict) or not all(isinstance(f, str) for f in wanted.values()):
            raise serializers.ValidationError(
                _("Give a JSON object: headings of the file and names of fields."), code="invalid"
            )
        return wanted

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["mode"] == PeopleImport.Mode.SYNC:
            if "cohort" not in said:
                message = _("The mode “sync” needs a cohort: whom could it withdraw?")
                raise serializers.ValidationError({"cohort": [message]}, code="required")
        elif extra := {"organisation", "max_removals"} & said.keys():
            message = _("This belongs to the mode “sync”.")
            raise serializers.ValidationError({name: [message] for name in extra}, code="not-here")
        return said


class ConfirmBody(StrictSerializer):
    removals = serializers.IntegerField(
        min_value=0,
        max_value=50_000,
        required=False,
        help_text=_("The number of people to withdraw, where there are many."),
    )


class RowProblem(serializers.Serializer):
    code = serializers.CharField()
    field = serializers.CharField(help_text=_("Empty: the row as a whole."))
    message = serializers.CharField()


class ImportRowSerializer(ShownModel):
    """What became of one row. ``row`` is the line of the file; its first line has the headings."""

    row = serializers.IntegerField(source="number")
    external_id = serializers.CharField(source="value", allow_blank=True)
    outcome = serializers.ChoiceField(choices=RowOutcome.values)
    errors = serializers.SerializerMethodField()
    learner = serializers.UUIDField(source="learner.uuid", allow_null=True, default=None)
    enrolment = serializers.UUIDField(source="enrollment.uuid", allow_null=True, default=None)
    kept = serializers.SerializerMethodField(
        help_text=_("Fields left as they are because the learner sets them since signing in.")
    )

    class Meta:
        model = ImportRow
        fields = ["row", "external_id", "outcome", "errors", "learner", "enrolment", "kept"]

    @extend_schema_field(RowProblem(many=True))
    def get_errors(self, row: ImportRow) -> list[dict[str, str]]:
        return sheets.explanations(row)

    def get_kept(self, row: ImportRow) -> list[str]:
        return row.before.get("kept", [])


class ImportRowPage(PageAnswer):
    items = ImportRowSerializer(many=True)


class RowFilters(PageParameters):
    outcome = serializers.ChoiceField(
        choices=RowOutcome.values, required=False, help_text=_("Left out: all rows.")
    )


class ImportView(ApiView):
    scopes = {"GET": (Scope.IMPORTS_WRITE,), "POST": (Scope.IMPORTS_WRITE,)}
    region_path = "region"
    missing_code = "import-not-found"
    serializer_class = ImportSerializer

    def model_queryset(self) -> QuerySet[PeopleImport]:
        return PeopleImport.objects.select_related("region", "cohort", "job")

    def answer(self, people_import: PeopleImport) -> Response:
        found = self.get_queryset().get(pk=people_import.pk)
        headers = {"Location": f"/api/v1/imports/{found.uuid}"}
        return Response(self.represent(found), status=status.HTTP_202_ACCEPTED, headers=headers)


class ImportList(ImportView):
    parser_classes = [MultiPartParser]
    problems = ("file-unreadable", "cohort-not-found", "snils-refused")

    @extend_schema(
        operation_id="import_list",
        summary=_("Imports of your region, the oldest first"),
        tags=["imports"],
        parameters=[ChangedSince],
        responses=ImportPage,
    )
    def get(self, request: Request) -> Response:
        parameters = self.parameters(ChangedSince)
        rows = self.changed_since(self.get_queryset(), parameters)
        return self.listed(self.page(rows, parameters, by="created_at"))

    @extend_schema(
        operation_id="import_begin",
        summary=_("Send a file of people"),
        description=_(
            "Nothing changes yet: the file is checked, every row is told what would become of it, "
            "and the import waits for “confirm” (or goes on by itself with “dry_run=false”)."
        ),
        tags=["imports"],
        request={"multipart/form-data": ImportUpload},
        responses={202: ImportSerializer},
    )
    @once_per_key
    def post(self, request: Request) -> Response:
        checked = ImportUpload(data=dict(request.data.items()), context={"view": self})
        checked.is_valid(raise_exception=True)
        said = checked.validated_data
        region = self.own_or_named_region(said.get("region"), required=False)
        if said["mode"] == PeopleImport.Mode.SYNC and region is None:
            message = gettext("A client of all regions says whose learner it is: “RU-…”.")
            raise serializers.ValidationError({"region": [message]}, code="required")
        try:
            people_import = imports.begin_import(
                file=said["file"],
                name=said["file"].name,
                declared=said.get("format", ""),
                source=self.client.source,
                region=region,
                cohort=self._cohort(said.get("cohort")),
                system=said["system"],
                mode=said["mode"],
                organisation=self._organisation(said.get("organisation"), region),
                max_removals=said.get("max_removals"),
                applies_itself=not said["dry_run"],
                wanted_columns=said.get("columns"),
            )
        except UnreadableFile as error:
            text = problems.text_of(error.code, error.params)
            raise Problem("file-unreadable", detail=text, reason=error.code) from None
        except imports.CohortNotOpen:
            raise Problem("cohort-not-found") from None
        return self.answer(people_import)

    def _cohort(self, identifier: Any) -> Cohort | None:
        if identifier is None:
            return None
        reachable = self.client.of_its_region(Cohort.objects.all(), path="regions")
        try:
            return reachable.get(uuid=identifier)
        except Cohort.DoesNotExist:
            raise Problem("cohort-not-found") from None

    def _organisation(self, name: str | None, region: Any) -> Organisation | None:
        if name is None:
            return None
        try:
            return Organisation.objects.get(region=region, name=name)
        except Organisation.DoesNotExist:
            message = gettext("Your region has no organisation of this name.")
            raise serializers.ValidationError({"organisation": [message]}, code="unknown") from None


class ImportDetail(ImportView):
    @extend_schema(operation_id="import", summary=_("One import"), tags=["imports"])
    @conditional
    def get(self, request: Request, import_id: str) -> Response:
        return self.single(self.find(self.get_queryset(), import_id))


class ImportRows(ImportView):
    serializer_class = ImportRowSerializer

    @extend_schema(
        operation_id="import_rows",
        summary=_("What became of every row"),
        tags=["imports"],
        parameters=[RowFilters],
        responses=ImportRowPage,
    )
    def get(self, request: Request, import_id: str) -> Response:
        people_import = self.find(self.get_queryset(), import_id)
        parameters = self.parameters(RowFilters)
        rows = people_import.rows.select_related("learner", "enrollment")
        if "outcome" in parameters:
            rows = rows.filter(outcome=parameters["outcome"])
        return self.listed(self.page(rows, parameters, by="number"))


class ImportErrors(ImportView):
    @extend_schema(
        operation_id="import_errors",
        summary=_("The rows that were not accepted, as a sheet"),
        description=_("With the scope “learners:pii” the cells of the file stand in it too."),
        tags=["imports"],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, import_id: str) -> HttpResponse:
        people_import = self.find(self.get_queryset(), import_id)
        return HttpResponse(
            sheets.errors_csv(people_import, with_cells=sees_personal_data(request)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="errors.csv"'},
        )


class ImportStep(ImportView):
    """A step of an import that waits for one."""

    problems: tuple[str, ...] = ("import-not-in-this-state",)

    def take(self, step: Any, import_id: str, **options: Any) -> Response:
        people_import = self.to_change(self.get_queryset(), import_id)
        try:
            step(people_import, **options)
        except imports.NotInThisState as error:
            raise Problem("import-not-in-this-state", state=str(error.state)) from None
        except imports.RemovalsNotConfirmed as error:
            raise Problem("removals-not-confirmed", removals=error.removals) from None
        except imports.TooLateToUndo:
            raise Problem("undo-too-late") from None
        return self.answer(people_import)


class ImportConfirm(ImportStep):
    problems = ("import-not-in-this-state", "removals-not-confirmed")

    @extend_schema(
        operation_id="import_confirm",
        summary=_("Carry out a checked import"),
        tags=["imports"],
        request=ConfirmBody,
        responses={202: ImportSerializer},
    )
    @once_per_key
    @conditional
    def post(self, request: Request, import_id: str) -> Response:
        self.find(self.get_queryset(), import_id)
        said = self.body(ConfirmBody)
        return self.take(imports.confirm, import_id, removals=said.get("removals"))


class ImportCancel(ImportStep):
    @extend_schema(
        operation_id="import_cancel",
        summary=_("Drop an import that has changed nothing"),
        tags=["imports"],
        request=None,
        responses={202: ImportSerializer},
    )
    @once_per_key
    @conditional
    def post(self, request: Request, import_id: str) -> Response:
        return self.take(imports.cancel, import_id)


class ImportUndo(ImportStep):
    problems = ("import-not-in-this-state", "undo-too-late")

    @extend_schema(
        operation_id="import_undo",
        summary=_("Take an import back, within seven days"),
        tags=["imports"],
        request=None,
        responses={202: ImportSerializer},
    )
    @once_per_key
    @conditional
    def post(self, request: Request, import_id: str) -> Response:
        return self.take(imports.undo, import_id)
