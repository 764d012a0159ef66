from django.urls import path

from lms.mail import views

app_name = "mail"

urlpatterns = [
    path("learn/reminders/", views.reminders, name="reminders"),
    path("reminders/<str:token>/", views.reminders_by_link, name="reminders_by_link"),
    path("reminders/<str:token>/off/", views.reminders_off, name="reminders_off"),
]
