from django.urls import path

from webinars import developer_views, views
from webinars.practicum import library_views as practicum_library
from webinars.practicum import trainer_views as practicum_trainer
from webinars.practicum import views as practicum

app_name = "webinars"

urlpatterns = [
    path("webinars/sessions/<int:session_id>/", views.session_host, name="session_host"),
    path("webinars/sessions/<int:session_id>/open/", views.session_open, name="session_open"),
    path("webinars/sessions/<int:session_id>/close/", views.session_close, name="session_close"),
    path(
        "webinars/sessions/<int:session_id>/attendance.csv",
        views.session_attendance,
        name="session_attendance",
    ),
    path("webinars/sessions/<int:session_id>/rating/", views.session_rating, name="session_rating"),
    path("developers/live/", developer_views.live_protocol, name="live_protocol"),
    path("developers/live/asyncapi.json", developer_views.live_asyncapi, name="live_asyncapi"),
    path("rooms/<uuid:room_uuid>/slides", views.room_slides, name="room_slides"),
    path("rooms/<uuid:room_uuid>/events", views.room_events, name="room_events"),
    path("rooms/<uuid:room_uuid>/commands", views.room_commands, name="room_commands"),
    path("practicum/<int:practicum_id>/join/", practicum.join, name="practicum_join"),
    path(
        "practicum/<int:practicum_id>/stop-waiting/",
        practicum.stop_waiting,
        name="practicum_stop_waiting",
    ),
    path(
        "practicum/<int:practicum_id>/withdraw-consent/",
        practicum.withdraw_consent,
        name="practicum_withdraw_consent",
    ),
    path(
        "practicum/<int:practicum_id>/groups/<int:cohort_id>/",
        practicum_trainer.groups,
        name="practicum_groups",
    ),
    path("practicum/review/", practicum_trainer.review_queue, name="practicum_queue"),
    path(
        "practicum/<int:practicum_id>/library/", practicum_library.shelf, name="practicum_library"
    ),
    path(
        "practicum/library/course/<int:course_id>/",
        practicum_library.course_shelf,
        name="practicum_course_library",
    ),
    path("practicum/library/<int:pk>/", practicum_library.read, name="practicum_excellent"),
    path(
        "practicum/library/<int:pk>/consent/",
        practicum_library.consent,
        name="practicum_library_consent",
    ),
    path(
        "practicum/library/<int:pk>/prepare/",
        practicum_library.edit,
        name="practicum_library_edit",
    ),
    path(
        "practicum/library/<int:pk>/<str:action>/",
        practicum_library.step,
        name="practicum_library_step",
    ),
    path(
        "practicum/<uuid:session_uuid>/propose/<int:number>/",
        practicum_library.propose,
        name="practicum_propose",
    ),
    path(
        "practicum/reports/<int:report_id>/settle/",
        practicum_trainer.settle,
        name="practicum_settle",
    ),
    path("practicum/<uuid:session_uuid>/", practicum.room, name="practicum_room"),
    path(
        "practicum/<uuid:session_uuid>/review/", practicum_trainer.review, name="practicum_review"
    ),
    path(
        "practicum/<uuid:session_uuid>/comment/",
        practicum_trainer.comment,
        name="practicum_comment",
    ),
    path(
        "practicum/<uuid:session_uuid>/rate/<int:number>/",
        practicum_trainer.rate,
        name="practicum_rate",
    ),
    path(
        "practicum/<uuid:session_uuid>/decide/<int:seat_number>/",
        practicum_trainer.decide,
        name="practicum_decide",
    ),
    path(
        "practicum/<uuid:session_uuid>/lead/<str:action>/",
        practicum_trainer.lead,
        name="practicum_lead",
    ),
    path("practicum/<uuid:session_uuid>/report/", practicum.report, name="practicum_report"),
    path("practicum/<uuid:session_uuid>/feedback/", practicum.feedback, name="practicum_feedback"),
    path("practicum/<uuid:session_uuid>/debrief/", practicum.debrief, name="practicum_debrief"),
    path("practicum/<uuid:session_uuid>/rating/", practicum.rating, name="practicum_rating"),
    path("practicum/<uuid:session_uuid>/<str:action>/", practicum.act, name="practicum_act"),
]
