"""Puts the demo data into an empty database, with logins whose password is new on every machine."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mawsim.accounts.models import Membership, Organisation, Role, User
from mawsim.demo.reader import DemoListing, DemoOrganisation, organisations
from mawsim.listings.actions import import_listing

DOMAIN = "demo.mawsim.example"
# Who signs in: slugs of the demo data, and what they show.
GUESTS = {
    "korea": ("korean_firm", "KR", "a Korean AI firm"),
    "partner": ("partner", "VN", "a Vietnamese partner"),
    "agency": ("agency", "AE", "a trade agency in the Emirates"),
}


class AlreadyFilled(Exception):
    """The database has organisations: demo data would mix with real data."""


@dataclass(frozen=True)
class Loaded:
    organisations: int
    listings: int
    logins_file: Path


def load() -> Loaded:
    """Load everything in one transaction, and write the logins to `var/demo-logins.txt`."""
    if Organisation.objects.exists():
        raise AlreadyFilled("There are organisations already; demo data goes into an empty database only.")
    password = secrets.token_urlsafe(9)
    now = timezone.now()
    with transaction.atomic():
        members = [(entry, *_organisation(entry)) for entry in organisations()]
        listings = 0
        for entry, organisation, owner in members:
            for listing in entry.listing:
                # Spread over ninety days and over the countries, so that "newest first" shows a mixture.
                _listing(organisation, owner, listing, now - timedelta(minutes=7919 * listings % 129_600))
                listings += 1
        logins = _logins(password)
    path = settings.VAR_DIR / "demo-logins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(logins, encoding="utf-8")
    return Loaded(len(members), listings, path)


def _user(email: str, language: str, password: str | None = None, **fields: Any) -> User:
    user = User.objects.create_user(email, password, language=language, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _organisation(entry: DemoOrganisation) -> tuple[Organisation, User]:
    """The organisation with an owner who cannot sign in."""
    organisation = Organisation.objects.create(
        kind=entry.kind,
        name=entry.name,
        names={entry.language: entry.name, **entry.names},
        country=entry.country,
        city=entry.city,
        website=f"https://{entry.slug}.example",
        size=entry.size,
        sectors=entry.sectors,
        about=entry.about,
        language=entry.language,
    )
    owner = _user(f"{entry.slug}@{DOMAIN}", entry.language, name=entry.name)
    Membership.objects.create(organisation=organisation, user=owner, role=Role.OWNER)
    return organisation, owner


def _listing(organisation: Organisation, owner: User, entry: DemoListing, published_at: datetime) -> None:
    import_listing(
        organisation=organisation,
        author=owner,
        published_at=published_at,
        translations=entry.translations,
        kind=entry.kind,
        pillar=entry.pillar,
        sectors=entry.sectors,
        technologies=entry.technologies,
        partnership_types=entry.partnership_types,
        target_countries=entry.target_countries,
        stage=entry.stage,
        details=entry.details,
        source_language=entry.source_language,
        title=entry.title,
        summary=entry.summary,
        body=entry.body,
    )


def _logins(password: str) -> str:
    """Create the logins that a visitor uses; returns the text that lists them."""
    lines = []
    for name, (kind, country, what) in GUESTS.items():
        organisation = Organisation.objects.filter(kind=kind, country=country).order_by("pk").first()
        if organisation is None:
            continue
        user = _user(f"{name}@{DOMAIN}", organisation.language, password, name=f"Demo {name}")
        Membership.objects.create(organisation=organisation, user=user, role=Role.OWNER)
        lines.append(f"{user.email:<32} {password}   {what}: {organisation.name}")
    operator = _user(
        f"operator@{DOMAIN}", "en", password, name="Demo operator", is_staff=True, is_superuser=True
    )
    lines.append(f"{operator.email:<32} {password}   the operator: review queue, health page, administration")
    return "\n".join(lines) + "\n"
