"""The Data page speaks the reader's language where records hold codes."""

from pathlib import Path

import pytest

from dashboard.words import say
from data.contracts import Language
from tests import filemaker
from tests.test_privacy import data_page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["人群统计", "人数", "不是所需的数字或日期", "1"]),
        ("en", ["Cohorts", "Persons", "not the number or date it must be", "1"]),
    ],
)
def test_the_data_page_names_broken_rules_and_their_columns_in_words(
    language: Language, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows = [*filemaker.rows("cohorts", 5), filemaker.row("cohorts", 6, persons="many")]
    filemaker.load(filemaker.write(tmp_path / "cohorts.csv", rows), into=tmp_path / "figures")
    page = data_page(tmp_path / "figures", language, monkeypatch)
    heads = [say(f"load_{name}", language) for name in ("table", "column", "rule", "rows")]
    rules = next(shown.value for shown in page.dataframe if heads[2] in shown.value)
    assert rules[heads].values.tolist() == [said]
