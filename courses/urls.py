from django.urls import path

from courses import (
    as_learner_views,
    calendar_views,
    lesson_views,
    memo_views,
    request_views,
    speech_views,
    views,
)
from courses.dialogues import views as dialogues

app_name = "courses"

urlpatterns = [
    path("learn/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("lessons/<int:lesson_id>/done/", lesson_views.lesson_done, name="lesson_done"),
    path("lessons/<int:lesson_id>/note/", lesson_views.lesson_note, name="lesson_note"),
    path("lessons/<int:lesson_id>/position/", lesson_views.lesson_position, name="lesson_position"),
    path("as-learner/<int:course_id>/", as_learner_views.as_learner, name="as_learner"),
    path("courses/<int:course_id>/request/", request_views.ask, name="request_ask"),
    path("requests/", request_views.requests, name="requests"),
    path("requests/<uuid:uuid>/take-back/", request_views.take_back, name="request_take_back"),
    path("requests/<uuid:uuid>/decide/", request_views.decide, name="request_decide"),
    path("memos/<int:memo_id>/useful/", memo_views.useful, name="memo_useful"),
    path("memos/<str:slug>/pdf", memo_views.pdf, name="memo_pdf"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/feed/", calendar_views.new_feed, name="calendar_new_feed"),
    path("calendar/event/<uuid:uid>.ics", calendar_views.event_file, name="calendar_event"),
    path("calendar/feed/<str:token>.ics", calendar_views.feed, name="calendar_feed"),
    path("speech-hints/disagree/", speech_views.disagree_with_hint, name="disagree_with_hint"),
    path("dialogues/<int:dialogue_id>/answer/", dialogues.answer, name="dialogue_answer"),
    path("dialogues/<int:dialogue_id>/retry/", dialogues.retry, name="dialogue_retry"),
    path("dialogues/<int:dialogue_id>/again/", dialogues.again, name="dialogue_again"),
]
