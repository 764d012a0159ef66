from django.apps import AppConfig


class LmsConfig(AppConfig):
    """The project itself: server command and checks, no models."""

    name = "lms"
    label = "lms"
