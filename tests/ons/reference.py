"""Writes counts.csv with the Office for National Statistics' own cell key perturbation.

Needs the package, which the project does not: in an environment with cell_key_perturbation 3.1.0
and the project's requirements run `python -m tests.ons.reference`. It is given our perturbation
table and our record keys, for the table in the package ignores the key (it rounds), and says what
each count becomes.
"""

from pathlib import Path

import pandas

from queries.perturbation import KEYS, table
from tests.oracle_lattice import key

PATH = Path(__file__).with_name("counts.csv")
LARGEST_COUNT = 40


def people() -> pandas.DataFrame:
    """Some seven hundred people, one a row: corridors of 1 to 40, each person in a case alone."""
    corridors = [(origin, destination) for origin in ("CN-FJ", "CN-GD", "CN-JL", "CN-ZJ")
                 for destination in ("ESP", "GBR", "ITA", "JPN", "KOR", "USA")]  # fmt: skip
    sizes = [1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 22, 26, 30, 33, 36, 39, 40]
    rows = [(f"DEMO-{place}-{person}", *corridor)
            for place, (corridor, size) in enumerate(zip(corridors, sizes, strict=True))
            for person in range(size)]  # fmt: skip
    made = pandas.DataFrame(rows, columns=["cohort_id", "origin", "destination"])
    return made.assign(record_key=[key("cohort", code) for code in made["cohort_id"]])


def ptable() -> pandas.DataFrame:
    """Our table in the package's shape: a row for every count and cell key."""
    rows = [(count, cell_key, table().move(count, cell_key))
            for count in range(1, LARGEST_COUNT + 1) for cell_key in range(KEYS)]  # fmt: skip
    return pandas.DataFrame(rows, columns=["pcv", "ckey", "pvalue"])


def main() -> None:
    """Perturb the corridors and write what the package says."""
    from cell_key_perturbation.create_perturbed_table import create_perturbed_table

    names = ["origin", "destination"]
    made = create_perturbed_table(people(), ptable(), [], names, "record_key", threshold=0)
    kept = [*names, "pre_sdc_count", "ckey", "pvalue", "count"]
    made[made["pre_sdc_count"] > 0][kept].to_csv(PATH, index=False)


if __name__ == "__main__":
    main()
