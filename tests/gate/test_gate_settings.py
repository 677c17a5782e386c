"""How sign-in is configured, and everything that stops a start."""

from pathlib import Path

import pytest

from dashboard import __main__ as command
from dashboard.gate import settings
from dashboard.gate.settings import Access, Login, SettingsError

SECRET = "Zb3kq8vW1xR7tYp0sLm5nQa9dFg2hJc4uEoI6-_w"
AUTH = {
    "redirect_uri": "https://dashboard.example/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "dashboard",
    "client_secret": "not-for-anybody",
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}


def written(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = folder / "secrets.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return {settings.FILE_VARIABLE: str(path)}


def auth(**changed: str) -> str:
    lines = [f'{key} = "{value}"' for key, value in (AUTH | changed).items()]
    return "\n".join(["[auth]", *lines, ""])


def test_without_configuration_nobody_signs_in(tmp_path: Path):
    assert settings.login(tmp_path, {}) is None
    assert settings.login(tmp_path, written(tmp_path, "[other]\nx = 1\n")) is None


def test_a_secrets_file_is_read(tmp_path: Path):
    text = auth() + "[access]\nidle_minutes = 5\n"
    login = settings.login(tmp_path, written(tmp_path, text))
    assert login == Login(AUTH, Access(idle_minutes=5))
    assert login.origin == "https://dashboard.example" and login.secure
    assert SECRET not in repr(login) and "not-for-anybody" not in repr(login)


def test_the_environment_suffices_and_comes_before_the_file(tmp_path: Path):
    named = {f"{settings.VARIABLE}{key.upper()}": value for key, value in AUTH.items()}
    assert settings.login(tmp_path, named) == Login(AUTH, Access())
    over = {f"{settings.VARIABLE}CLIENT_ID": "other"}
    login = settings.login(tmp_path, written(tmp_path, auth()) | over)
    assert login and login.auth["client_id"] == "other"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secrets_file_that_others_can_read_is_refused(mode: int, tmp_path: Path):
    with pytest.raises(SettingsError, match="open to other users"):
        settings.login(tmp_path, written(tmp_path, auth(), mode))


@pytest.mark.parametrize(
    "secret", ["", "xxx", "changeme", "a" * 64, "abc" * 20, SECRET[:31], "0123456789" * 5]
)
def test_a_weak_cookie_secret_is_refused_and_not_repeated(secret: str, tmp_path: Path):
    with pytest.raises(SettingsError, match="cookie_secret") as refused:
        settings.login(tmp_path, written(tmp_path, auth(cookie_secret=secret)))
    assert len(secret) < 4 or secret not in str(refused.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"redirect_uri": "http://dashboard.example/oauth2callback"}, "redirect_uri must begin"),
        ({"redirect_uri": "https://dashboard.example/"}, "redirect_uri must be"),
        ({"redirect_uri": "https://x.example/sub/oauth2callback"}, "redirect_uri must be"),
        ({"server_metadata_url": "http://id.example/x"}, "server_metadata_url must begin"),
        ({"client_secret": ""}, "lacks client_secret"),
        ({"expose_tokens": "id"}, "unknown expose_tokens"),
    ],
)
def test_a_configuration_that_guards_nothing_is_refused(
    changed: dict[str, str], said: str, tmp_path: Path
):
    with pytest.raises(SettingsError, match=said):
        settings.login(tmp_path, written(tmp_path, auth(**changed)))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('roles.leader = ["x"]', "roles: policy.toml says"),
        ('scope_claims = ["regions"]', "scope_claims: policy.toml says"),
        ("idle_minutes = 0", "idle_minutes must be a number above 0"),
        ("session_hours = true", "session_hours must be a number above 0"),
        ('revoked = "nowhere.txt"', "is no file"),
        ('contact = { zh = "x" }', "zh and en"),
        ('colour = "red"', "unknown colour"),
        ('role_claim = "groups"', "role_claim: policy.toml says"),
    ],
)
def test_an_access_table_with_a_mistake_is_refused(table: str, said: str, tmp_path: Path):
    with pytest.raises(SettingsError, match=said):
        settings.login(tmp_path, written(tmp_path, f"{auth()}[access]\n{table}\n"))


def test_a_file_that_is_no_toml_or_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="no TOML"):
        settings.login(tmp_path, written(tmp_path, "[auth"))
    with pytest.raises(SettingsError, match="no file"):
        settings.login(tmp_path, {settings.FILE_VARIABLE: str(tmp_path / "none.toml")})
    with pytest.raises(SettingsError, match="must be a table"):
        settings.login(tmp_path, written(tmp_path, "auth = 1\n"))


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "", "dashboard.example", "127.0.0.1.nip.io"]
)
def test_without_sign_in_only_this_machine_is_served(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main(["--host", host, "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "only this machine is served" in said and "--host 127.0.0.1" in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machines_own_addresses_are_served(host: str):
    command.allowed(host, None)


def test_sign_in_without_https_is_for_this_machine_too():
    plain = Login(AUTH | {"redirect_uri": "http://localhost:8501/oauth2callback"}, Access())
    with pytest.raises(command.StartError, match="redirect_uri be https"):
        command.allowed("0.0.0.0", plain)
    command.allowed("0.0.0.0", Login(AUTH, Access()))


def test_a_bad_secrets_file_is_one_sentence_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in written(tmp_path, auth(cookie_secret="short")).items():
        monkeypatch.setenv(name, value)
    assert command.main(["--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "cookie_secret" in said and len(said.strip().splitlines()) == 1
