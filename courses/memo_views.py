"""What a reader does with a memo: mark it as useful, take it away as a PDF."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.memo_pdf import pdf_of
from courses.memos import mark
from courses.models import Memo


@login_required
@require_POST
def useful(request: HttpRequest, memo_id: int) -> HttpResponse:
    """«Useful», or no longer: the form says which, so that a second click changes nothing."""
    memo = get_object_or_404(Memo.objects.visible_to(request.user), pk=memo_id)
    is_useful = request.POST.get("useful") == "yes"
    mark(memo, request.user, useful=is_useful)
    if is_useful:
        messages.success(request, _("Marked. The memo is now on your list."))
    else:
        messages.info(request, _("The mark is taken off."))
    return redirect(memo.get_url(request))


@require_GET
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    memo = get_object_or_404(Memo.objects.live(), slug=slug)
    if not memo.is_public and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    response = HttpResponse(pdf_of(memo), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{memo.slug}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response
