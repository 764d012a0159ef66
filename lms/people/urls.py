from django.urls import path

from lms.people import my_data

app_name = "people"

urlpatterns = [
    path("my-data/", my_data.my_data, name="my_data"),
    path("my-data/download/", my_data.download, name="my_data_download"),
    path("my-data/consents/<int:pk>/withdraw/", my_data.withdraw, name="consent_withdraw"),
]
