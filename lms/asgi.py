"""Live rooms (and, in the embedded installation, pages too): the ASGI application."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.base")

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  needs the apps to be loaded

from webinars.live.sockets import live_sockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": live_sockets})

# With 2,000 sockets a full collection stops everybody for a third of a second, and nearly all that
# it walks is code and settings. Those are left out from now on, and it comes less often.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 50, 50)
