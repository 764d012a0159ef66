from django.urls import path

from certificates import views, well_known

app_name = "certificates"

urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/<uuid:certificate_uuid>/pdf/", views.pdf, name="pdf"),
    path("verify/", views.check, name="check"),
    path("v/<str:code>/", views.verify, name="verify"),
    path(".well-known/did.json", well_known.did, name="did"),
    path(
        ".well-known/certificate-issuer.pem", well_known.root_certificate, name="root_certificate"
    ),
]
