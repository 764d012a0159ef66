"""Pages of awards and thanks: to nominate, to decide, to agree, and a region's board."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.honours import HonourProblem, answer, colleagues_of, decide, nominate, show
from certificates.models import Award
from lms.people.models import Region, Role, User

ON_A_PAGE = 30


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        where = person.organisation.name if person.organisation else ""
        return ", ".join(filter(None, [person.get_full_name(), where]))


class NominationForm(forms.Form):
    nominee = PersonChoice(
        label=gettext_lazy("Whom"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What"), choices=Award.Kind.choices, initial=Award.Kind.THANKS
    )
    reason = forms.CharField(
        label=gettext_lazy("What for, in words"),
        max_length=400,
        help_text=gettext_lazy(
            "Begin with “for”: for the patience with which she… It is printed on the document and "
            "shown on the region’s page. Write nothing about clients by which they could be known."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nominee"].queryset = colleagues_of(by).select_related("organisation")


def decides(user: User) -> bool:
    return (
        user.is_administrator
        or user.has_role(Role.METHODOLOGIST)
        or user.has_role(Role.COORDINATOR)
    )


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """The regions that have a board; a single one opens at once."""
    with_board = Region.objects.filter(
        pk__in=Award.objects.on_the_board().order_by().values("region")
    )
    return render(request, "certificates/boards.html", {"regions": with_board})


@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    """What people of a region were thanked for, the newest first; without places or points."""
    region = get_object_or_404(Region, code=code)
    awards = (
        Award.objects.on_the_board()
        .filter(region=region)
        .select_related("nominee__organisation", "certificate")
    )
    page = Paginator(awards, ON_A_PAGE).get_page(request.GET.get("page"))
    response = render(request, "certificates/board.html", {"region": region, "page": page})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def nominating(request: HttpRequest) -> HttpResponse:
    form = NominationForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            nominate(by=request.user, **form.cleaned_data)
        except HonourProblem as problem:
            form.add_error("reason", str(problem.words))
        else:
            messages.success(
                request, _("Thank you. The region decides, and then the person is asked.")
            )
            return redirect("certificates:my_honours")
    context = {"form": form, "has_colleagues": form.fields["nominee"].queryset.exists()}
    return render(
        request, "certificates/nominating.html", context, status=422 if form.errors else 200
    )


@login_required
@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What I was given or am asked to agree to, and what became of whom I nominated."""
    awards = Award.objects.filter(
        nominee=request.user, state__in=[Award.State.OFFERED, Award.State.AGREED]
    ).select_related("certificate", "nominated_by", "region")
    nominations = Award.objects.filter(nominated_by=request.user).select_related("nominee")[:50]
    context = {"awards": awards, "nominations": nominations, "decides": decides(request.user)}
    return render(request, "certificates/my_honours.html", context)


@login_required
@require_POST
def answering(request: HttpRequest, award_uuid: str) -> HttpResponse:
    award = get_object_or_404(Award, uuid=award_uuid, nominee=request.user)
    choice = request.POST.get("answer", "")
    try:
        if choice in ("show", "hide") and award.state == Award.State.AGREED:
            show(award, is_shown=choice == "show")
            messages.success(request, _("Saved."))
        elif choice in ("show", "hide", "refuse"):
            agrees = choice != "refuse"
            answer(award, agrees=agrees, is_shown=choice == "show")
            messages.success(
                request,
                _("Thank you. The document is being prepared.")
                if agrees
                else _("You have refused it. Nobody is shown anything."),
            )
    except HonourProblem as problem:
        messages.warning(request, str(problem.words))
    return redirect("certificates:my_honours")


@login_required
@require_safe
@never_cache
def deciding(request: HttpRequest) -> HttpResponse:
    if not decides(request.user):
        raise Http404
    waiting = (
        Award.objects.decided_by(request.user)
        .filter(state=Award.State.PROPOSED)
        .select_related("nominee__organisation", "nominated_by", "region")
        .order_by("created_at", "pk")
    )
    return render(request, "certificates/deciding.html", {"waiting": waiting})


@login_required
@require_POST
def decision(request: HttpRequest, award_uuid: str) -> HttpResponse:
    award = get_object_or_404(Award.objects.decided_by(request.user), uuid=award_uuid)
    choice = request.POST.get("decision")
    if choice in ("support", "decline"):
        try:
            decide(
                award,
                actor=request.user,
                supports=choice == "support",
                note=request.POST.get("note", ""),
            )
            messages.success(
                request,
                _("Supported. The person is asked for consent.")
                if choice == "support"
                else _("Not supported. Who nominated sees your note."),
            )
        except HonourProblem as problem:
            messages.warning(request, str(problem.words))
    return redirect("certificates:honours_to_decide")
