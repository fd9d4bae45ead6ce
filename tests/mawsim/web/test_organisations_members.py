from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client
from django.utils import timezone

from mawsim.accounts import actions
from mawsim.accounts.invitations import token_of
from mawsim.accounts.models import Invitation, Membership, Role
from tests.conftest import Cast, ClientOf
from tests.mawsim.accounts.people import person
from tests.mawsim.web.counting import queries_of

FORM = {"email": "minji@new.example", "role": "editor", "language": "ko"}


def invited(cast: Cast, email: str = "minji@new.example") -> Invitation:
    return actions.invite(
        actor=cast.of(cast.hanbit), organisation=cast.hanbit, email=email, role=Role.EDITOR, language="ko"
    )


def members_of(cast: Cast) -> str:
    return f"/en/organisations/{cast.hanbit.public_id}/members/"


def test_inviting_and_revoking(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    page = client.post(f"{members_of(cast)}invite/", FORM, follow=True)
    assert page.redirect_chain == [(members_of(cast), 302)]
    assert "minji@new.example" in page.text
    invitation = Invitation.objects.get()
    address = f"/en/organisations/{cast.hanbit.public_id}/invitations/{invitation.public_id}/revoke/"
    assert "minji@new.example" not in client.post(address, follow=True).text
    assert client.post(address).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "editor@hanbit.example"),
        ("role", "king"),
        ("language", "xx"),
    ],
)
def test_bad_invitations_lose_nothing(cast: Cast, client_of: ClientOf, field: str, value: str) -> None:
    answer = client_of(cast.of(cast.hanbit)).post(f"{members_of(cast)}invite/", FORM | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Invitation.objects.count() == 0


def test_one_double_click_invites_once(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    answers = [client.post(f"{members_of(cast)}invite/", FORM).status_code for _ in range(2)]
    assert answers == [302, 422]
    assert Invitation.objects.count() == 1


def test_inviting_is_limited(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    answers = [
        client.post(f"{members_of(cast)}invite/", FORM | {"email": f"p{number}@new.example"}).status_code
        for number in range(11)
    ]
    assert answers == [302] * 10 + [429]


def test_only_owners_see_invitations(cast: Cast, client_of: ClientOf) -> None:
    invited(cast)
    assert "minji@new.example" not in client_of(cast.of(cast.hanbit, Role.EDITOR)).get(members_of(cast)).text


def test_a_stranger_is_led_to_login_and_sign_up(cast: Cast, client: Client) -> None:
    address = f"/ko/invitations/{token_of(invited(cast))}/"
    page = client.get(address)
    assert page.status_code == 200
    assert f"/ko/account/login/?next={address}" in page.text
    assert f"/ko/account/signup/?next={address}" in page.text
    assert "minji@new.example" not in page.text


def test_the_wrong_person_is_told_and_cannot_accept(cast: Cast, client_of: ClientOf) -> None:
    address = f"/en/invitations/{token_of(invited(cast))}/"
    client = client_of(person("other@new.example"))
    assert "another e-mail address" in client.get(address).text
    assert client.post(address).status_code == 403
    assert Membership.objects.filter(organisation=cast.hanbit).count() == 3


def test_an_unconfirmed_address_does_not_count(cast: Cast, client_of: ClientOf) -> None:
    address = f"/en/invitations/{token_of(invited(cast))}/"
    assert client_of(person("minji@new.example", verified=False)).post(address).status_code == 403


def test_accepting_joins_and_acts_at_once(cast: Cast, client_of: ClientOf) -> None:
    minji = person("minji@new.example")
    address, client = f"/ko/invitations/{token_of(invited(cast))}/", client_of(minji)
    assert address in client.get("/ko/organisations/new/").text
    assert client.get(address).status_code == 200
    assert not Membership.objects.filter(user=minji).exists()
    answer = client.post(address)
    assert answer.headers["Location"] == f"/ko/organisations/{cast.hanbit.public_id}/"
    assert Membership.objects.get(user=minji).role == Role.EDITOR
    assert client.get("/ko/notifications/").context["acting"] == cast.hanbit
    assert client.post(address).status_code == 404


def test_from_the_invitation_over_sign_up_into_the_organisation(cast: Cast, client: Client) -> None:
    address = f"/ko/invitations/{token_of(invited(cast))}/"
    password = "correct horse battery"
    client.post(
        "/ko/account/signup/",
        {"name": "민지", "email": "minji@new.example", "language": "ko", "next": address}
        | {"password1": password, "password2": password},
    )
    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(email="minji@new.example"))
    answer = client.post(f"/ko/account/confirm-email/{confirmation.key}/")
    assert answer.headers["Location"] == address
    client.post(address)
    assert Membership.objects.get(user__email="minji@new.example").organisation == cast.hanbit


def test_every_dead_link_answers_alike(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(person("minji@new.example"))
    expired, revoked = invited(cast), invited(cast, "b@new.example")
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Invitation.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    forged = f"{expired.public_id}.{'A' * 43}"
    pages = [
        client.get(f"/en/invitations/{token}/")
        for token in (token_of(expired), token_of(revoked), forged, "x")
    ]
    assert {page.status_code for page in pages} == {404}
    assert all("This invitation is not valid" in page.text for page in pages)
    assert all("한빛" not in page.text for page in pages)


def test_roles_and_removal(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    viewer = Membership.objects.get(organisation=cast.hanbit, role=Role.VIEWER)
    client.post(f"{members_of(cast)}{viewer.public_id}/role/", {"role": "editor"})
    assert Membership.objects.get(pk=viewer.pk).role == Role.EDITOR
    client.post(f"{members_of(cast)}{viewer.public_id}/remove/")
    assert not Membership.objects.filter(pk=viewer.pk).exists()
    owner = Membership.objects.get(organisation=cast.hanbit, role=Role.OWNER)
    assert client.post(f"{members_of(cast)}{owner.public_id}/remove/").status_code == 409


def test_leaving(cast: Cast, client_of: ClientOf) -> None:
    viewer = Membership.objects.get(organisation=cast.hanbit, role=Role.VIEWER)
    client = client_of(viewer.user)
    assert client.post(f"{members_of(cast)}{viewer.public_id}/remove/").headers["Location"] == "/en/"
    assert client.get(members_of(cast)).status_code == 404


def test_invitations_cost_the_same_for_one_and_for_three(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    invited(cast)
    one = queries_of(client, members_of(cast))
    invited(cast, "b@new.example")
    invited(cast, "c@new.example")
    assert (one, queries_of(client, members_of(cast))) == (8, 8)
