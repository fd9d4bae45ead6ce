"""The members of an organisation and its invitations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mawsim.accounts import actions, invitations, queries, rules
from mawsim.accounts.models import Membership, Organisation, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotVisible
from mawsim.core.limits import limited
from mawsim.web import acting
from mawsim.web.forms.organisations import InviteForm, RoleForm, show_errors
from mawsim.web.requests import SignedIn


def _page(
    request: HttpRequest, organisation: Organisation, form: InviteForm, status: int = 200
) -> HttpResponse:
    members = list(queries.members(organisation))
    is_owner = any(row.user_id == request.user.pk and row.role == Role.OWNER for row in members)
    context = {
        "organisation": organisation,
        "members": [(row, RoleForm.of(row)) for row in members],
        "is_owner": is_owner,
        "invitations": queries.open_invitations(organisation) if is_owner else (),
        "form": form,
    }
    return render(request, "web/organisations/members.html", context, status=status)


@login_required
def index(request: SignedIn, public_id: str) -> HttpResponse:
    """Every member sees who belongs; owners manage."""
    organisation = rules.get_organisation(request.user, public_id, Role.VIEWER)
    return _page(request, organisation, InviteForm(initial={"language": organisation.language}))


@login_required
@require_POST
@limited("invite", per_minute=10)
def invite(request: SignedIn, public_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.OWNER)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(actor=request.user, organisation=organisation, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("web:members", organisation.public_id)
    return _page(request, organisation, form, status=422)


@login_required
@require_POST
def revoke(request: SignedIn, public_id: str, invitation_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.OWNER)
    invitation = organisation.invitations.filter(public_id=invitation_id).first()
    if invitation is None:
        raise NotVisible
    actions.revoke_invitation(actor=request.user, invitation=invitation)
    messages.success(request, _("The invitation is revoked."))
    return redirect("web:members", organisation.public_id)


def _membership(organisation: Organisation, member_id: str) -> Membership:
    membership = organisation.memberships.filter(public_id=member_id).first()
    if membership is None:
        raise NotVisible
    return membership


@login_required
@require_POST
def change_role(request: SignedIn, public_id: str, member_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.OWNER)
    membership = _membership(organisation, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({"role": _("Choose one of the roles.")})
    actions.change_role(actor=request.user, membership=membership, role=Role(form.cleaned_data["role"]))
    messages.success(request, _("The role is changed."))
    return redirect("web:members", organisation.public_id)


@login_required
@require_POST
def remove(request: SignedIn, public_id: str, member_id: str) -> HttpResponse:
    """Remove a member, or leave."""
    organisation = rules.get_organisation(request.user, public_id, Role.VIEWER)
    membership = _membership(organisation, member_id)
    leaving = membership.user_id == request.user.pk
    actions.remove_member(actor=request.user, membership=membership)
    if leaving:
        messages.success(request, _("You have left the organisation."))
        return redirect("web:landing")
    messages.success(request, _("The member is removed."))
    return redirect("web:members", organisation.public_id)


@limited("invitation", per_minute=20, methods=("GET", "POST"))
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link. One and the same page answers every dead link."""
    try:
        invitation = invitations.invitation_of(token)
    except NotVisible:
        return render(request, "web/organisations/invitation_gone.html", status=404)
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request.user, request, token)
    is_mine = request.user.is_authenticated and invitation.email.lower() in queries.verified_addresses(
        request.user
    )
    context = {"invitation": invitation, "is_mine": is_mine}
    return render(request, "web/organisations/invitation.html", context)


def _join(user: User, request: HttpRequest, token: str) -> HttpResponse:
    organisation = actions.accept_invitation(actor=user, token=token)
    acting.act_as(request, organisation)
    messages.success(request, _("Welcome. You now act for this organisation."))
    return redirect("web:organisation", organisation.public_id)
