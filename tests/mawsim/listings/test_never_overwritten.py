"""What a person has written is replaced by persons alone, whatever else happens, in whatever order."""

import random
from collections.abc import Callable, Sequence

import pytest
from pytest_django import Settings

from mawsim.core.errors import InvalidInput
from mawsim.listings import actions
from mawsim.listings.models import BodyRequest, Field, Listing, ListingTranslation
from mawsim.translation import registry
from mawsim.translation.actions import TermData, Unit, delete_terms, remember, save_term_set, save_terms
from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.fake import Fake
from mawsim.translation.models import State, TermKind
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published

STEPS = 50
SENTENCES = [
    "국내 병원 40곳에서 쓰고 있습니다.",
    "민감도는 97.2%이며 인터넷 없이도 동작합니다.",
    "설치는 2주 안에 끝납니다.",
    "현지 유통사를 찾고 있습니다.",
]
OWN = {"en": "Our own words", "vi": "Lời của chính chúng tôi", "ar": "كلماتنا نحن"}
Key = tuple[int, str, str]


class Moody(Fake):
    """Another version at every turn, now and then nothing, so that old results are never just reused."""

    number = 0

    @property
    def version(self) -> str:  # type: ignore[override]
        return f"moody:{self.number}"

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        answers = super().translate(segments)
        return [answer if number % 7 else None for number, answer in enumerate(answers, start=self.number)]


class World:
    def __init__(self, cast: Cast, draw: random.Random) -> None:
        self.cast, self.draw = cast, draw
        self.listings = [published(cast), published(cast, title="두 번째 제품을 소개합니다")]
        self.terms = save_term_set(name="terms")
        self.said: dict[Key, str] = {}  # what a person said last

    def step(self) -> None:
        steps: list[Callable[[], object]] = [
            self.edit, self.say, self.say, self.recall, self.change_terms, self.drop_terms,
            self.change_engine, self.ask_for_body, self.work, self.work,
        ]  # fmt: skip
        self.draw.choice(steps)()

    def _listing(self) -> Listing:
        return Listing.objects.get(pk=self.draw.choice(self.listings).pk)

    def _text(self) -> str:
        return " ".join(self.draw.sample(SENTENCES, self.draw.randint(1, 3)))

    def edit(self) -> None:
        content = {
            **KOREAN,
            "title": f"제목 {self._text()}"[:100],
            "summary": self._text(),
            "body": self._text(),
        }
        listing = self._listing()
        actions.save_listing(
            actor=self.cast.of(self.cast.hanbit), organisation=self.cast.hanbit, listing=listing, **content
        )

    def say(self) -> None:
        listing, field = self._listing(), self.draw.choice(list(Field))
        language = self.draw.choice(list(OWN))
        text = f"{OWN[language]} {self.draw.randint(1, 999)}"
        actions.set_translation(
            actor=self.cast.of(self.cast.hanbit), listing=listing, field=field, language=language, text=text
        )
        self.said[listing.pk, field, language] = text

    def recall(self) -> None:
        sentence, language = self.draw.choice(SENTENCES), self.draw.choice(list(OWN))
        remember([Unit(sentence, f"{OWN[language]}.", "ko", language, State.REVIEWED)])

    def change_terms(self) -> None:
        word = self.draw.choice(["병원", "민감도", "설치", "유통사"])
        save_terms(
            self.terms, [TermData(TermKind.PREFERRED, "ko", word, "en", f"term {self.draw.randint(1, 9)}")]
        )

    def drop_terms(self) -> None:
        delete_terms(self.terms, self.terms.terms.values_list("public_id", flat=True)[:1])

    def change_engine(self) -> None:
        Moody.number += 1

    def ask_for_body(self) -> None:
        actions.want_body(listing=self._listing(), language=self.draw.choice(list(OWN)))

    def work(self) -> None:
        Listing.objects.update(translation_retry_at=None)
        BodyRequest.objects.update(retry_at=None)
        actions.translate_pending()
        actions.translate_bodies()


@pytest.fixture
def moody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.ENGINES, "moody", f"{__name__}.Moody")
    settings.TRANSLATION_ENGINES = ["memory", "moody"]
    registry.engine.cache_clear()


@pytest.mark.usefixtures("moody")
@pytest.mark.parametrize("seed", range(3))
def test_machines_never_overwrite_people(cast: Cast, seed: int) -> None:
    world = World(cast, random.Random(seed))
    machines = 0
    for _ in range(STEPS):
        try:
            world.step()
        except InvalidInput:
            continue  # a title too long, a text that is not there
        rows = {(row.listing_id, row.field, row.language): row for row in ListingTranslation.objects.all()}
        machines += sum(row.state == State.MACHINE for row in rows.values())
        overwritten = {key: rows[key].text for key, text in world.said.items() if rows[key].text != text}
        assert overwritten == {}
        assert {rows[key].state for key in world.said} <= {State.OWNER_APPROVED}
        for row in rows.values():  # and what is whole says so, and nothing else does
            assert row.complete == all(piece["state"] for piece in row.pieces)
    assert len(world.said) > 2
    assert machines > 0
