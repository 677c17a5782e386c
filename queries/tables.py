"""Answers as files: rows with codes and labels as CSV or JSON, saying what data set they are.

Every file carries the data set, its synthetic mark, as-of date, protection and filters. It must
not know pictures or screens.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from data import contracts, harmless
from data.contracts import Language
from queries import policies
from queries.answers import COLUMN_CODES, Answer

PROFILE_CODES: Mapping[str, str] = {
    "origin": "provinces",
    "destination": "countries",
    "route": "routes",
    "item": "items",
}
LABEL = "_label"


def labelled(answer: Answer, language: Language) -> list[dict[str, Any]]:
    """The rows with a COLUMN_label beside every column of codes, in the language."""
    return [_labelled(row, language) for row in answer.records()]


def about(answer: Answer, language: Language) -> dict[str, Any]:
    """What a file must say about its rows, in the language: what, from where, how protected."""
    manifest = answer.manifest
    return {
        "question": answer.question.name,
        "title": answer.title(language),
        "unit": answer.unit,
        "note": answer.note(language),
        "caveats": list(answer.caveats(language)),
        "data_set": manifest.title[language],
        "publisher": manifest.publisher[language],
        "synthetic": manifest.synthetic,
        "as_of": f"{manifest.as_of:%Y-%m-%d}",
        "snapshot": manifest.id,
        "protection": answer.policy,
        "protection_note": policies.sentence(answer.policy, language),
        "withheld": answer.withheld,
        "scope": answer.scope.words(language),
        "filters": answer.filters(language),
        "address": answer.selection.address(),
        "compared": answer.periods.words(language),
        "states": {"c": "withheld", "x": "not available", "": "a figure"},
    }


def csv_text(answer: Answer, language: Language) -> str:
    """CSV: one line a row, codes and labels; a withheld or unavailable figure is empty, its state
    column says which; the last columns say what data set this is and whether it is invented."""
    said = about(answer, language)
    marks = {
        name: said[name] for name in ("data_set", "synthetic", "as_of", "protection", "filters")
    }
    rows = [row | marks for row in labelled(answer, language)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_header(answer), *marks])
    writer.writerows([neutral(_spelled(cell)) for cell in row.values()] for row in rows)
    return out.getvalue()


def json_text(answer: Answer, language: Language) -> str:
    """JSON: an `about` block and the `rows`, codes and labels; missing figures are null."""
    whole = {"about": about(answer, language), "rows": labelled(answer, language)}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_spelled) + "\n"


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before the sign; numbers stay."""
    try:
        float(text)
    except ValueError:
        return harmless.neutral(text)
    return text


def _header(answer: Answer) -> list[str]:
    names: list[str] = []
    for name in answer.rows.columns:
        names += [name, name + LABEL] if name in COLUMN_CODES or name == "code" else [name]
    return names


def _labelled(row: dict[str, Any], language: Language) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, cell in row.items():
        said[name] = cell
        codes = COLUMN_CODES.get(name)
        if name == "code":
            codes = PROFILE_CODES.get(row["facet"])
        if codes or name == "code":
            said[name + LABEL] = _label(codes, cell, language)
    return said


def _label(codes: str | None, code: Any, language: Language) -> Any:
    return code if codes is None or code is None else contracts.label(codes, code, language)


def _spelled(cell: Any) -> str:
    if isinstance(cell, list):
        return " ".join("-" if part is None else str(part) for part in cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
