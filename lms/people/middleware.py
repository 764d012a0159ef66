"""Language and time zone of the person, for the length of a request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


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
