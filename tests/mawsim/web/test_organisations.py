import pytest
from django.test import Client

from mawsim.accounts import actions
from mawsim.accounts.models import Claim, ClaimState, Membership, Organisation, Role, User
from tests.conftest import Cast, ClientOf
from tests.mawsim.accounts.people import person
from tests.mawsim.web.counting import queries_of

FORM = {
    "kind": "partner",
    "name": "Bệnh viện Hoa Sen",
    "name_en": "Lotus Hospital",
    "name_ko": "연꽃병원",
    "country": "VN",
    "city": "Hà Nội",
    "website": "hoasen.example",
    "size": "large",
    "sectors": ["healthcare"],
    "about": "Bệnh viện đa khoa.\r\nCó 500 giường.",
    "language": "vi",
}


def claim_of(organisation: Organisation, title: str = "ISO/IEC 27001") -> Claim:
    return Claim.objects.create(organisation=organisation, title=title, issuer="KISA")


def test_a_newcomer_founds_an_organisation(client_of: ClientOf, db: None) -> None:
    hoa = person("hoa@hoasen.example", language="vi")
    client = client_of(hoa)
    answer = client.post("/vi/organisations/new/", FORM)
    assert answer.headers["Location"] == "/vi/home/"
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.names) == (
        "Bệnh viện Hoa Sen",
        {"en": "Lotus Hospital", "ko": "연꽃병원"},
    )
    assert organisation.website == "https://hoasen.example"
    assert organisation.about == "Bệnh viện đa khoa.\nCó 500 giường."
    assert Membership.objects.get().role == Role.OWNER
    assert client.session["acting_organisation"] == organisation.public_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("name", "Hoa\u202eneS"),
        ("name_ko", "연꽃\u2066"),
        ("name_ar", "x" * 161),
        ("kind", "bank"),
        ("country", "XX"),
        ("website", "javascript:alert(1)"),
        ("website", "https://bank.example@evil.example/"),
        ("sectors", "no-such-sector"),
        ("about", "x" * 2001),
        ("about", "bell\x07"),
        ("language", "xx"),
        ("city", "a\nb"),
    ],
)
def test_bad_input_is_shown_beside_its_field_and_loses_nothing(
    client_of: ClientOf, db: None, field: str, value: str
) -> None:
    answer = client_of(person("hoa@hoasen.example")).post("/en/organisations/new/", FORM | {field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert Organisation.objects.count() == 0
    if field != "city":
        assert 'value="Hà Nội"' in answer.text


def test_invalid_utf8_and_nul_stop_at_the_door(client_of: ClientOf, db: None) -> None:
    client = client_of(person("hoa@hoasen.example"))
    body = b"name=%FF%FE&kind=partner"
    answer = client.post("/en/organisations/new/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert client.post("/en/organisations/new/", FORM | {"name": "a\x00b"}).status_code == 400
    assert Organisation.objects.count() == 0


def test_html_in_every_field_is_text(client_of: ClientOf, db: None) -> None:
    evil = "<script>alert(1)</script>"
    form = FORM | {"name": evil, "name_en": evil, "name_ar": evil, "city": evil, "about": evil}
    client = client_of(person("hoa@hoasen.example"))
    client.post("/en/organisations/new/", form)
    organisation = Organisation.objects.get()
    claim_of(organisation, evil)
    for page in ("", "edit/", "members/"):
        text = client.get(f"/en/organisations/{organisation.public_id}/{page}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_the_public_page_in_the_readers_language(cast: Cast, client: Client) -> None:
    cast.hanbit.names = {"ar": "هانبيت"}
    cast.hanbit.sectors, cast.hanbit.website = ["healthcare"], "https://hanbit.example"
    cast.hanbit.save()
    page = client.get(f"/ar/organisations/{cast.hanbit.public_id}/")
    assert page.status_code == 200
    assert "<h1><bdi>هانبيت</bdi></h1>" in page.text
    assert "كوريا الجنوبية" in page.text
    assert 'href="https://hanbit.example" rel="nofollow noopener noreferrer"' in page.text
    assert "members/" not in page.text


def test_the_title_is_the_name_without_markup(cast: Cast, client: Client) -> None:
    Organisation.objects.filter(pk=cast.vietcare.pk).update(names={"en": "Viet & Care"})
    page = client.get(f"/en/organisations/{cast.vietcare.public_id}/").content.decode()
    assert "<title>Viet &amp; Care · Mawsim</title>" in page


def test_other_names_are_shown_once_each(cast: Cast, client: Client) -> None:
    cast.hanbit.names = {"ar": "هانبيت", "en": "Hanbit", "vi": "Hanbit"}
    cast.hanbit.save()
    page = client.get(f"/ar/organisations/{cast.hanbit.public_id}/")
    shown = [(language.code, name) for language, name in page.context["other_names"]]
    assert shown == [("ko", "한빛의료AI"), ("en", "Hanbit")]


def test_a_suspended_organisation_vanishes(cast: Cast, client: Client, client_of: ClientOf) -> None:
    actions.set_organisation_active(actor=cast.operator, organisation=cast.hanbit, active=False)
    address = f"/en/organisations/{cast.hanbit.public_id}/"
    for reader in (None, cast.of(cast.hanbit), cast.of(cast.zayed)):
        assert client_of(reader).get(address).status_code == 404
    assert "is suspended" in client_of(cast.operator).get(address).text


def test_operators_suspend_and_restore(cast: Cast, client_of: ClientOf) -> None:
    address = f"/en/organisations/{cast.hanbit.public_id}/suspension/"
    for value, active in (("0", False), ("1", True)):
        assert client_of(cast.operator).post(address, {"active": value}).status_code == 302
        assert Organisation.objects.get(pk=cast.hanbit.pk).is_active is active


def test_editing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit, Role.EDITOR))
    address = f"/ko/organisations/{cast.hanbit.public_id}/edit/"
    assert 'value="한빛의료AI"' in client.get(address).text
    assert client.post(address, FORM).status_code == 302
    cast.hanbit.refresh_from_db()
    assert (cast.hanbit.name, cast.hanbit.names["ko"]) == ("Bệnh viện Hoa Sen", "연꽃병원")


def test_acting_for_another_of_ones_organisations(cast: Cast, client_of: ClientOf) -> None:
    owner = cast.of(cast.hanbit)
    cast.zayed.memberships.create(user=owner, role=Role.VIEWER)
    client = client_of(owner)
    answer = client.post(f"/en/organisations/{cast.zayed.public_id}/act/", {"next": "/en/notifications/"})
    assert answer.headers["Location"] == "/en/notifications/"
    page = client.get("/en/notifications/")
    assert page.context["acting"] == cast.zayed
    Membership.objects.filter(organisation=cast.zayed, user=owner).delete()
    assert client.get("/en/notifications/").context["acting"] == cast.hanbit


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_acting_never_leads_off_the_site(cast: Cast, client_of: ClientOf, target: str) -> None:
    answer = client_of(cast.of(cast.hanbit)).post(
        f"/en/organisations/{cast.hanbit.public_id}/act/", {"next": target}
    )
    assert answer.headers["Location"] == "/en/home/"


def test_claims_are_declared_checked_and_withdrawn(cast: Cast, client_of: ClientOf) -> None:
    base = f"/en/organisations/{cast.hanbit.public_id}/"
    editor, operator = client_of(cast.of(cast.hanbit, Role.EDITOR)), client_of(cast.operator)
    form = {
        "title": "ISO/IEC 27001",
        "issuer": "KISA",
        "evidence_url": "kisa.example/1",
        "expires_on": "2099-01-31",
    }
    assert editor.post(f"{base}claims/new/", form).headers["Location"] == base
    claim = Claim.objects.get()
    assert (claim.evidence_url, str(claim.expires_on)) == ("https://kisa.example/1", "2099-01-31")
    assert "Self-declared" in editor.get(base).text
    operator.post(f"{base}claims/{claim.public_id}/check/", {"state": "registry_checked"})
    assert "Checked in the registry" in editor.get(base).text
    assert operator.post(f"{base}claims/{claim.public_id}/check/", {"state": "expired"}).status_code == 400
    editor.post(f"{base}claims/{claim.public_id}/withdraw/")
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("evidence_url", "javascript:x"), ("expires_on", "2001-01-01"), ("expires_on", "soon")],
)
def test_bad_claims_are_refused(cast: Cast, client_of: ClientOf, field: str, value: str) -> None:
    form = {"title": "ISO/IEC 27001", "issuer": "KISA"} | {field: value}
    answer = client_of(cast.of(cast.hanbit)).post(
        f"/en/organisations/{cast.hanbit.public_id}/claims/new/", form
    )
    assert list(answer.context["form"].errors) == [field]
    assert Claim.objects.count() == 0


