"""The questions of the first page answered in plain pandas: what the benchmark holds ours against.

Protection is part of the answer here too, so that both sides do the same work.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

THRESHOLD = 10
SMALLEST_BASE = 20
CASE_FIGURES = ("cases", "suspects")
Span = tuple[date, date]


@dataclass(frozen=True)
class Frames:
    """The fact tables in memory, text as categories, months as timestamps."""

    cohorts: pd.DataFrame
    cases: pd.DataFrame
    seizures: pd.DataFrame


@dataclass(frozen=True)
class Spans:
    """The months in view, those compared and those of the trend; why none may be compared."""

    window: Span
    current: Span
    previous: Span
    trend: Span
    reason: str | None


def read(snapshot: Path) -> Frames:
    """The rows of a snapshot that the questions need."""
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        cohorts = connection.sql(
            "select case_no, month, origin, destination, region, route, transit, age_group, sex,"
            " persons, gang, flag from cohorts where cohort_id is not null"
        ).df()
        cases = connection.sql("select case_no, month, gang, suspects from cases").df()
        seizures = connection.sql(
            "select case_no, month, item, class, unit, quantity from seizures"
        ).df()
    texts = [
        "origin",
        "destination",
        "region",
        "route",
        "transit",
        "age_group",
        "sex",
        "gang",
        "flag",
    ]
    cohorts = cohorts.astype(dict.fromkeys(texts, "category"))
    seizures = seizures.astype(dict.fromkeys(["item", "class", "unit"], "category"))
    return Frames(cohorts, cases.astype({"gang": "category"}), seizures)


def chosen(frames: Frames, origins: tuple[str, ...] | None) -> Frames:
    """The rows of some provinces of origin; cases and seizures follow through the case."""
    if origins is None:
        return frames
    cohorts = frames.cohorts[frames.cohorts["origin"].isin(origins)]
    kept = cohorts["case_no"].unique()
    cases = frames.cases[frames.cases["case_no"].isin(kept)]
    return Frames(cohorts, cases, frames.seizures[frames.seizures["case_no"].isin(kept)])


def between(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    return frame[frame["month"].between(*map(pd.Timestamp, span))]


def cells(frame: pd.DataFrame, by: list[str], column: str, people: bool) -> pd.DataFrame:
    """Released cells: value and state by the dimensions."""
    rests = frame.assign(rests=frame["case_no"].where(frame[column] > 0))
    grouped = rests.groupby(by, observed=True, dropna=False)
    counted = grouped.agg(least=("rests", "min"), last=("rests", "max"))
    counted["value"] = grouped[column].sum(min_count=1)
    hidden = counted["least"] == counted["last"]
    if people:
        hidden |= counted["value"].between(1, THRESHOLD - 1)
    unstated = counted["value"].isna()
    counted["state"] = hidden.map({True: "c", False: ""}).mask(unstated, "x")
    counted["value"] = counted["value"].astype("float64").mask(hidden)
    return counted


def every(found: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """value and state at every place of an index; a place without rows is zero."""
    whole = found[["value", "state"]].reindex(index)
    whole["value"] = whole["value"].mask(whole["state"].isna(), 0)
    return whole.fillna({"state": ""})


def months(spans: Span) -> pd.DatetimeIndex:
    return pd.date_range(*spans, freq="MS", name="month")


def share(frame: pd.DataFrame, whole: float) -> pd.DataFrame:
    return frame.assign(share=frame["value"] / whole)


def compared(
    frame: pd.DataFrame, by: list[str], column: str, spans: Spans, people: bool
) -> pd.DataFrame:
    """current, previous, change and reason by the dimensions."""
    now, before = (
        cells(between(frame, span), by, column, people) for span in (spans.current, spans.previous)
    )
    paired = now[["value", "state"]].join(
        before[["value", "state"]], how="outer", lsuffix="_now", rsuffix="_before"
    )
    states = paired[["state_now", "state_before"]].eq("c")
    current = paired["value_now"].fillna(0).mask(states["state_now"])
    previous = paired["value_before"].fillna(0).mask(states["state_before"])
    reason = pd.Series(None, index=paired.index, dtype=object)
    reason[previous < SMALLEST_BASE] = "base"
    reason[states.any(axis=1)] = "protected"
    if spans.reason:
        reason[:] = spans.reason
    change = ((current - previous) / previous).where(reason.isna())
    columns = {"current": current, "previous": previous, "change": change, "reason": reason}
    return pd.DataFrame(columns)


def ranked(frame: pd.DataFrame, by: list[str], spans: Spans) -> pd.DataFrame:
    view = between(frame, spans.window)
    found = share(cells(view, by, "persons", True), view["persons"].sum())
    changes = compared(frame, by[:1], "persons", spans, True)
    found = found.reset_index().merge(changes.reset_index(), on=by[0], how="left")
    silent = ~found[by[0]].isin(changes.index)
    found.loc[silent, ["current", "previous"]] = 0
    found.loc[silent, "reason"] = spans.reason or "base"
    return found


def total(frame: pd.DataFrame, column: str, people: bool, spans: Spans) -> dict[str, object]:
    """One headline figure with its change and trend."""
    whole = frame.assign(all=0)
    value = cells(between(whole, spans.window), ["all"], column, people).iloc[0]
    change = compared(whole, ["all"], column, spans, people).iloc[0]
    trend = cells(between(frame, spans.trend), ["month"], column, people)
    return {
        "value": value["value"],
        "state": value["state"],
        **change,
        "trend": list(every(trend, months(spans.trend))["value"]),
    }


def gangs_active(frame: pd.DataFrame, spans: Spans) -> dict[str, object]:
    """How many gangs, withheld where all rests on one case."""
    named = frame[frame["gang"].notna()].assign(all=0)
    counts = [
        _gangs(between(named, span), "all").reindex([0]).iloc[0]
        for span in (spans.window, spans.current, spans.previous)
    ]
    value, current, previous = counts
    assert not pd.Series(counts).isna().any(), "a benchmark wants more than one case a year"
    monthly = _gangs(between(named, spans.trend), "month")
    known = monthly.reindex(months(spans.trend))
    return {
        "value": value,
        "state": "",
        "current": current,
        "previous": previous,
        "change": None if spans.reason else (current - previous) / previous,
        "reason": spans.reason,
        "trend": list(known.mask(~known.index.isin(monthly.index), 0)),
    }


def _gangs(named: pd.DataFrame, by: str) -> pd.Series:
    grouped = named.groupby(by)
    one_case = grouped["case_no"].min() == grouped["case_no"].max()
    return grouped["gang"].nunique().astype("float64").mask(one_case)


def totals(frames: Frames, spans: Spans) -> pd.DataFrame:
    cases = frames.cases.assign(cases=1)
    documents = frames.seizures[frames.seizures["class"] == "document"]
    rows = {
        "persons": total(frames.cohorts, "persons", True, spans),
        "cases": total(cases, "cases", False, spans),
        "suspects": total(cases, "suspects", True, spans),
        "gangs": gangs_active(frames.cohorts, spans),
        "documents": total(documents, "quantity", False, spans),
    }
    return pd.DataFrame(rows.values()).assign(measure=list(rows))


def persons_by_month(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.cohorts, spans.window)
    found = cells(view, ["month"], "persons", True)
    return every(found, months(spans.window)).reset_index()


def origins(frames: Frames, spans: Spans) -> pd.DataFrame:
    return ranked(frames.cohorts, ["origin"], spans)


def destinations(frames: Frames, spans: Spans) -> pd.DataFrame:
    return ranked(frames.cohorts, ["destination", "region"], spans)


def corridors(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.cohorts, spans.window)
    found = cells(view, ["origin", "destination"], "persons", True)
    return share(found, view["persons"].sum()).reset_index()


def age_sex(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.cohorts, spans.window)
    found = cells(view, ["age_group", "sex"], "persons", True)
    return share(found, view["persons"].sum()).reset_index()


def routes(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.cohorts, spans.window)
    found = cells(view, ["origin", "route", "transit", "destination"], "persons", True)
    kept = found[found["state"] == ""].reset_index()
    rest = view["persons"].sum() - kept["value"].sum()
    other = {"origin": "other", "route": "other", "transit": None, "destination": "other"}
    more = pd.DataFrame([{**other, "value": rest, "state": ""}])
    kept = kept.astype(dict.fromkeys(other, object))
    return pd.concat([kept, more], ignore_index=True)


def gangs(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.cohorts, spans.window)
    view = view[view["gang"].notna()]
    cases = between(frames.cases, spans.window)
    cases = cases[cases["gang"].notna()].assign(cases=1)
    found = cells(view, ["gang"], "persons", True)[["value", "state"]]
    seen = view.groupby("gang", observed=True)["month"].agg(["min", "max"])
    found["first_month"] = seen["min"].where(found["state"] == "")
    found["last_month"] = seen["max"].where(found["state"] == "")
    for column, people in zip(CASE_FIGURES, (False, True), strict=True):
        opened = cells(cases, ["gang"], column, people)[["value", "state"]]
        found = found.join(opened.add_prefix(f"{column}_"), how="outer")
    for column, state in (
        ("value", "state"),
        *((f"{c}_value", f"{c}_state") for c in CASE_FIGURES),
    ):
        found[column] = found[column].mask(found[state].isna(), 0)
        found[state] = found[state].fillna("")
    found = found.rename(columns={f"{column}_value": column for column in CASE_FIGURES})
    homes = _largest(cells(view, ["gang", "origin"], "persons", True), ["gang"], "origin")
    pairs = cells(view, ["gang", "origin", "destination"], "persons", True)
    main = _largest(pairs, ["gang", "origin"], "destination")
    found = found.join(homes).reset_index()
    return found.merge(main.reset_index(), on=["gang", "origin"], how="left")


def _largest(found: pd.DataFrame, by: list[str], column: str) -> pd.Series:
    kept = found["value"].dropna().reset_index().astype({column: object})
    kept = kept[kept[column] != "unknown"]
    kept = kept.sort_values(["value", column], ascending=[False, True])
    return kept.drop_duplicates(by).set_index(by)[column]


def seizures_by_month(frames: Frames, spans: Spans) -> pd.DataFrame:
    view = between(frames.seizures, spans.window)
    found = cells(view, ["month", "item"], "quantity", False)
    places = [months(spans.window), view["item"].unique()]
    whole = every(found, pd.MultiIndex.from_product(places, names=["month", "item"]))
    return whole.reset_index().rename(columns={"value": "quantity"})


def seizures_and_persons(frames: Frames, spans: Spans) -> pd.DataFrame:
    documents = frames.seizures[frames.seizures["class"] == "document"]
    seized = cells(between(documents, spans.window), ["month"], "quantity", False)
    moved = cells(between(frames.cohorts, spans.window), ["month"], "persons", True)
    columns = {}
    for name, found in {"documents": seized, "persons": moved}.items():
        whole = every(found, months(spans.window))
        columns |= {name: whole["value"], f"{name}_state": whole["state"]}
    return pd.DataFrame(columns).reset_index()


QUESTIONS = {
    "totals": totals,
    "persons_by_month": persons_by_month,
    "origins": origins,
    "destinations": destinations,
    "corridors": corridors,
    "routes": routes,
    "age_sex": age_sex,
    "gangs": gangs,
    "seizures_by_month": seizures_by_month,
    "seizures_and_persons": seizures_and_persons,
}
