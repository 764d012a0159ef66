from django.urls import path

from courses import as_learner_views, memo_views, views

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", views.lesson_done, name="lesson_done"),
    path("as-learner/<int:course_id>/", as_learner_views.as_learner, name="as_learner"),
    path("memos/<int:memo_id>/useful/", memo_views.useful, name="memo_useful"),
    path("memos/<str:slug>/pdf", memo_views.pdf, name="memo_pdf"),
]
