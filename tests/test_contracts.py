"""The contracts read whole, in both languages, and refuse what does not fit."""

from itertools import pairwise

import pytest

from data import contracts, dictionary
from data.contracts import ContractError, UnknownCode, Words


def test_every_table_states_grain_key_and_columns_in_both_languages() -> None:
    for table in contracts.tables().values():
        assert set(table.key) <= set(table.required)
        for column in table.columns:
            assert column.label.zh != column.label.en
            assert column.about.en.isascii(), column.name


def test_every_code_column_names_a_list_that_is_there() -> None:
    for table in contracts.tables().values():
        for column in table.columns:
            if column.codes:
                assert contracts.codes(column.codes).members


def test_every_item_has_a_unit_and_every_measure_too() -> None:
    for name in ("items", "measures"):
        for member in contracts.codes(name):
            assert member.attributes["unit"] in contracts.codes("units")


def test_no_column_can_hold_a_person() -> None:
    names = {name for table in contracts.tables().values() for name in table.names}
    banned = ("name", "surname", "passport_number", "id_number", "phone", "birth", "address")
    assert not [name for name in names if any(word in name for word in banned)]


def test_age_bands_follow_each_other_without_gap_or_overlap() -> None:
    bands = [m.attributes for m in contracts.codes("ages") if m.code != contracts.UNKNOWN]
    assert bands[0]["lower"] == "0" and bands[-1]["upper"] == ""
    for before, after in pairwise(bands):
        assert int(after["lower"]) == int(before["upper"]) + 1


@pytest.mark.parametrize(
    "crosswalk", ["eurostat", "home_office_detention", "home_office_irregular"]
)
def test_a_crosswalk_class_is_a_run_of_neighbouring_bands(crosswalk: str) -> None:
    classes = [member.attributes[crosswalk] for member in contracts.codes("ages")]
    starts = [
        this for before, this in zip([None, *classes], classes, strict=False) if this != before
    ]
    assert len(starts) == len(set(starts))


def test_a_half_translated_text_is_refused() -> None:
    with pytest.raises(ContractError, match="half-translated"):
        Words(zh=" ", en="Persons")


def test_an_unknown_code_names_its_list_and_the_nearest_codes() -> None:
    with pytest.raises(UnknownCode, match="routes has no code 'overlnd'; nearest: overland"):
        contracts.codes("routes")["overlnd"]


def test_a_label_in_either_language_finds_its_code() -> None:
    assert contracts.codes("items").nearest("印章") == ("seal",)
    assert contracts.codes("routes").nearest("By sea")[0] == "sea"


def test_a_text_without_a_code_labels_itself_and_nothing_is_a_dash() -> None:
    assert contracts.label("routes", "sea", "zh") == "海路"
    assert contracts.label("routes", "DEMO-G12", "en") == "DEMO-G12"
    assert contracts.label("routes", None, "en") == "–"


def test_the_data_dictionary_is_fresh() -> None:
    assert dictionary.PATH.read_text(encoding="utf-8") == dictionary.markdown(), "run `make docs`"