def test_a_revoked_claim_stays(cast: Cast, client_of: ClientOf) -> None:
    claim = claim_of(cast.hanbit)
    actions.check_claim(actor=cast.operator, claim=claim, state=ClaimState.REVOKED)
    address = f"/en/organisations/{cast.hanbit.public_id}/claims/{claim.public_id}/withdraw/"
    assert client_of(cast.of(cast.hanbit)).post(address).status_code == 409
    assert Claim.objects.count() == 1


def readers(cast: Cast) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "outsider": cast.of(cast.zayed),
        "other agency": cast.of(cast.gulf),
        "viewer": cast.of(cast.hanbit, Role.VIEWER),
        "editor": cast.of(cast.hanbit, Role.EDITOR),
        "owner": cast.of(cast.hanbit),
        "operator": cast.operator,
    }


OUTSIDE = {"outsider": 404, "other agency": 404, "operator": 404}
MATRIX = {
    "": dict.fromkeys(
        ["anonymous", "outsider", "other agency", "viewer", "editor", "owner", "operator"], 200
    ),
    "edit/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 200, "owner": 200},
    "members/": OUTSIDE | {"anonymous": 302, "viewer": 200, "editor": 200, "owner": 200},
    "claims/new/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 200, "owner": 200},
    "POST act/": OUTSIDE | {"anonymous": 302, "viewer": 302, "editor": 302, "owner": 302},
    "POST suspension/": {"anonymous": 302, "outsider": 404, "other agency": 404, "viewer": 404}
    | {"editor": 404, "owner": 404, "operator": 302},
    "POST members/invite/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 403, "owner": 422},
    "POST members/{member}/role/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 403, "owner": 400},
    "POST members/{member}/remove/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 403, "owner": 409},
    "POST claims/{claim}/withdraw/": OUTSIDE | {"anonymous": 302, "viewer": 403, "editor": 302, "owner": 302},
    "POST claims/{claim}/check/": {"anonymous": 302, "outsider": 404, "other agency": 404, "viewer": 404}
    | {"editor": 404, "owner": 404, "operator": 400},
}


