from django.urls import URLPattern, path

from mawsim.web.views import operations, review

urlpatterns: list[URLPattern] = [
    path("operations/matching/", operations.matching, name="matching_report"),
    path("operations/matching/weights/", operations.weights, name="matching_weights"),
    path("review/", review.queue, name="review_queue"),
    path("review/<slug:public_id>/", review.review, name="review_listing"),
]
