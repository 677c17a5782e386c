"""Screen words are whole in both languages, and Chinese is Chinese."""

import re
import string
from pathlib import Path

import pytest

from dashboard import words
from data import contracts
from data.contracts import LANGUAGES
from data.loading import quarantine, rules

DASHBOARD = Path(words.__file__).parent
LATIN_IN_CHINESE = {"CSV", "Excel", "PNG", "SVG", "PDF", "SQL", "DEMO", "CNY", "ICCS", "JSON"}
LATIN_IN_CHINESE |= {"Natural", "Earth", "Chromium", "Parquet", "c", "x", "z", "A"}
OWN = ("count.", "unit.", "state.", "reason.", "chart.", "measure.", "word.", "short.",
       "indicator.", "finding.", "kind.", "alt.", "blank.")  # fmt: skip


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def own() -> dict[str, dict[str, str]]:
    return {key: dict(entry) for key, entry in words.entries().items() if key.startswith(OWN)}


def test_every_entry_fills_the_same_places_in_both_languages():
    for key, entry in words.entries().items():
        assert places(entry["zh"]) == places(entry["en"]), key
        assert places(entry.get("one", entry["en"])) == places(entry["en"]), key


def test_chinese_has_no_latin_words_left_over():
    for key, entry in words.entries().items():
        text = re.sub(r"\{[^}]*\}|`[^`]*`|make run|python -m [a-z ]+", "", entry["zh"])
        if re.search(r"[\u4e00-\u9fff]", text):
            latin = set(re.findall(r"[A-Za-z]+", text)) - LATIN_IN_CHINESE
            assert not latin, (key, latin)


def test_english_has_no_chinese_characters():
    for key, entry in own().items():
        assert not re.search(r"[\u4e00-\u9fff，。：；（）]", entry["en"]), key


def test_every_key_that_the_drawings_and_sentences_name_is_there():
    code = "\n".join(path.read_text("utf-8") for path in DASHBOARD.glob("**/*.py"))
    named = set(re.findall(r'"((?:chart|state|finding|alt|blank)\.[a-z_0-9]+)"', code))
    said = {f"finding.{key}" for key in re.findall(r'voice\.say\(\s*"([a-z_]+)"', code)}
    assert (named | said) - set(words.entries()) == set()


def test_no_word_of_drawings_and_sentences_is_unused():
    code = "\n".join(path.read_text("utf-8") for path in DASHBOARD.glob("**/*.py"))
    named = [key for key in own() if key.startswith(("chart.", "finding.", "alt.", "blank."))]
    unused = [
        key for key in named if f'"{key}"' not in code and f'"{key.split(".", 1)[1]}"' not in code
    ]
    assert unused == []


def test_a_half_translated_entry_is_refused():
    for entry in ({"zh": "甲"}, {"zh": "甲", "en": ""}, {"zh": "甲", "en": "A", "fr": "B"}):
        with pytest.raises(words.WordsError, match=r"some\.key"):
            words._entry("some.key", entry)


def test_an_unknown_key_is_named():
    with pytest.raises(words.WordsError, match=r"chart\.nowhere"):
        words.say("chart.nowhere", "zh")


@pytest.mark.parametrize(("value", "said"), [(1, "1 person"), (2, "2 persons"), (0, "0 persons")])
def test_english_counts_are_plural_safe(value, said):
    assert words.count(value, "persons", "en") == said


def test_lists_read_as_sentences():
    assert words.listed(["A"], "en") == "A"
    assert words.listed(["A", "B", "C"], "en") == "A, B and C"
    assert words.listed(["甲", "乙", "丙"], "zh") == "甲、乙和丙"


def test_both_languages_have_every_key():
    keys = [set(words.words(language)) for language in LANGUAGES]
    assert keys[0] == keys[1]


def test_every_rule_of_a_load_has_its_words():
    named = {rule.name for table in contracts.tables().values() for rule in rules.rules(table)}
    for name in (*named, *quarantine.TORN, "reference", "duplicate"):
        assert f"rule.{name}" in words.entries(), name


def test_provisional_has_one_word_in_chinese():
    said = [entry["zh"] for entry in words.entries().values() if "rovisional" in entry["en"]]
    assert said and not [text for text in said if "暂定" not in text]
