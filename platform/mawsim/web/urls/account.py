from django.urls import URLPattern, path

from mawsim.web.views import account

urlpatterns: list[URLPattern] = [
    path("settings/", account.settings_page, name="settings"),
    path("notifications/", account.notifications, name="notifications"),
    path("notifications/read/", account.read_all, name="notifications_read"),
    path("notifications/<slug:public_id>/", account.open_notification, name="notification_open"),
]
