"""Live rooms (and, in the embedded installation, pages too): the ASGI application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.base")

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  needs the apps to be loaded

from webinars.live.sockets import live_sockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": live_sockets})
