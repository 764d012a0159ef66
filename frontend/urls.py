from django.urls import path

from frontend import media, views

app_name = "frontend"

urlpatterns = [
    path("display/", views.display_settings, name="display"),
    path("language/", views.language, name="language"),
    path("signed-in/", media.is_signed_in, name="signed_in"),
]
