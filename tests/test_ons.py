"""Our counts against those of the Office for National Statistics' package, on the same people.

tests/ons/counts.csv is what cell_key_perturbation 3.1.0 (PyPI, MIT) made of them; see
tests/ons/reference.py.
"""

import pandas
import pytest

from queries import compose
from queries.lattice import Lattice
from queries.questions import question
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.ons import reference


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    people = reference.people().drop(columns="record_key")
    first = tiny_tables()["cohorts"].iloc[0].to_dict() | {"persons": "1", "prefecture": None}
    rows = [first | row | {"case_id": f"DEMO-C-{n}"}
            for n, row in enumerate(people.to_dict("records"))]  # fmt: skip
    tables = {name: frame.head(0) for name, frame in tiny_tables().items()}
    tables["cohorts"] = pandas.DataFrame(rows)
    folder = build_tiny(tmp_path_factory.mktemp("ons"), tables, disclosure="protected")
    with Store(folder) as opened:
        yield opened


def test_every_count_moves_as_the_offices_package_moves_it(store: Store):
    expected = pandas.read_csv(reference.PATH)
    (cells, _) = question("corridors").cells
    sql = Lattice((cells,), compose.ask(Selection())).moved()
    with store._snapshot().connection.cursor() as cursor:
        rows = cursor.execute(
            f"select origin, destination, value_total, value_counted from ({sql})"
        ).fetchall()
    ours = {(origin, destination): (total, counted) for origin, destination, total, counted in rows}
    theirs = {(row.origin, row.destination): (row.pre_sdc_count, row.count)
              for row in expected.itertuples(index=False)}  # fmt: skip
    assert len(ours) == len(theirs) == 24
    assert ours == theirs
    assert sum(total != counted for total, counted in ours.values()) > 12


def test_the_cell_keys_are_the_packages(store: Store):
    expected = pandas.read_csv(reference.PATH)
    with store._snapshot().connection.cursor() as cursor:
        rows = cursor.execute(
            "select origin, destination, sum(record_key) % 65536 from cohorts group by all"
        ).fetchall()
    theirs = {(row.origin, row.destination): row.ckey for row in expected.itertuples(index=False)}
    assert {(origin, destination): key for origin, destination, key in rows} == theirs
