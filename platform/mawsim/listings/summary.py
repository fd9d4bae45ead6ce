"""One or two sentences that say what a listing is about, in every language, without any translation.

They are made of the taxonomy's labels and the countries' names. The inserted names stand after a colon
or in brackets, so that no language has to inflect them; translators get whole sentences and may put the
placeholders where their grammar wants them.
"""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import override

from mawsim.core import cldr
from mawsim.core.languages import BY_CODE
from mawsim.listings.models import Kind, Listing
from mawsim.taxonomy.vocabulary import UnknownCode, Vocabulary, label

NAMED = 4  # more than that is a list, not a sentence; the page shows them all
_UNSPACED = frozenset({"zh-Hans"})  # its full stop is followed by no space


def sentence(listing: Listing, language: str) -> str:
    """What is offered or needed, for which sectors, and with whom it is to be done.

    The listing's organisation must be loaded.
    """
    with override(BY_CODE[language].django):
        parts = [_subject(listing, language), _aim(listing, language)]
    return ("" if language in _UNSPACED else " ").join(part for part in parts if part)


def _subject(listing: Listing, language: str) -> str:
    values = {
        "country": cldr.country_name(listing.organisation.country, language),
        "pillar": joined(Vocabulary.PILLAR, [listing.pillar, *listing.further_pillars], language),
        "technologies": joined(Vocabulary.TECHNOLOGY, listing.technologies, language),
        "sectors": joined(Vocabulary.SECTOR, listing.sectors, language),
    }
    offer = listing.kind == Kind.OFFER
    if values["technologies"] and values["sectors"]:
        text = (
            _("Offer from %(country)s (%(pillar)s): %(technologies)s. Sectors: %(sectors)s.")
            if offer
            else _("Need from %(country)s (%(pillar)s): %(technologies)s. Sectors: %(sectors)s.")
        )
    elif values["technologies"]:
        text = (
            _("Offer from %(country)s (%(pillar)s): %(technologies)s.")
            if offer
            else _("Need from %(country)s (%(pillar)s): %(technologies)s.")
        )
    elif values["sectors"]:
        text = (
            _("Offer from %(country)s (%(pillar)s). Sectors: %(sectors)s.")
            if offer
            else _("Need from %(country)s (%(pillar)s). Sectors: %(sectors)s.")
        )
    else:
        text = _("Offer from %(country)s: %(pillar)s.") if offer else _("Need from %(country)s: %(pillar)s.")
    return text % values


def _aim(listing: Listing, language: str) -> str:
    values = {
        "partnerships": joined(Vocabulary.PARTNERSHIP, listing.partnership_types, language),
        "countries": countries(listing.target_countries, language),
    }
    if values["partnerships"] and values["countries"]:
        return _("Partnership sought: %(partnerships)s. Countries: %(countries)s.") % values
    if values["partnerships"]:
        return _("Partnership sought: %(partnerships)s.") % values
    return _("Target countries: %(countries)s.") % values if values["countries"] else ""


def joined(vocabulary: Vocabulary, codes: Iterable[str], language: str) -> str:
    """The first few labels as the language lists things; codes that are no longer known are left out."""
    return _listed(labels(vocabulary, codes, language), language)


def countries(codes: Iterable[str], language: str) -> str:
    return _listed([cldr.country_name(code, language) for code in codes], language)


def labels(vocabulary: Vocabulary, codes: Iterable[str], language: str) -> list[str]:
    found = []
    for code in codes:
        try:
            found.append(label(vocabulary, code, language))
        except UnknownCode:
            continue
    return found


def _listed(names: list[str], language: str) -> str:
    return format_list(names[:NAMED], locale=cldr.locale_of(language)) if names else ""
