from django.urls import URLPattern, path

from mawsim.web.views import health, public

urlpatterns: list[URLPattern] = [
    path("", public.landing, name="landing"),
    path("home/", public.home, name="home"),
    path("how-it-works/", public.about, name="about"),
    path("language/", public.set_language, name="set_language"),
    path("health/", health.page, name="health"),
]
