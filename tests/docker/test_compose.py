"""The container files against each other and against what the settings read."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from mawsim.core.services import paths

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
ENTRYPOINT = (ROOT / "docker" / "entrypoint.sh").read_text(encoding="utf-8")
OURS = ("web", "worker", "beat", "migrate")


def variables_of_settings() -> set[str]:
    """Every variable that the settings read, each also as a secret's file."""
    source = (ROOT / "platform" / "mawsim" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", source))
    names.add(paths.VAR_VARIABLE)
    return names | {f"{name}_FILE" for name in names}


def test_the_services_are_the_parts_of_the_site() -> None:
    assert sorted(SERVICES) == ["beat", "migrate", "postgres", "valkey", "web", "worker"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= variables_of_settings()


def test_every_variable_of_the_image_is_known() -> None:
    final = DOCKERFILE.rpartition("FROM ")[2].replace("\\\n", "")
    lines = re.findall(r"^ENV (.+)$", final, re.MULTILINE)
    given = {name for line in lines for name in re.findall(r"\b([A-Z_]+)=", line)}
    tools = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "OMP_WAIT_POLICY", "CELERY_SKIP_CHECKS"}
    assert given - tools == {"MAWSIM_ENV", "MAWSIM_VAR", "STATIC_ROOT"}
    assert given - tools <= variables_of_settings()


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_role_of_the_entrypoint(name: str) -> None:
    roles = re.findall(r"^([a-z]+)\)$", ENTRYPOINT, re.MULTILINE)
    assert roles == ["web", "worker", "beat", "migrate", "healthy"]
    assert SERVICES[name]["command"][0] in roles


def test_only_the_web_is_published_and_on_loopback_alone() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert re.findall(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE) == ["8000"]
    assert "${PORT:-8000}" in ENTRYPOINT


def test_nothing_runs_as_root_or_may_become_it() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["mawsim"]
    assert DOCKERFILE.index("USER mawsim") < DOCKERFILE.index("ENTRYPOINT")
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
        assert SERVICES[name]["read_only"] is True


def test_what_is_mounted_and_what_is_secret_is_declared() -> None:
    for service in SERVICES.values():
        volumes = {entry.partition(":")[0] for entry in service.get("volumes", [])}
        assert volumes <= set(COMPOSE["volumes"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        files = [value for key, value in service.get("environment", {}).items() if key.endswith("_FILE")]
        assert {f"/run/secrets/{name}" for name in service.get("secrets", [])} == set(files)


def test_writers_and_readers_of_the_index_share_its_volume() -> None:
    for name in OURS:
        assert f"snapshots:{SERVICES[name]['environment']['SNAPSHOT_DIR']}" in SERVICES[name]["volumes"]


def test_each_waits_for_what_it_needs() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "valkey": {"condition": "service_healthy"},
        }
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("worker", "beat", "postgres", "valkey"):
        assert "test" in SERVICES[name]["healthcheck"]
    assert "HEALTHCHECK" in DOCKERFILE
    assert '["mawsim", "healthy"]' in DOCKERFILE


def test_what_the_image_copies_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for line in copied for name in line.split()} == let_through
    assert all((ROOT / name).exists() for name in let_through)


def test_new_secrets_fit_each_other_and_are_made_once(tmp_path: Path) -> None:
    script = tmp_path / "new-secrets.sh"
    script.write_text((ROOT / "docker" / "new-secrets.sh").read_text(encoding="utf-8"))
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    secrets = {file.name: file.read_text() for file in folder.iterdir()}
    assert sorted(secrets) == sorted(COMPOSE["secrets"])
    assert {entry["file"] for entry in COMPOSE["secrets"].values()} == {f"secrets/{name}" for name in secrets}
    password = secrets["database_password"]
    assert re.fullmatch(r"[0-9a-f]{48}", password)
    assert secrets["database_url"] == f"postgresql://mawsim:{password}@postgres:5432/mawsim"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    assert (folder / "secret_key").read_text() == secrets["secret_key"]
