from django.urls import path

from assessments import views

app_name = "assessments"

urlpatterns = [
    path("assessments/<int:assessment_id>/start/", views.start, name="start"),
    path("assessments/<uuid:attempt_uuid>/<int:number>/", views.item, name="item"),
    path("assessments/<uuid:attempt_uuid>/check/", views.check, name="check"),
    path("assessments/<uuid:attempt_uuid>/sent/", views.sent, name="sent"),
    path("assessments/gain/<uuid:enrollment_uuid>/", views.gain, name="gain"),
]
