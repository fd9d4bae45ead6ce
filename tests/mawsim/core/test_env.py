from pathlib import Path

import pytest

from mawsim.core import env


def test_text_prefers_the_value_over_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-file\n", encoding="utf-8")
    assert env.text("KEY", environ={"KEY_FILE": str(secret)}) == "from-file"
    assert env.text("KEY", environ={"KEY": "direct", "KEY_FILE": str(secret)}) == "direct"
    assert env.text("KEY", "default", environ={}) == "default"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: env.text("KEY", environ={}), "KEY (or KEY_FILE) must be set"),
        (lambda: env.text("KEY", environ={"KEY_FILE": "/nowhere"}), "KEY_FILE=/nowhere: No such file"),
        (lambda: env.flag("KEY", environ={"KEY": "maybe"}), "KEY must be one of"),
        (lambda: env.number("KEY", 1, environ={"KEY": "ten"}), "KEY must be a whole number, not 'ten'"),
        (lambda: env.database("mysql://host/name"), "DATABASE_URL must start with postgresql://"),
    ],
)
def test_bad_values_name_the_variable(call: object, message: str) -> None:
    with pytest.raises(env.BadEnvironment) as caught:
        call()  # type: ignore[operator]
    assert message in str(caught.value)


def test_database_url_with_a_socket_folder() -> None:
    settings = env.database("postgresql://mawsim@/mawsim?host=%2Ftmp%2Fpg&sslmode=disable")
    assert (settings["HOST"], settings["NAME"], settings["USER"]) == ("/tmp/pg", "mawsim", "mawsim")
    assert settings["OPTIONS"] == {"sslmode": "disable"}


def test_database_url_with_a_server() -> None:
    settings = env.database("postgres://me:p%40ss@db:5433/site")
    assert [settings[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")] == [
        "db",
        "5433",
        "site",
        "me",
        "p@ss",
    ]


def test_tables_keep_their_order_and_refuse_what_is_no_pair() -> None:
    environ = {"T": "ko>en=memory+chat, *>th=deepl", "N": "deepl=500, chat=x", "B": "deepl"}
    assert env.table("T", environ=environ) == {"ko>en": "memory+chat", "*>th": "deepl"}
    assert list(env.table("T", environ=environ)) == ["ko>en", "*>th"]
    assert env.numbers("MISSING", "deepl=500", environ=environ) == {"deepl": 500}
    for name, read in (("N", env.numbers), ("B", env.table)):
        with pytest.raises(env.BadEnvironment, match=f"^{name} must"):
            read(name, environ=environ)
