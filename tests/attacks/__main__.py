"""Attacks the product's answers and measures the price of protection: python -m tests.attacks."""

import json
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.attacks.campaign import ATTACKS, Campaign, Size, tried
from tests.attacks.policies import REDRAWN, RELEASES
from tests.attacks.price import prices

PUBLISHED = Path(__file__).parent.parent.parent / "queries" / "privacy.json"
LARGE = Size(rows=10_000, small=3000, families=6, pairs=60, wide=4)


def main() -> None:
    """Run every attack, print what came of it, write it as JSON."""
    given = _given()
    sys.stderr.write("each line: attack, way of release, queries, cells, claims, right ones\n")
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder), given.size)
        result = measured(campaign, given.only)
    given.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    sys.stderr.write(f"written to {given.json}\n")


def measured(campaign: Campaign, only: list[str]) -> dict[str, Any]:
    """Scores and prices, with what they were measured on."""
    scores, paid, wholes = [], [], []
    for attack in ATTACKS:
        for name in filter(tried(attack).__contains__, only):
            score = campaign.score(attack, name)
            line = f"{attack:20} {name:11} {score.queries:>6} {score.small:>6}"
            sys.stderr.write(f"{line} {score.claims:>6} {score.right:>6}\n")
            scores.append(asdict(score) | {"learnt": score.learnt})
    for name in filter(RELEASES.__contains__, only):
        kinds, whole = prices(campaign, name)
        paid += [asdict(kind) for kind in kinds]
        wholes.append(asdict(whole))
    measured_on = {"date": f"{datetime.now(UTC):%Y-%m-%d}", **asdict(campaign.size)}
    return {"measured": measured_on, "attacks": scores, "prices": paid, "wholes": wholes}


def _given() -> Any:
    parser = ArgumentParser("python -m tests.attacks", description=__doc__)
    parser.add_argument("--rows", type=int, default=LARGE.rows, help="of the demonstration")
    parser.add_argument("--small", type=int, default=LARGE.small, help="rows of the small data set")
    parser.add_argument("--seed", type=int, default=LARGE.seed)
    parser.add_argument("--pairs", type=int, default=LARGE.pairs, help="how often a cell is met")
    parser.add_argument("--json", type=Path, default=PUBLISHED, help="the file to write")
    parser.add_argument("--loads", type=int, default=LARGE.loads, help="of the same data")
    ways = [*RELEASES, REDRAWN]
    parser.add_argument("--only", nargs="*", choices=ways, default=ways)
    given = parser.parse_args()
    sizes = {name: getattr(given, name) for name in ("rows", "small", "seed", "pairs", "loads")}
    given.size = replace(LARGE, **sizes)
    return given


if __name__ == "__main__":
    main()
