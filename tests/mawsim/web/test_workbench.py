"""The reviewer's workbench, the concordance, and memories and glossaries in and out."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mawsim.accounts.models import Membership, Role, User
from mawsim.listings import queries
from mawsim.listings.models import Field, Listing
from mawsim.translation.actions import TermData, Unit, remember, save_term_set, save_terms
from mawsim.translation.asking.caps import record, reserve
from mawsim.translation.exchange.tmx import pairs
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import MemoryUnit, State, TermKind, TermSet
from mawsim.translation.scopes import organisation
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published
from tests.mawsim.translation.exchange.test_tmx import FILE
from tests.mawsim.web.test_translations import ENGLISH, FIRST, HTMX, path, translated

ClientOf = Callable[[User | None], Client]
TABLE = "source_language,source_text\nko,가"
SECOND = "민감도는 97.2%이며 인터넷 없이도 동작합니다."


def typed(listing: Listing, *texts: str, **more: str) -> dict[str, str]:
    fields = {f"t{number}": text for number, text in enumerate(texts, start=1)}
    return {"seen": source_hash(listing.body), **fields, **more}


def test_the_queue_by_language(cast: Cast, client_of: ClientOf) -> None:
    listing = translated(cast)
    client = client_of(cast.operator)
    found = client.get("/en/workbench/?language=en")
    assert [row.listing for row in found.context["page"]] == [listing]
    assert {one.code: number for one, number in found.context["tabs"]}["en"] == 1
    assert list(client.get("/en/workbench/?language=vi").context["page"]) == []
    Membership.objects.create(organisation=cast.hanbit, user=cast.operator)
    assert list(client.get("/en/workbench/?language=en").context["page"]) == []


def test_a_reviewer_saves(cast: Cast, client_of: ClientOf) -> None:
    listing, client = translated(cast), client_of(cast.operator)
    page = client.get(path(listing, "en/body/edit/"))
    assert [(line.segment.source, line.text) for line in page.context["lines"]] == [
        (FIRST, "Used in 40 hospitals."),
        (SECOND, "The sensitivity is 97.2%, without internet."),
    ]
    data = typed(listing, "In 40 hospitals.", "Sensitivity: 97.2%, offline too.", do="save")
    assert client.post(path(listing, "en/body/edit/"), data).status_code == 302
    shown = queries.shown_texts(listing, "en")[Field.BODY]
    assert (shown.text, shown.state) == (
        "In 40 hospitals. Sensitivity: 97.2%, offline too.",
        State.REVIEWED,
    )
    whole = (KOREAN["body"], "In 40 hospitals. Sensitivity: 97.2%, offline too.")
    assert set(MemoryUnit.objects.values_list("source_text", "target_text")) == {
        whole,
        (FIRST, "In 40 hospitals."),
        (SECOND, "Sensitivity: 97.2%, offline too."),
    }


def test_saving_and_taking_the_next(cast: Cast, client_of: ClientOf) -> None:
    first, second = translated(cast), translated(cast)
    data = typed(first, "In 40 hospitals.", "Sensitivity: 97.2%, offline too.", do="next")
    answer = client_of(cast.operator).post(path(first, "en/body/edit/"), data)
    assert answer["Location"] == path(second, "en/body/edit/")


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"t1": ""}, 422, "Every sentence needs a translation."),
        ({"t1": "In 41 hospitals."}, 422, "A figure, date or name is missing"),
        ({"seen": "other"}, 409, "The original has changed meanwhile"),
        ({"do": "check", "t1": "In 41 hospitals."}, 200, "A figure or address is not in the original"),
    ],
)
def test_what_is_wrong_loses_nothing(
    cast: Cast, client_of: ClientOf, change: dict[str, str], status: int, said: str
) -> None:
    listing = translated(cast)
    data = typed(listing, "In 40 hospitals.", "Sensitivity: 97.2%, offline <too>.", do="save") | change
    answer = client_of(cast.operator).post(path(listing, "en/body/edit/"), data)
    assert answer.status_code == status
    body = answer.content.decode()
    assert said in body
    assert "Sensitivity: 97.2%, offline &lt;too&gt;.</textarea>" in body
    assert listing.translations.get(field="body").text == ENGLISH


def test_checks_as_one_types(cast: Cast, client_of: ClientOf) -> None:
    listing, client = translated(cast), client_of(cast.operator)

    def said(text: str, number: str = "1") -> str:
        sent = {"n": number, "t1": text}
        return client.post(path(listing, "en/body/check/"), sent, headers=HTMX).content.decode()

    assert "A figure, date or name is missing: 4" in said("In hospitals everywhere in Korea.")
    assert "Checks passed" in said("In 40 hospitals.")
    assert said("").strip() == ""
    for number in ("0", "3", "x", "", "9" * 9):
        answer = client.post(path(listing, "en/body/check/"), {"n": number}, headers=HTMX)
        assert answer.status_code == 404


def test_hints_come_from_memory_and_glossary_in_scope(cast: Cast, client_of: ClientOf) -> None:
    listing = translated(cast)
    own = organisation(cast.hanbit.pk)
    remember([Unit("국내 병원 30곳에서 쓰고 있습니다.", "Used in 30 hospitals.", "ko", "en", State.REVIEWED)])
    remember([Unit(FIRST, "Our own words for 40.", "ko", "en", State.OWNER_APPROVED, scope=own)])
    save_terms(save_term_set(name="x"), [TermData(TermKind.PREFERRED, "ko", "병원", "en", "hospital")])
    hints = path(listing, "en/body/hints/?n=1")
    operator = client_of(cast.operator).get(hints, headers=HTMX).content.decode()
    assert "Used in 30 hospitals." in operator
    assert '<strong lang="en"><bdi>hospital</bdi></strong>' in operator
    assert "Our own words" not in operator
    editor = client_of(cast.of(cast.hanbit, Role.EDITOR)).get(hints, headers=HTMX).content.decode()
    assert "Our own words for 40." in editor
    assert "<html" in client_of(cast.operator).get(hints).content.decode()


def test_concordance_stays_in_the_reader_s_scopes(cast: Cast, client_of: ClientOf) -> None:
    texts = [("공개된 병원", None), ("한빛의 병원", cast.hanbit), ("비엣의 병원", cast.vietcare)]
    for text, owner in texts:
        scope = {"scope": organisation(owner.pk)} if owner else {}
        remember([Unit(text, "hospital", "ko", "en", State.REVIEWED, **scope)])

    def found(user: User, query: str) -> set[str]:
        answer = client_of(user).get(f"/en/workbench/concordance/?{query}")
        assert answer.status_code == 200
        return {unit.source_text for unit in answer.context["units"]}

    assert found(cast.of(cast.hanbit, Role.VIEWER), "q=병원") == {"공개된 병원", "한빛의 병원"}
    assert found(cast.operator, "q=HOSPITAL&source=ko&target=en") == {"공개된 병원"}
    assert found(cast.of(cast.vietcare), "q=비엣") == {"비엣의 병원"}
    assert found(cast.operator, "q=병원&target=vi") == set()
    assert found(cast.operator, "q=%25%25") == set()
    assert found(cast.operator, "q=x") == set()
    part = client_of(cast.operator).get("/en/workbench/concordance/?q=공개", headers=HTMX).content.decode()
    assert "<mark>공개</mark>된 병원" in part
    assert "<html" not in part


def test_engines(cast: Cast, client_of: ClientOf) -> None:
    reserve("deepl", 12_000, 30)
    record("deepl", rejected=2)
    page = client_of(cast.operator).get("/en/workbench/engines/").content.decode()
    assert "<code>deepl</code></th><td>12,000</td><td>30</td>" in page


def upload(data: str | bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)


def test_memory_in_and_out(cast: Cast, client_of: ClientOf) -> None:
    editor = client_of(cast.of(cast.hanbit, Role.EDITOR))
    address = "/en/workbench/exchange/organisation/"
    answer = editor.post(address, {"what": "memory", "file": upload(FILE, "x.tmx")})
    assert (answer.context["report"].taken, answer.status_code) == (3, 200)
    assert "Line 11: Figures or addresses do not agree: 47, 58" in " ".join(answer.content.decode().split())
    assert set(MemoryUnit.objects.values_list("scope", "scope_id")) == {("organisation", cast.hanbit.pk)}
    file = b"".join(editor.get(f"{address}memory.tmx"))
    assert len(list(pairs(io.BytesIO(file)))) == 3
    public = b"".join(client_of(cast.operator).get("/en/workbench/exchange/public/memory.tmx"))
    assert list(pairs(io.BytesIO(public))) == []


def test_a_bomb_is_refused_on_the_page(cast: Cast, client_of: ClientOf) -> None:
    bomb = '<!DOCTYPE tmx [\n<!ENTITY a "b">]><tmx/>'
    answer = client_of(cast.operator).post(
        "/en/workbench/exchange/public/", {"what": "memory", "file": upload(bomb, "x.tmx")}
    )
    assert answer.status_code == 422
    assert "Line 2: The file declares entities" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"what": "memory"}, "Choose a file."),
        ({"what": "memory", "file": "no file"}, "Choose a file."),
        ({"what": "glossary", "name": "x", "file": ("x", "x.xls")}, "ends in .csv or .tbx"),
        ({"what": "glossary", "name": "", "file": (TABLE, "x.csv")}, "must not be empty"),
    ],
)  # fmt: skip
def test_what_is_no_file(cast: Cast, client_of: ClientOf, data: dict[str, object], said: str) -> None:
    sent = {key: upload(*value) if isinstance(value, tuple) else value for key, value in data.items()}
    answer = client_of(cast.operator).post("/en/workbench/exchange/public/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert TermSet.objects.count() == 0


def test_glossary_in_and_out(cast: Cast, client_of: ClientOf) -> None:
    operator, address = client_of(cast.operator), "/en/workbench/exchange/public/"
    table = "source_language,source_text,target_language,target_text\nko,실증,en,pilot\n"
    sent = {"what": "glossary", "name": "Medicine", "file": upload(table, "x.csv")}
    assert operator.post(address, sent).context["report"].taken == 1
    key = TermSet.objects.get().public_id
    assert b"pilot" in b"".join(operator.get(f"{address}glossary/{key}.tbx"))
    assert operator.get(f"{address}glossary/{key}.xls").status_code == 404
    own = client_of(cast.of(cast.hanbit)).get(f"/en/workbench/exchange/organisation/glossary/{key}.csv")
    assert own.status_code == 404


def test_xliff_out_and_in(cast: Cast, client_of: ClientOf) -> None:
    listing, owner = published(cast), client_of(cast.of(cast.hanbit))
    out = owner.get(path(listing, "en/xliff/"))
    assert out["Content-Disposition"] == f'attachment; filename="{listing.public_id}-en.xlf"'
    title = KOREAN["title"]
    data = out.content.decode().replace(
        f"<source>{title}</source>", f"<source>{title}</source><target>AI for chest X-rays</target>"
    )
    answer = owner.post(path(listing, "en/xliff/"), {"file": upload(data, "x.xlf")}, follow=True)
    said = answer.content.decode()
    assert "1 text is taken over." in said
    assert "Not all of this field is translated." in said
    assert queries.shown_texts(listing, "en")[Field.TITLE].text == "AI for chest X-rays"
    answer = owner.post(path(listing, "en/xliff/"), {"file": upload("<x/>", "x.xlf")}, follow=True)
    assert "Line 1: The file begins with &lt;x&gt;" in answer.content.decode()
