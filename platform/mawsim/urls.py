"""Every address of the site. Pages carry the reader's language as a prefix; machines' paths do not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from mawsim.web.views import health, public

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("favicon.ico", public.favicon, name="favicon"),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        path("", include("mawsim.web.urls")),
    ),
]
handler400 = "mawsim.web.views.errors.bad_request"
handler403 = "mawsim.web.views.errors.permission_denied"
handler404 = "mawsim.web.views.errors.not_found"
handler500 = "mawsim.web.views.errors.server_error"
