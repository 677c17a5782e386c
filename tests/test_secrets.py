"""Every secret, wherever it is given: one that others may read is refused."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyrage
import pytest

from dashboard.__main__ import main as start
from dashboard.gate import settings
from data import record_keys, restore
from data.__main__ import main as data
from data.audit import keys
from data.loading import engine
from tests.conftest import tiny_description, tiny_tables
from tests.figures import real

SECRET = "Zb3kq8vW1xR7tYp0sLm5nQa9dFg2hJc4uEoI6-_w"
MODES = (0o640, 0o604, 0o660, 0o644, 0o666, 0o610)
AUTH = f"""[auth]
redirect_uri = "https://dashboard.example/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "dashboard"
client_secret = "x"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""


def sign_in(path: Path) -> None:
    settings.login(path.parent, {settings.FILE_VARIABLE: str(path)})


def audit_key(path: Path) -> None:
    keys.load(path)


def record_secret(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(record_keys.FILE, str(path))
        record_keys.to_load_with("", open_to_all=False)


def backup_key(path: Path) -> None:
    restore.identities(path)


READERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "sign-in": (sign_in, AUTH),
    "audit key": (audit_key, SECRET),
    "record secret": (record_secret, SECRET),
    "backup key": (backup_key, str(pyrage.x25519.Identity.generate())),
}


@pytest.mark.parametrize("mode", MODES, ids=oct)
@pytest.mark.parametrize("name", READERS)
def test_a_secret_that_others_may_read_or_change_is_refused(name: str, mode: int, tmp_path: Path):
    read, text = READERS[name]
    path = tmp_path / "secret"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    read(path)
    path.chmod(mode)
    with pytest.raises(Exception, match=rf"chmod -R go= .*{path.name}") as refused:
        read(path)
    assert SECRET not in str(refused.value) and "AGE-SECRET" not in str(refused.value)


@pytest.mark.parametrize("variable", [settings.FILE_VARIABLE, keys.FILE_VARIABLE, record_keys.FILE])
def test_a_start_is_refused_while_a_secret_is_open_to_others(
    variable: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    from data import snapshots

    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    path = tmp_path / "secret"
    path.write_text(AUTH if variable == settings.FILE_VARIABLE else SECRET, "utf-8")
    path.chmod(0o600)
    monkeypatch.setenv(variable, str(path))
    snapshots.build(tmp_path / "set", real(tiny_tables()), tiny_description())
    path.chmod(0o640)
    monkeypatch.setattr("dashboard.__main__.listen", pytest.fail)
    assert start(["--data", str(tmp_path / "set"), "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert f"{path}" in said and "chmod" in said and SECRET not in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_list_of_the_revoked_that_others_may_change_is_refused(mode: int, tmp_path: Path):
    path, revoked = tmp_path / "secrets.toml", tmp_path / "revoked.txt"
    revoked.write_text("", "utf-8")
    path.write_text(AUTH + '[access]\nrevoked = "revoked.txt"\n', "utf-8")
    path.chmod(0o600)
    revoked.chmod(0o644)
    sign_in(path)
    revoked.chmod(mode)
    with pytest.raises(settings.SettingsError, match="chmod go-w"):
        sign_in(path)


@pytest.mark.parametrize("cipher", ["", "GCM", "CTR"])
def test_duckdb_still_writes_no_encrypted_file_without_an_extension_that_is_not_here(
    cipher: str, tmp_path: Path
):
    """Why the files want an encrypted disk; once this fails, they can be encrypted themselves."""
    path = tmp_path / "e.duckdb"
    options = f", encryption_cipher '{cipher}'" if cipher else ""
    with duckdb.connect(config=engine.WITHOUT_NETWORK) as connection:
        with pytest.raises(duckdb.Error, match="read-only crypto module"):
            connection.execute(f"attach '{path}' as e (encryption_key '{SECRET}'{options})")
        with pytest.raises(duckdb.Error):
            connection.execute("load httpfs")
    assert not path.exists() or SECRET.encode() not in path.read_bytes()


def test_a_new_backup_key_is_this_users_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert data(["key", "--out", str(tmp_path / "backup.key")]) == 0
    assert (tmp_path / "backup.key").stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().out.startswith("age1")
