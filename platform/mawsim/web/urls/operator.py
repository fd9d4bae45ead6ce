from django.urls import URLPattern, path

from mawsim.web.views import review

urlpatterns: list[URLPattern] = [
    path("review/", review.queue, name="review_queue"),
    path("review/<slug:public_id>/", review.review, name="review_listing"),
]
