"""The WebSocket application of live rooms."""

from channels.routing import URLRouter
from django.urls import path, re_path

from webinars.live.consumer import LiveConsumer

live_sockets = URLRouter(
    [
        path("ws/live/<uuid:room_uuid>/", LiveConsumer.serve),  # type: ignore[arg-type]
        re_path(r"^.*$", LiveConsumer.serve),  # type: ignore[arg-type]
    ]
)
"""An address that is no room's gets the same code as a room that does not exist."""
