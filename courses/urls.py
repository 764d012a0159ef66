from django.urls import path

from courses import views
from courses.dialogues import views as dialogues

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", views.lesson_done, name="lesson_done"),
    path("dialogues/<int:dialogue_id>/answer/", dialogues.answer, name="dialogue_answer"),
    path("dialogues/<int:dialogue_id>/retry/", dialogues.retry, name="dialogue_retry"),
    path("dialogues/<int:dialogue_id>/again/", dialogues.again, name="dialogue_again"),
]
