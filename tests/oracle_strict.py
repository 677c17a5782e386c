"""Record keys in plain Python: every record moves by itself, and a figure adds them up."""

from collections.abc import Iterable

from queries.perturbation import table
from tests.oracle_facts import Row
from tests.oracle_lattice import LatticeOracle, blur, key, round_away

AMOUNTS, GROUPS, SUSPECTS = 2654435761, 2246822519, 3266489917


def salted(number: int, salt: int) -> int:
    """The high half of a product of 32 bits."""
    return (number * salt & 0xFFFFFFFF) >> 16


def of_people(count: int, number: int, case: int) -> int:
    """What a record of some people counts once moved; ten or more are blurred as a group."""
    group = round_away(count * blur(salted(case, GROUPS))) if count >= 10 else 0
    return count + table().move(count, number) + group


class StrictOracle(LatticeOracle):
    """The oracle's questions, every record moved and what is protected withheld."""

    def moved(
        self, rows: Iterable[Row], value: float, kind: str, name: str, adds: str | None
    ) -> float:
        things = {row[name]: row for row in rows}
        if adds is None:
            return sum(1 + table().move(1, key(kind, code)) for code in things)
        total = 0.0
        for code, row in things.items():
            case, count = key("case", row["case_id"]), row[adds]
            if adds == "quantity":
                total += count + round_away(count * blur(salted(case, AMOUNTS)))
            else:
                own = salted(case, SUSPECTS) if adds == "suspects" else key(kind, code)
                total += of_people(count, own, case)
        return total
