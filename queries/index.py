"""The index of questions as a document, written from the question files alone."""

from pathlib import Path

from data import contracts
from queries.cells import Cells
from queries.questions import Question, questions

PATH = Path(__file__).parent / "QUESTIONS.md"
OPENING = """# Questions

Written by `python -m queries index` from `queries/charts/*.sql`; do not edit by hand.

Every figure passes disclosure control before it leaves: `state` is empty for a figure, `c` where
it is withheld, `x` where no source states it. `{measure}` follows the measure filter.
"""


def text() -> str:
    """The whole document: one section a question, in alphabetical order."""
    return "\n".join([OPENING, *(_section(asked) for asked in questions().values())])


def _section(asked: Question) -> str:
    unit = "follows the measure filter" if asked.measured else asked.unit or "named in the rows"
    lines = [
        f"## {asked.name}",
        "",
        f"{asked.title.en} / {asked.title.zh}",
        "",
        asked.note.en,
        "",
        f"- Columns: {', '.join(f'`{name}`' for name in asked.columns)}",
        f"- Unit: {unit}",
        *(f"- Cells `{cells.name}`: {_cells(cells)}" for cells in asked.cells),
    ]
    if asked.requires:
        needed = ", ".join(f"{count} of `{field}`" for field, count in asked.requires)
        lines.append(f"- Requires exactly {needed}")
    lines += [f"- Caveat: {contracts.caveats()[key].en}" for key in asked.caveats]
    return "\n".join([*lines, ""])


def _cells(cells: Cells) -> str:
    by = [name for name in cells.by if name != "period"]
    said = f"{', '.join(cells.figures)} of {cells.facts}"
    said += f" by {', '.join(by)}" if by else ", whole"
    said += f", in {cells.measure}" if cells.measure else ""
    said += ", compared with a year earlier" if cells.compare else ""
    return said + (", with the remainder as one row" if cells.remainder else "")
