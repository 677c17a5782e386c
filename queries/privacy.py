"""What attacks on the product's answers found, and what protection costs: for screen and document.

Every figure comes from privacy.json, which `python -m tests.attacks` writes. It must not know
screens.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data import contracts
from data.contracts import Language, Words

HERE = Path(__file__).parent
RESULTS, WORDS, DOCUMENT = (HERE / name for name in ("privacy.json", "privacy.toml", "PRIVACY.md"))
OURS, STRICT = "protected", "strict"
WORKED_OUT = "every cell"
SHOWN = (OURS, STRICT, "suppressed", "rounded")
OPENING = """# {title}

Written by `python -m queries privacy` from `privacy.json`, which `make attack` writes; do not edit
by hand. The kit is in [tests/attacks](../tests/attacks).
"""
TERMS = """## Terms

- **Small cell**: a cell of exactly 1 or 2 persons (or cases) that an attack can name.
- **Confident claim**: an attack says "exactly 1" or "exactly 2" with a posterior of 0.9 or more,
  knowing how figures are released, the perturbation table, and how often each count occurs among
  the cells it attacks.
- **Learnt**: confident claims that are right, less those that the same prior alone would get right.
- **Recovered**: right claims with a posterior of 0.99 or more.
- For *every cell* nothing is asked: its queries are the cells that whoever asks without end could
  have. It shows what the method itself gives away; the attacks above it, what some hundreds of
  questions do.
- `naive` (keys on the filtered total) and `redrawn` (record keys drawn anew at every load) exist in
  the kit alone, to compare with and to see that the attacks work.
"""
HELD = """## Attacks that a test holds off

