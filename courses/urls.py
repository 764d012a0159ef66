from django.urls import path

from courses import as_learner_views, lesson_views, views

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", lesson_views.lesson_done, name="lesson_done"),
    path("lessons/<int:lesson_id>/note/", lesson_views.lesson_note, name="lesson_note"),
    path("lessons/<int:lesson_id>/position/", lesson_views.lesson_position, name="lesson_position"),
    path("as-learner/<int:course_id>/", as_learner_views.as_learner, name="as_learner"),
]
