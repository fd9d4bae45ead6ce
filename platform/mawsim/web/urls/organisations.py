from django.urls import URLPattern, path

from mawsim.web.views import claims, members
from mawsim.web.views import organisations as views

_ONE = "organisations/<slug:public_id>/"

urlpatterns: list[URLPattern] = [
    path("organisations/new/", views.new, name="organisation_new"),
    path(_ONE, views.show, name="organisation"),
    path(_ONE + "edit/", views.edit, name="organisation_edit"),
    path(_ONE + "act/", views.act, name="act_as"),
    path(_ONE + "suspension/", views.suspend, name="organisation_suspend"),
    path(_ONE + "members/", members.index, name="members"),
    path(_ONE + "members/invite/", members.invite, name="invite"),
    path(_ONE + "members/<slug:member_id>/role/", members.change_role, name="member_role"),
    path(_ONE + "members/<slug:member_id>/remove/", members.remove, name="member_remove"),
    path(_ONE + "invitations/<slug:invitation_id>/revoke/", members.revoke, name="invitation_revoke"),
    path("invitations/<str:token>/", members.accept, name="invitation_accept"),
    path(_ONE + "claims/new/", claims.new, name="claim_new"),
    path(_ONE + "claims/<slug:claim_id>/withdraw/", claims.withdraw, name="claim_withdraw"),
    path(_ONE + "claims/<slug:claim_id>/check/", claims.check, name="claim_check"),
]
