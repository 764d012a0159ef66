from django.urls import path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/<uuid:certificate_uuid>/pdf/", views.pdf, name="pdf"),
    path("verify/", views.check, name="check"),
    path("v/<str:code>/", views.verify, name="verify"),
]
