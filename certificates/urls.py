from django.urls import path

from certificates import (
    honour_views,
    learner_views,
    register_views,
    status_views,
    views,
    well_known,
)

app_name = "certificates"

one = "certificates/<uuid:certificate_uuid>/"

urlpatterns = [
    path("certificates/", learner_views.mine, name="mine"),
    path("certificates/name/", learner_views.name, name="name"),
    path("certificates/details/", learner_views.details, name="details"),
    path("certificates/register/", register_views.register, name="register"),
    path("certificates/register.xlsx", register_views.register_xlsx, name="register_xlsx"),
    path(one, learner_views.one, name="one"),
    path(f"{one}pdf/", learner_views.pdf, name="pdf"),
    path(f"{one}credential.json", learner_views.credential, name="credential"),
    path(f"{one}shown/", learner_views.show_name, name="show_name"),
    path("honour/", honour_views.boards, name="boards"),
    path("honour/mine/", honour_views.mine, name="my_honours"),
    path("honour/nominate/", honour_views.nominating, name="nominate"),
    path("honour/decide/", honour_views.deciding, name="honours_to_decide"),
    path("honour/<uuid:award_uuid>/answer/", honour_views.answering, name="honour_answer"),
    path("honour/<uuid:award_uuid>/decision/", honour_views.decision, name="honour_decision"),
    path("honour/<slug:code>/", honour_views.board, name="board"),
    path("verify/", views.check, name="check"),
    path("verify/file/", views.check_file, name="check_file"),
    path("v/<str:code>/", views.verify, name="verify"),
    path("v/<str:code>/credential.json", views.credential, name="public_credential"),
    path("status/<int:number>/<str:purpose>/", status_views.status_list, name="status_list"),
    path(".well-known/did.json", well_known.did, name="did"),
    path(
        ".well-known/certificate-issuer.pem", well_known.root_certificate, name="root_certificate"
    ),
]
