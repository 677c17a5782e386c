"""Data sets in which hostile strings stand wherever a text of somebody else's may stand."""

from pathlib import Path

import pandas

from data import casts, snapshots
from data.contracts import Words
from tests.conftest import tiny_description, tiny_tables
from tests.figures import real

CASE = {"opened": "2023-02-01", "province": "CN-FJ", "kind": "smuggling", "status": "open"}
COHORT = {
    "origin": "CN-FJ",
    "destination": "USA",
    "route": "transit",
    "transit": "ECU",
    "age_group": "25-29",
    "sex": "male",
}
SEIZURE = {"date": "2023-02-11", "province": "CN-FJ", "item": "forged_visa", "unit": "documents"}
ARRIVAL = {
    "year": "2024",
    "month": "2023-10",
    "citizenship": "CHN",
    "reporting": "USA",
    "border": "southwest-land",
    "measure": "encounters",
    "unit": "encounters",
}


def kept(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts as a snapshot keeps them: without blanks around them, each once."""
    return tuple(dict.fromkeys(text.strip(casts.BLANKS) for text in texts))


def plant(directory: Path, texts: tuple[str, ...], title: str = "", publisher: str = "") -> Path:
    """A published snapshot with a gang, cases, cohorts, seizures, sources and notes of each text.

    title and publisher: what the data set calls itself; a text for both languages.
    """
    tables = real(tiny_tables())
    cases, cohorts, seizures, arrivals = [], [], [], []
    for n, text in enumerate(kept(texts)):
        own = {"case_id": text, "source": text, "note": text}
        cases.append(CASE | own | {"gang": text, "suspects_organiser": str(n + 1)})
        for year in ("2023", "2024"):
            month = {"month": f"{year}-03", "persons": str(900 - 10 * n)}
            cohorts.append(COHORT | own | month | {"cohort_id": f"{text}{year}"})
        seizures.append(SEIZURE | own | {"seizure_id": text, "quantity": str(n + 10)})
        area = {"arrival_id": text, "area": text, "category": text, "value": str(n + 1)}
        arrivals.append(ARRIVAL | area | {"source": text, "note": text})
    added = {"cases": cases, "cohorts": cohorts, "seizures": seizures, "arrivals": arrivals}
    for name, rows in added.items():
        tables[name] = pandas.concat([tables[name], pandas.DataFrame(rows)], ignore_index=True)
    said = {"title": title, "publisher": publisher}
    named = {key: Words(zh=text, en=text) for key, text in said.items() if text.strip()}
    return snapshots.build(directory, tables, tiny_description(disclosure="public", **named))