Where one differing figure would be a leak there is nothing to count: these tests, in
[tests/attacks](../tests/attacks), compare every figure, under `protected` and `strict`.
"""
HELD_BY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Across screens, pictures, files and commands": {
        "test_surfaces.py": (
            "test_files_and_screen_hold_the_released_figures",
            "test_bars_and_their_labels_in_a_picture_are_the_released_figures",
            "test_commands_answer_with_the_released_figures",
        ),
    },
    "Through sentences about what stands out": {
        "test_surfaces.py": (
            "test_a_sentence_says_no_more_than_a_file_of_the_same_rows",
            "test_sentences_hold_no_figure_of_withheld_rows",
        ),
    },
    "Through sorting and “top N”": {
        "test_order.py": (
            "test_rows_stand_in_the_order_of_what_was_released",
            "test_the_gangs_shown_first_are_those_of_the_largest_released_figures",
            "test_a_gangs_first_origin_is_the_largest_released",
        ),
    },
    "Through comparisons, changes and trends": {
        "test_order.py": (
            "test_what_is_compared_is_what_asking_for_the_months_shows",
            "test_changes_are_those_of_the_figures_beside_them",
            "test_a_trend_holds_the_months_that_were_released",
        ),
    },
    "Through loads of the same data": {
        "test_attacks.py": ("test_the_same_data_loaded_again_shows_the_same_figures",),
    },
}
Lines = list[list[str]]


@cache
def results() -> Mapping[str, Any]:
    """The figures of the last attack, as committed."""
    read: Mapping[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return read


def say(part: str, key: str, language: Language, **values: str) -> str:
    """One text in a language, with its figures filled in."""
    return _words()[part][key.replace(" ", "_")][language].format(**values)


def title(language: Language) -> str:
    """The heading."""
    return say("text", "title", language)


def attacked(language: Language) -> tuple[str, str]:
    """What was attacked, and whether protected figures withstood it; two paragraphs."""
    measured = results()["measured"]
    queries = sum(row["queries"] for row in results()["attacks"]
                  if row["release"] == OURS and row["attack"] != WORKED_OUT)  # fmt: skip
    sizes = {name: f"{measured[name]:,}" for name in ("rows", "small")}
    opening = say(
        "text", "attacked", language, date=measured["date"], queries=f"{queries:,}", **sizes
    )
    outcome = [_outcome(OURS, "", language)]
    if any(row["release"] == STRICT for row in results()["attacks"]):
        outcome.append(_outcome(STRICT, "strict ", language))
    return opening, {"zh": "", "en": " "}[language].join(outcome)


def attacks(language: Language) -> tuple[list[str], Lines]:
    """A table of attacks by the ways of release that readers may have: heads, a line an attack."""
    rows = results()["attacks"]
    found = {(row["attack"], row["release"]): row for row in rows}
    heads = [say("column", "attack", language), *(say("release", way, language) for way in SHOWN)]
    lines = []
    for attack in dict.fromkeys(row["attack"] for row in rows):
        cells = [_learnt(found.get((attack, way))) for way in SHOWN]
        lines.append([say("attack", attack, language), *cells])
    return heads, lines


def prices(language: Language) -> tuple[list[str], Lines]:
    """A table of what protection costs, strict beside it: heads, and a line a kind of figure."""
    names = ("kind", "withheld", "rmse", "relative", "strict rmse", "strict relative")
    ours, strict = ({row["kind"]: row for row in results()["prices"] if row["release"] == way}
                    for way in (OURS, STRICT))  # fmt: skip
    lines = [
        [say("kind", kind, language), f"{row['withheld']:.0%}", *_errors(row),
         *_errors(strict[kind])]
        for kind, row in ours.items()
    ]  # fmt: skip
    return [say("column", name, language) for name in names], lines


def choice(language: Language) -> str:
    """Which policy to choose for whom, and what that costs."""
    rmse = {row["release"]: f"{row['rmse']:.1f}" for row in results()["prices"]
            if row["kind"] == "provinces"}  # fmt: skip
    wrong = {row["release"]: f"{row['wrong_sign']:.1%}" for row in results()["wholes"]}
    figures = {"ours": rmse[OURS], "strict": rmse[STRICT], "wrong": wrong[STRICT]}
    return say("text", "choice", language, **figures)


def changes(language: Language) -> str:
    """How often changes point the wrong way, and by how much parts miss their total."""
    ours = next(row for row in results()["wholes"] if row["release"] == OURS)
    figures = {"wrong": f"{ours['wrong_sign']:.1%}", "gap": f"{ours['gap']:.1%}"}
    return say("text", "changes", language, **figures)


def text() -> str:
    """The whole document."""
    opening, outcome = attacked("en")
    parts = [
        OPENING.format(title=title("en")),
        f"{say('text', 'what', 'en')}\n",
        f"## Attacks\n\n{opening}\n\n{_table(*attacks('en'))}\n\n{outcome}\n",
        f"{HELD}\n{_table(*_held())}\n",
        f"### In full\n\n{_table(*_full())}\n",
        f"## The price\n\n{say('text', 'price', 'en')}\n\n{_table(*prices('en'))}\n",
        f"{changes('en')}\n",
        f"### Beside other ways of release\n\n{_table(*_compared())}\n",
        f"## {say('text', 'choose', 'en')}\n\n{choice('en')}\n",
        f"## What it does not stop\n\n{say('text', 'limits', 'en')}\n",
        TERMS,
    ]
    return "\n".join(parts)


def _outcome(way: str, prefix: str, language: Language) -> str:
    """Which attacks a way of release did not withstand, and what each learnt."""
    fallen = [_fallen(row, language) for row in results()["attacks"]
              if row["release"] == way and row["learnt"] > 0]  # fmt: skip
    joined = {"zh": "；", "en": "; "}[language].join(fallen)
    return say("text", f"{prefix}{'unsafe' if fallen else 'safe'}", language, attacks=joined)


def _errors(row: Mapping[str, Any]) -> list[str]:
    return [f"{row['rmse']:.1f}", f"{row['relative']:.1%}"]


def _fallen(row: Mapping[str, Any], language: Language) -> str:
    figures = {"learnt": f"{row['learnt']:,.0f}", "small": f"{row['small']:,}"}
    name = say("attack", row["attack"], language)
    return say("text", "fallen", language, attack=name, **figures)


def _learnt(row: Mapping[str, Any] | None) -> str:
    return f"{row['learnt']:,.0f} ({row['small']:,})" if row else "–"


def _held() -> tuple[list[str], Lines]:
    lines = []
    for attack, held in HELD_BY.items():
        named = (f"`{file}::{test}`" for file, tests in held.items() for test in tests)
        lines.append([attack, ", ".join(named)])
    return ["Attack", "Test"], lines


def _full() -> tuple[list[str], Lines]:
    names = ("attack", "release", "queries", "small", "claims", "right", "by_prior", "learnt",
             "recovered")  # fmt: skip
    return list(names), [[str(row[name]) for name in names] for row in results()["attacks"]]


def _compared() -> tuple[list[str], Lines]:
    rows = results()["prices"]
    ways = list(dict.fromkeys(row["release"] for row in rows))
    rmse = {(row["kind"], row["release"]): row["rmse"] for row in rows}
    lines = [[f"{kind}, rmse", *(f"{rmse[kind, way]:.1f}" for way in ways)]
             for kind in dict.fromkeys(row["kind"] for row in rows)]  # fmt: skip
    wholes = {row["release"]: row for row in results()["wholes"]}
    for name in ("wrong_sign", "gap"):
        lines.append([name.replace("_", " "), *(f"{wholes[way][name]:.1%}" for way in ways)])
    return ["", *ways], lines


def _table(heads: list[str], lines: Lines) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@cache
def _words() -> Mapping[str, Mapping[str, Words]]:
    read = tomllib.loads(WORDS.read_text("utf-8"))
    return {
        part: {key: contracts.words(said, f"{WORDS.name}: {part}") for key, said in texts.items()}
        for part, texts in read.items()
    }
