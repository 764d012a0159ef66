from django.urls import path

from assessments import own_views, views

app_name = "assessments"

urlpatterns = [
    path("assessments/<int:assessment_id>/start/", views.start, name="start"),
    path("assessments/<uuid:attempt_uuid>/<int:number>/", views.item, name="item"),
    path("assessments/<uuid:attempt_uuid>/pages/", views.pages, name="pages"),
    path("assessments/<uuid:attempt_uuid>/check/", views.check, name="check"),
    path("assessments/<uuid:attempt_uuid>/sent/", views.sent, name="sent"),
    path("assessments/gain/<uuid:enrollment_uuid>/", own_views.gain, name="gain"),
    path("assessments/gain/<uuid:enrollment_uuid>/csv/", own_views.own_csv, name="own_csv"),
    path("assessments/gain/<uuid:enrollment_uuid>/pdf/", own_views.own_pdf, name="own_pdf"),
    path("assessments/gain/<uuid:enrollment_uuid>/erase/", own_views.erase, name="erase"),
    path("assessments/gain/<uuid:enrollment_uuid>/consents/", own_views.consents, name="consents"),
]
