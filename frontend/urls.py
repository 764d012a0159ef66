from django.urls import path

from frontend import media, views
from frontend.style_guide import style_guide

app_name = "frontend"

urlpatterns = [
    path("display/", views.display_settings, name="display"),
    path("help/", views.help_page, name="help"),
    path("offline/", views.offline, name="offline"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("developers/style/", style_guide, name="style_guide"),
    path("language/", views.language, name="language"),
    path("signed-in/", media.is_signed_in, name="signed_in"),
]
