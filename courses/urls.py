from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", views.lesson_done, name="lesson_done"),
]
