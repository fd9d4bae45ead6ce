import pytest
from django.test import Client

from mawsim.accounts import actions
from mawsim.accounts.models import Notification, NotificationKind, Role, User
from mawsim.core import languages
from tests.conftest import Cast, ClientOf
from tests.mawsim.web.counting import queries_of

NOTIFICATION_QUERIES = 6  # session, user, organisations, unread, count, page


def told(user: User, number: int = 1, path: str = "/listings/") -> None:
    for _ in range(number):
        actions.notify(
            users=[user], kind=NotificationKind.LISTING_EXPIRED, params={"title": "<i>x</i>"}, path=path
        )


def test_a_saved_language_takes_effect_at_once(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    form = {"name": "김민지", "language": "zh-Hans", "time_zone": "Asia/Shanghai"}
    answer = client.post("/ko/settings/", form)
    assert answer.headers["Location"] == "/zh-hans/settings/"
    assert answer.cookies["mawsim_language"].value == "zh-hans"
    assert '<html lang="zh-Hans"' in client.get(answer.headers["Location"]).text
    user = cast.of(cast.hanbit)
    assert (user.name, user.language, user.time_zone) == ("김민지", "zh-Hans", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\u202eb"),
        ("language", "xx"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_bad_settings_are_refused_beside_the_field(
    cast: Cast, client_of: ClientOf, field: str, value: str
) -> None:
    form = {"name": "Minji", "language": "ko", "time_zone": "UTC"} | {field: value}
    answer = client_of(cast.of(cast.hanbit)).post("/en/settings/", form)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert cast.of(cast.hanbit).name == "hanbit owner"


def test_an_unknown_stored_zone_crashes_nothing(cast: Cast, client_of: ClientOf) -> None:
    User.objects.update(time_zone="Mars/Olympus")
    told(cast.of(cast.hanbit))
    client = client_of(cast.of(cast.hanbit))
    assert client.get("/en/settings/").status_code == 200
    assert client.get("/en/notifications/").status_code == 200


@pytest.mark.parametrize("page", ["settings/", "notifications/"])
def test_strangers_are_led_to_the_login(db: None, client: Client, page: str) -> None:
    assert client.get(f"/ko/{page}").headers["Location"] == f"/ko/account/login/?next=/ko/{page}"


@pytest.mark.parametrize("language", languages.CODES)
def test_notices_are_listed_in_the_readers_language(cast: Cast, client_of: ClientOf, language: str) -> None:
    told(cast.of(cast.hanbit))
    page = client_of(cast.of(cast.hanbit)).get(f"/{languages.BY_CODE[language].django}/notifications/")
    assert page.status_code == 200
    assert "\u2068&lt;i&gt;x&lt;/i&gt;\u2069" in page.text


def test_an_empty_list_says_so(cast: Cast, client_of: ClientOf) -> None:
    assert "Nothing yet." in client_of(cast.operator).get("/en/notifications/").text


def test_opening_marks_read_and_leads_on_in_the_readers_language(cast: Cast, client_of: ClientOf) -> None:
    told(cast.of(cast.hanbit), path="/ko/listings/abc/")
    row = Notification.objects.get()
    client = client_of(cast.of(cast.hanbit))
    answer = client.get(f"/zh-hans/notifications/{row.public_id}/")
    assert answer.headers["Location"] == "/zh-hans/listings/abc/"
    row.refresh_from_db()
    assert row.read_at is not None


def test_somebody_elses_notice_does_not_exist(cast: Cast, client_of: ClientOf) -> None:
    told(cast.of(cast.hanbit))
    row = Notification.objects.get()
    for user in (cast.of(cast.zayed), cast.of(cast.hanbit, Role.EDITOR), cast.operator):
        assert client_of(user).get(f"/en/notifications/{row.public_id}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_all_at_once(cast: Cast, client_of: ClientOf) -> None:
    told(cast.of(cast.hanbit), 3)
    told(cast.of(cast.zayed))
    client = client_of(cast.of(cast.hanbit))
    assert client.get("/en/notifications/read/").status_code == 405
    client.post("/en/notifications/read/")
    assert list(Notification.objects.filter(read_at=None).values_list("user", flat=True)) == [
        cast.of(cast.zayed).pk
    ]


def test_the_list_costs_the_same_for_one_and_for_three(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    told(cast.of(cast.hanbit))
    assert queries_of(client, "/en/notifications/") == NOTIFICATION_QUERIES
    told(cast.of(cast.hanbit), 2)
    assert queries_of(client, "/en/notifications/") == NOTIFICATION_QUERIES
