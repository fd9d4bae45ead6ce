from django.urls import URLPattern, path

from mawsim.web.views import conversations
from mawsim.web.views import deals as views

_INTEREST = "interests/<slug:public_id>/"
_CONVERSATION = "conversations/<slug:public_id>/"

urlpatterns: list[URLPattern] = [
    path("inbox/", views.inbox, name="inbox"),
    path("listings/<slug:public_id>/interest/", views.interest_new, name="interest_new"),
    path(_INTEREST, views.interest, name="interest"),
    path(_INTEREST + "purpose/", views.interest_purpose, name="interest_purpose"),
    path(_INTEREST + "decide/", views.interest_decide, name="interest_decide"),
    path(_INTEREST + "withdraw/", views.interest_withdraw, name="interest_withdraw"),
    path(_CONVERSATION, conversations.conversation, name="conversation"),
    path(_CONVERSATION + "messages/", conversations.message_new, name="message_new"),
    path(_CONVERSATION + "messages/<slug:message_id>/", conversations.message, name="message"),
    path(_CONVERSATION + "updates/", conversations.conversation_updates, name="conversation_updates"),
]
