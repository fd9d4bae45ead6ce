"""Fixtures for every test: the named cast, and a client that acts for one of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from mawsim.accounts.models import Membership, Organisation, OrganisationKind, Role, User

ClientOf = Callable[[User | None], Client]


@dataclass(frozen=True)
class Cast:
    """The people of the tests. Each organisation has an owner, an editor and a viewer."""

    hanbit: Organisation  # a Korean AI firm
    vietcare: Organisation  # a Vietnamese hospital group
    zayed: Organisation  # an Emirati fund
    haneul: Organisation  # a Korean trade agency
    gulf: Organisation  # an Emirati trade agency
    operator: User

    @staticmethod
    def of(organisation: Organisation, role: Role = Role.OWNER) -> User:
        return User.objects.get(memberships__organisation=organisation, memberships__role=role)


def _organisation(slug: str, name: str, kind: OrganisationKind, country: str, language: str) -> Organisation:
    organisation = Organisation.objects.create(kind=kind, name=name, country=country, language=language)
    for role in Role:
        user = User.objects.create_user(f"{role}@{slug}.example", name=f"{slug} {role}", language=language)
        Membership.objects.create(organisation=organisation, user=user, role=role)
    return organisation


@pytest.fixture
def cast(db: None) -> Cast:
    firm, partner, agency = OrganisationKind.KOREAN_FIRM, OrganisationKind.PARTNER, OrganisationKind.AGENCY
    return Cast(
        hanbit=_organisation("hanbit", "한빛의료AI", firm, "KR", "ko"),
        vietcare=_organisation("vietcare", "Tập đoàn Y tế VietCare", partner, "VN", "vi"),
        zayed=_organisation("zayed", "صندوق زايد للابتكار", partner, "AE", "ar"),
        haneul=_organisation("haneul", "하늘무역진흥원", agency, "KR", "ko"),
        gulf=_organisation("gulf", "Gulf Bridge Chamber", agency, "AE", "en"),
        operator=User.objects.create_user("operator@mawsim.example", name="Operator", is_staff=True),
    )


@pytest.fixture
def client_of() -> ClientOf:
    """A client that is logged in as the user; anonymous for None."""

    def build(user: User | None) -> Client:
        client = Client()
        if user:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return build


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and cached counts must not leak from one test into the next."""
    uses_database = {"db", "transactional_db"} & set(request.fixturenames)
    if uses_database or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its language behind in the thread; every test begins with English."""
    with translation.override("en"):
        yield
