"""The perturbation table: what its construction promises, figure by figure."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.perturbation import KEYS, NoSuchTable, table
from tests.conftest import examples

# Largest entropy found by another solver (SciPy's SLSQP) over the same constraints.
ELSEWHERE = {
    1: {-1: 2 / 3, 2: 1 / 3},
    2: {-2: 1 / 3, 1: 2 / 3},
    3: {-3: 0.1473, 0: 0.5115, 1: 0.2551, 2: 0.0730, 3: 0.0120, 4: 0.0011, 5: 0.0001},
    5: {-5: 0.0033, -2: 0.1466, -1: 0.2391, 0: 0.2648, 1: 0.1993, 2: 0.1018, 3: 0.0353,
        4: 0.0083, 5: 0.0013},
    8: {-5: 0.0005, -4: 0.0052, -3: 0.0298, -2: 0.1038, -1: 0.2196, 0: 0.2819, 1: 0.2196,
        2: 0.1038, 3: 0.0298, 4: 0.0052, 5: 0.0005},
}  # fmt: skip


def mean(row, power=1):
    return sum(chance * move**power for move, chance in row)


@pytest.mark.parametrize("count", ELSEWHERE)
def test_the_rows_are_those_another_solver_finds(count):
    row = dict(table().rows[count])
    assert row == pytest.approx(ELSEWHERE[count], abs=6e-5)


@pytest.mark.parametrize(
    ("largest", "variance", "js"), [(5, 2, 2), (3, 1, 0), (10, 3, 2), (2, 1, 0)]
)
def test_every_row_keeps_the_mean_the_variance_and_the_limits(largest, variance, js):
    made = table(largest, variance, js)
    assert made.rows[0] == ((0, 1.0),)
    for count, row in enumerate(made.rows[1:], 1):
        assert sum(chance for _, chance in row) == pytest.approx(1)
        assert mean(row) == pytest.approx(0, abs=1e-8)
        assert mean(row, 2) == pytest.approx(variance)
        for move, chance in row:
            assert chance > 0 and abs(move) <= largest
            assert count + move == 0 or count + move > js


def test_the_last_row_is_symmetric_and_serves_every_larger_count():
    row = dict(table().rows[-1])
    assert row == pytest.approx({-move: chance for move, chance in row.items()})
    assert table().move(8, 12_345) == table().move(80_000, 12_345)


def test_no_one_and_no_two_is_left():
    ends = {count + table().move(count, key) for count in range(1, 20) for key in range(0, KEYS, 7)}
    assert not ends & {1, 2} and 0 in ends


def test_keys_spread_evenly_give_the_chances_of_the_table():
    for count in (1, 3, 8):
        moves = [table().move(count, key) for key in range(KEYS)]
        for move, chance in table().rows[count]:
            assert moves.count(move) / KEYS == pytest.approx(chance, abs=2e-5)


@pytest.mark.parametrize("wanted", [(5, 1, 2), (5, 10, 2), (5, 26, 0)])
def test_a_table_that_cannot_be_says_so(wanted):
    with pytest.raises(NoSuchTable, match="choose a larger variance or a larger move"):
        table(*wanted)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, KEYS - 1)), min_size=1))
def test_the_sql_moves_as_the_table_does(pairs):
    moves = f"select {table().sql('count', 'key')} from pairs order by place"
    values = ", ".join(f"({place}, {count}, {key})" for place, (count, key) in enumerate(pairs))
    with duckdb.connect() as connection:
        connection.execute(f"create table pairs as from (values {values}) as t(place, count, key)")
        found = [move for (move,) in connection.execute(moves).fetchall()]
    assert found == [table().move(count, key) for count, key in pairs]
