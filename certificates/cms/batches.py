"""Certificates of a cohort in the CMS: who is ready, the order, its progress, the archive."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from certificates.batches import FAILED, Progress, candidates, certificates_of, progress_of
from certificates.batches import start_batch as start
from certificates.issuing import ISSUED, REFUSED
from certificates.models import CertificateTemplate, IssueBatch
from certificates.zipping import zipped
from courses.cms.cohorts import LedCohorts
from courses.models import Cohort
from lms.people.models import User


def _led(user: User, cohort_id: int) -> Cohort:
    """Whoever leads the cohort issues its certificates; to others it is not there."""
    policy = LedCohorts(Cohort)
    if not policy.user_has_permission(user, "view"):
        raise PermissionDenied
    mine = policy.instances_user_has_any_permission_for(user, ["view"])
    return get_object_or_404(mine.select_related("course"), pk=cohort_id)


def _templates(cohort: Cohort) -> list[CertificateTemplate]:
    """What may be used for the cohort: in use, of its course or general, the newest first."""
    in_use = CertificateTemplate.objects.of_courses().filter(
        Q(course=None) | Q(course_id=cohort.course_id), state=CertificateTemplate.State.ACTIVE
    )
    newest: dict[str, CertificateTemplate] = {}
    for template in in_use.select_related("provider").order_by("-version", "-pk"):
        newest.setdefault(template.code, template)
    return sorted(newest.values(), key=lambda t: (t.course_id is None, t.heading, t.pk))


@require_http_methods(["GET", "POST"])
def cohort_certificates(request: HttpRequest, cohort_id: int) -> HttpResponse:
    """Everyone who completed the course, with what is in the way; then the order."""
    cohort = _led(request.user, cohort_id)
    templates = _templates(cohort)
    asked = request.POST.get("template") or request.GET.get("template", "")
    template = next((t for t in templates if str(t.pk) == asked), next(iter(templates), None))
    if template is not None and request.method == "POST":
        chosen = set(request.POST.getlist("person"))
        people = [
            row.enrollment
            for row in candidates(cohort, template)
            if row.is_ready and str(row.enrollment.pk) in chosen
        ]
        if people:
            batch = start(cohort=cohort, template=template, enrollments=people, actor=request.user)
            return redirect("cms_certificate_batch", batch.uuid)
        messages.warning(request, _("Choose at least one person who is ready."))
    rows = candidates(cohort, template) if template is not None else []
    context = {
        "cohort": cohort,
        "heading": _("Certificates of the cohort"),
        "templates": templates,
        "template": template,
        "rows": rows,
        "ready": sum(row.is_ready for row in rows),
        "problems": sum(bool(row.problem) for row in rows),
        "unnamed": sum(row.is_ready and not row.is_name_confirmed for row in rows),
        "batches": IssueBatch.objects.filter(cohort=cohort).select_related("template")[:10],
    }
    return TemplateResponse(request, "certificates/cms/cohort.html", context)


def _batch(user: User, batch_uuid: str) -> IssueBatch:
    batches = IssueBatch.objects.select_related("cohort__course", "template")
    batch = get_object_or_404(batches, uuid=batch_uuid)
    if not IssueBatch.objects.visible_to(user).filter(pk=batch.pk).exists():
        raise Http404
    return batch


def in_words(progress: Progress) -> str:
    """«1200 из 2000 · выдано 1198, отказов 2»."""
    words = [
        _("%(done)d of %(total)d") % {"done": progress.done, "total": progress.total},
        ngettext("%(n)d issued", "%(n)d issued", progress.counts[ISSUED])
        % {"n": progress.counts[ISSUED]},
    ]
    if refused := progress.counts[REFUSED]:
        words.append(ngettext("%(n)d not issued", "%(n)d not issued", refused) % {"n": refused})
    if failed := progress.counts[FAILED]:
        words.append(
            ngettext("%(n)d is tried again", "%(n)d are tried again", failed) % {"n": failed}
        )
    return " · ".join(words)


@require_GET
@never_cache
def batch_page(request: HttpRequest, batch_uuid: str) -> HttpResponse:
    batch = _batch(request.user, batch_uuid)
    progress = progress_of(batch)
    context = {
        "batch": batch,
        "heading": _("Issuing certificates"),
        "progress": progress,
        "words": in_words(progress),
    }
    return TemplateResponse(request, "certificates/cms/batch.html", context)


@require_GET
@never_cache
def batch_progress(request: HttpRequest, batch_uuid: str) -> JsonResponse:
    progress = progress_of(_batch(request.user, batch_uuid))
    return JsonResponse(
        {
            "done": progress.done,
            "total": progress.total,
            "words": in_words(progress),
            "finished": progress.is_finished,
        }
    )


@require_GET
def batch_zip(request: HttpRequest, batch_uuid: str) -> StreamingHttpResponse:
    batch = _batch(request.user, batch_uuid)
    return StreamingHttpResponse(
        zipped(certificates_of(batch)),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="certificates-{batch.pk}.zip"',
            "Cache-Control": "private, no-store",
        },
    )
