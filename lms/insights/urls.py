from django.urls import path, re_path

from lms.insights import report_views, views

app_name = "insights"

urlpatterns = [
    path("insights/", views.programme, name="programme"),
    path("insights/programme.csv", views.sheet, name="sheet"),
    path("insights/report/", report_views.report, name="report"),
    re_path(
        r"^insights/report\.(?P<kind>pdf|csv|xlsx)$", report_views.report_file, name="report_file"
    ),
]