@pytest.mark.parametrize("page", MATRIX)
def test_access(cast: Cast, client_of: ClientOf, page: str) -> None:
    """Each page against each kind of reader."""
    owner = Membership.objects.get(organisation=cast.hanbit, role=Role.OWNER)
    method, _, path = page.rpartition(" ")
    answers = {}
    for name, user in readers(cast).items():
        claim = claim_of(cast.hanbit)
        filled = path.format(member=owner.public_id, claim=claim.public_id)
        address = f"/en/organisations/{cast.hanbit.public_id}/{filled}"
        client = client_of(user)
        answers[name] = (client.post(address) if method else client.get(address)).status_code
    assert answers == MATRIX[page]


@pytest.mark.parametrize("page", [page for page in MATRIX if page.startswith("POST ")])
def test_what_changes_something_is_never_a_get(cast: Cast, client_of: ClientOf, page: str) -> None:
    path = page.removeprefix("POST ").format(member="x", claim="x")
    address = f"/en/organisations/{cast.hanbit.public_id}/{path}"
    assert client_of(cast.of(cast.hanbit)).get(address).status_code == 405


def test_rows_of_other_organisations_are_out_of_reach(cast: Cast, client_of: ClientOf) -> None:
    foreign = Membership.objects.get(organisation=cast.zayed, role=Role.VIEWER)
    claim = claim_of(cast.zayed)
    client, base = client_of(cast.of(cast.hanbit)), f"/en/organisations/{cast.hanbit.public_id}/"
    assert client.post(f"{base}members/{foreign.public_id}/remove/").status_code == 404
    assert client.post(f"{base}members/{foreign.public_id}/role/", {"role": "owner"}).status_code == 404
    assert client.post(f"{base}claims/{claim.public_id}/withdraw/").status_code == 404
    assert Membership.objects.filter(pk=foreign.pk, role=Role.VIEWER).exists()
    assert Claim.objects.count() == 1


PROFILE_QUERIES, MEMBERS_QUERIES = 8, 8


def test_the_profile_costs_the_same_for_one_claim_and_for_three(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.of(cast.hanbit)), f"/en/organisations/{cast.hanbit.public_id}/"
    claim_of(cast.hanbit)
    assert queries_of(client, address) == PROFILE_QUERIES
    claim_of(cast.hanbit)
    claim_of(cast.hanbit)
    assert queries_of(client, address) == PROFILE_QUERIES


def test_the_members_cost_the_same_for_one_and_for_three(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.of(cast.hanbit)), f"/en/organisations/{cast.hanbit.public_id}/members/"
    assert queries_of(client, address) == MEMBERS_QUERIES
    cast.hanbit.memberships.exclude(role=Role.OWNER).delete()
    assert queries_of(client, address) == MEMBERS_QUERIES
