"""Every address of the platform."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from courses.serving import serve

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    # The CMS's own way in asks for a password alone: everybody comes in by the front door.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("lms.api.urls")),
    path("", include("frontend.urls")),
    path("", include("lms.mail.urls")),
    path("", include("lms.people.urls")),
    path("", include("courses.urls")),
    path("", include("assessments.urls")),
    path("", include("webinars.urls")),
    path("", include("certificates.urls")),
    path("", include("lms.insights.urls")),
]
if settings.SERVE_MEDIA:
    urlpatterns += [path("", include("frontend.media_urls"))]
urlpatterns += [re_path(wagtail_urls.serve_pattern, serve), path("", include(wagtail_urls))]

handler429 = "frontend.errors.too_many_requests"  # asked for by allauth
handler500 = "frontend.errors.server_error"
