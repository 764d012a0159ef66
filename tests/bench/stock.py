"""The same pages as an author who follows Wagtail's own documentation would render them.

Only the benchmark knows these addresses. Content, middleware, session, page frame and what a
learner sees (every step with its state, neighbours, body) are those of our own pages. The stock
page is treated kindly: it reads the learner's completions in one query.
"""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from wagtail.models import Page, Site

from courses.agenda import EARLIEST, LATEST, events_of
from courses.models import Course, Enrollment
from courses.timetable import _entry
from courses.trainers import trainers_of
from lms.urls import urlpatterns as our_patterns

MODULES = 5
NAVIGATION = """{% for module in course.get_children.live %}
<h3>{{ module.title }}</h3>
<ul class="tasks">{% for activity in module.get_children.live.specific %}
  <li>{% if activity.pk in done %}{% icon "circle-check" %}{% else %}{% icon "circle" %}{% endif %}
    <a href="{% pageurl activity %}">{{ activity.title }}</a>
    {% blocktranslate count n=activity.estimated_minutes %}{{ n }} minute{% plural %}\
{{ n }} minutes{% endblocktranslate %}</li>
{% endfor %}</ul>{% endfor %}"""
HEAD = '{% extends "base.html" %}{% load i18n wagtailcore_tags %}'
HEAD += (
    "{% block title %}{{ page.title }}{% endblock %}{% block content %}<h1>{{ page.title }}</h1>"
)
LESSON = f"""{HEAD}<p class="lead">{{{{ page.goal }}}}</p>
{{% for block in page.body %}}<div>{{% include_block block %}}</div>{{% endfor %}}
{{% with previous=page.get_prev_sibling next=page.get_next_sibling %}}
{{% if previous %}}<a href="{{% pageurl previous %}}">{{{{ previous.title }}}}</a>{{% endif %}}
{{% if next %}}<a href="{{% pageurl next %}}">{{{{ next.title }}}}</a>{{% endif %}}{{% endwith %}}
{NAVIGATION}{{% endblock %}}"""
COURSE = f"""{HEAD}<p class="lead">{{{{ page.summary }}}}</p>
{{{{ page.description|richtext }}}}{{{{ page.outcomes|richtext }}}}
{NAVIGATION}
{{% include "courses/course_dates.html" %}}{{% include "courses/course_people.html" %}}
{{% endblock %}}"""


@cache
def template(source: str):
    return engines["django"].from_string(source)


def stock(request: HttpRequest, route: str) -> HttpResponse:
    """Find the page along the tree, ask for its context, fill its template."""
    parts = [part for part in route.split("/") if part]
    page, _args, _kwargs = Site.find_for_request(request).root_page.route(request, parts)
    is_course = isinstance(page, Course)
    course = page if is_course else page.get_parent().get_parent().specific
    enrollment = Enrollment.objects.get(learner=request.user, cohort__course=course)
    context = {
        **Page.get_context(page, request),
        "course": course,
        "done": set(enrollment.completions.values_list("activity_id", flat=True)),
    }
    if is_course:
        cohort = enrollment.cohort
        context |= {
            "programme": {"total": course.get_descendants().live().count() - MODULES},
            "enrollment": enrollment,
            "admission": {"cohort": cohort},
            "timetable": [_entry(event) for event in events_of([cohort], EARLIEST, LATEST)],
            "trainers": trainers_of(course, cohort),
        }
    return HttpResponse(template(COURSE if is_course else LESSON).render(context, request))


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bench-stock/<path:route>", stock), path("bench-bare/", bare), *our_patterns]
