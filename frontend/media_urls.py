"""Uploaded files, served by page processes where no web server stands before them."""

from django.conf import settings
from django.urls import re_path

from frontend.media import serve_media

urlpatterns = [re_path(rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.*)$", serve_media)]
