from django.urls import path

from courses import as_learner_views, views

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", views.lesson_done, name="lesson_done"),
    path("as-learner/<int:course_id>/", as_learner_views.as_learner, name="as_learner"),
]
