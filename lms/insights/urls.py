from django.urls import path

from lms.insights import views

app_name = "insights"

urlpatterns = [
    path("insights/", views.programme, name="programme"),
    path("insights/programme.csv", views.sheet, name="sheet"),
]
