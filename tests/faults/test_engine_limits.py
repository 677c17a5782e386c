"""DuckDB as it is opened here: no file, network or setting beside its own, within its limits."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.export.__main__ import main as export
from dashboard.stage import DATA_VARIABLE
from dashboard.words import say
from data import snapshots
from data.contracts import LANGUAGES, Language
from data.loading import building, engine
from queries import store as stores
from queries.__main__ import main as ask
from queries.kept import HeavyQuery, SlowQuery
from queries.store import Store
from tests.conftest import build_tiny

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
ENDLESS = "select sum(a.range * b.range) as value from range(10000000) a, range(1000000) b"
HEAVY = "select max(made) as value from (select list(range) as made from range(40000000))"
LONG = "md5(range::varchar) || md5(hash(range)::varchar)"
SPILLING = f"select {LONG} as value from range(3000000) order by value"
ATTEMPTS = (
    "from read_csv('/etc/passwd')",
    "from read_text('/etc/passwd')",
    "from read_blob('/etc/hostname')",
    "from glob('/etc/*')",
    "from 'http://outside.test/x.parquet'",
    "from read_parquet('s3://bucket/x')",
    "from frame",
    "copy (select 1) to '/tmp/out.csv'",
    "export database '/tmp/out'",
    "attach ':memory:' as other",
    "attach '/tmp/other.duckdb'",
    "install httpfs",
    "install spatial from community",
    "load httpfs",
    "load '/tmp/evil.duckdb_extension'",
    "create secret s (type s3, key_id 'x', secret 'y')",
    "create persistent secret s (type s3)",
    "set memory_limit = '100GB'",
    "set temp_directory = '/tmp'",
    "set lock_configuration = false",
    "set autoinstall_known_extensions = true",
    "set allow_unsigned_extensions = true",
    "set max_execution_time = 0",
    "reset enable_external_access",
    "pragma enable_logging",
    "create table made (a integer)",
    "insert into cases select * from cases",
    "drop table cohorts",
    "vacuum",
    "call enable_logging()",
)
HARMLESS = {"vacuum"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return build_tiny(tmp_path / "set")


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_statement_reaches_beyond_the_snapshot(attempt: str, tiny_directory: Path):
    frame = pandas.DataFrame({"a": [1]})
    assert len(frame) == 1
    path = snapshots.current(tiny_directory)
    before = path.read_bytes()
    with snapshots.connect(path) as connection:
        began = time.monotonic()
        if attempt in HARMLESS:
            connection.execute(attempt)
        else:
            with pytest.raises(duckdb.Error):
                connection.execute(attempt)
        assert time.monotonic() - began < 5, "a network was waited for"
        assert connection.execute("select count(*) from cases").fetchall() == [(10,)]
    assert path.read_bytes() == before


def test_what_is_opened_to_read_and_to_build_has_its_limits_set(directory: Path):
    shut = {"autoinstall_known_extensions", "autoload_known_extensions",
            "allow_community_extensions", "allow_persistent_secrets"}  # fmt: skip

    def settings(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
        said = connection.execute("select name, value from duckdb_settings()").fetchall()
        return {name: str(value) for name, value in said}

    with snapshots.connect(snapshots.current(directory)) as connection:
        reading = settings(connection)
    with building.workshop(directory) as connection:
        making = settings(connection)
        assert str(directory) in making["temp_directory"]
    for found in (reading, making):
        assert {found[name] for name in shut} == {"false"}
        assert found["allow_unsigned_extensions"] == "false"
        assert found["max_temp_directory_size"] == "7.4 GiB"
        assert found["memory_limit"] != "", found
    assert reading["enable_external_access"] == reading["python_enable_replacements"] == "false"
    assert reading["lock_configuration"] == "true"
    assert reading["max_execution_time"] == "30000"
    assert Path(reading["temp_directory"]).stat().st_mode & 0o077 == 0


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Little memory, and less room for what does not fit in it."""
    monkeypatch.setattr(engine, "half_of_memory", lambda: "64MB")
    monkeypatch.setattr(engine, "spill_directory", lambda: str(tmp_path / "spill"))
    monkeypatch.setattr(engine, "MOST_SPILLED", "16MB")


@pytest.mark.parametrize("text", [HEAVY, SPILLING], ids=["memory", "disk"])
def test_a_question_too_heavy_ends_in_a_sentence_and_the_store_goes_on(
    text: str, directory: Path, tight: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    with Store(directory, workers=1, time_limit_seconds=120) as store:
        with monkeypatch.context() as patch:
            patch.setattr(stores.compose, "text", lambda *_: text)
            with pytest.raises(HeavyQuery, match=r"^origins: more memory or disk is needed"):
                store.answer("origins")
        assert store.answer("origins").rows["value"].sum() > 0
    spilled = sum(file.stat().st_size for file in (tmp_path / "spill").glob("*"))
    assert spilled <= 16e6


@pytest.fixture
def slow(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every question takes for ever, and readers wait a third of a second."""
    monkeypatch.setattr(stores.compose, "text", lambda *_: ENDLESS)
    monkeypatch.setitem(Store.__init__.__kwdefaults__, "time_limit_seconds", 0.3)
    monkeypatch.setenv(DATA_VARIABLE, str(directory))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slow_question_is_one_sentence_on_the_screen(language: Language, slow: None):
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["language"] = language
    app.run()
    assert not app.exception
    assert {error.value.replace("\\", "") for error in app.error} == {say("card_stopped", language)}
    assert say("product", language) in str([element.value for element in app.markdown])


def test_a_slow_question_is_one_sentence_in_the_commands(
    slow: None, directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    asked = ["answer", "origins", "--data", str(directory)]
    written = ["origins", "--data", str(directory), "--out", str(tmp_path / "o.csv")]
    for command, arguments in ((ask, asked), (export, written)):
        assert command(arguments) == 2
        said = capsys.readouterr().err
        assert "no answer within 0.3 seconds" in said and len(said.splitlines()) == 1
    assert not (tmp_path / "o.csv").exists()
    assert issubclass(HeavyQuery, SlowQuery) and sys.exc_info() == (None, None, None)
