"""Language and time zone of the person, for the length of a request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from lms.people.models import User


class PersonalSettingsMiddleware:
    """Activate the person's language (profile, cookie, then Russian) and time zone.

    The browser's own language is not asked: an office PC often says English to a Russian reader.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = self._chosen(request)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        if request.path_info.startswith(reverse("wagtailadmin_home")):
            _tell_cms(request.user, zone)
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def _chosen(self, request: HttpRequest) -> tuple[str, zoneinfo.ZoneInfo]:
        user = request.user
        languages = dict(settings.LANGUAGES)
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if user.is_authenticated:
            language = user.locale
        if language not in languages:
            language = settings.LANGUAGE_CODE
        name = user.timezone if user.is_authenticated else settings.TIME_ZONE
        try:
            return language, zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return language, zoneinfo.ZoneInfo(settings.TIME_ZONE)


def _tell_cms(user: User | AnonymousUser, zone: zoneinfo.ZoneInfo) -> None:
    """The CMS goes by a profile of its own, and by Moscow's time where that names no zone.

    Whoever plans a webinar from Tomsk means the clock in Tomsk. Nothing is saved.
    """
    if not user.is_authenticated:
        return
    if not hasattr(user, "wagtail_userprofile"):
        user.wagtail_userprofile = UserProfile(user=user)
    if not user.wagtail_userprofile.current_time_zone:
        user.wagtail_userprofile.current_time_zone = zone.key
