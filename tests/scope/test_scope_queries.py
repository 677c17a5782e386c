"""A scope holds in the query layer: nothing outside it changes an answer or is given."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pandas
import pytest

from queries.questions import question, questions
from queries.release import PolicyName
from queries.scope import Scope, ScopeError
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

FUJIAN = Scope(origins=("CN-FJ",))
FUZHOU = Scope(prefectures=("350100",))
ITALY = Scope(destinations=("ITA", "ESP"))
BOTH = Scope(origins=("CN-FJ", "CN-ZJ"), destinations=("ITA", "USA"))
SCOPES = {
    "Fujian": (FUJIAN, "public"),
    "Fuzhou": (FUZHOU, "public"),
    "Italy": (ITALY, "public"),
    "both": (BOTH, "public"),
    "protected": (BOTH, "protected"),
}
BY_YEAR = Scope(finest="year", towns=False, ages=False, by_gang=False)
DATES = ("first_month", "last_month", "provisional_from", "breaks")
NAMES = sorted(questions())


def selection(name: str, scope: Scope, store: Store) -> Selection:
    """What a question needs to be asked at all, within a scope."""
    asked = question(name).requires
    return Selection(**{field: store.gangs(scope)[:count] for field, count in asked})


def inside(scope: Scope) -> dict[str, pandas.DataFrame]:
    """The hand-sized tables without a row that the scope leaves out."""
    tables = tiny_tables()
    cohorts = tables["cohorts"]
    for field, column in (
        ("origins", "origin"),
        ("prefectures", "prefecture"),
        ("destinations", "destination"),
    ):
        limit = getattr(scope, field)
        if limit is not None:
            cohorts = cohorts[cohorts[column].isin(limit)]
    reached = set(cohorts["case_id"])
    tables["cohorts"] = cohorts
    for name in ("cases", "seizures"):
        tables[name] = tables[name][tables[name]["case_id"].isin(reached)]
    if scope.destinations is not None:
        arrivals = tables["arrivals"]
        tables["arrivals"] = arrivals[arrivals["reporting"].isin(scope.destinations)]
    return tables


@pytest.fixture(scope="module", params=SCOPES)
def scoped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Scope, Store, Store]]:
    """A scope, a store over everything and one over what the scope holds; figures exact, and
    once as they are protected."""
    scope, disclosure = SCOPES[request.param]
    whole = build_tiny(tmp_path_factory.mktemp("whole"), disclosure=disclosure)
    alone = build_tiny(tmp_path_factory.mktemp("alone"), inside(scope), disclosure=disclosure)
    with Store(whole) as everything, Store(alone) as within:
        said = everything.manifest
        times = {part: getattr(said, part) for part in DATES}
        within._opened = replace(within._opened, manifest=replace(within.manifest, **times))
        yield scope, everything, within


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_outside_a_scope_changes_no_answer(name: str, scoped: tuple[Scope, Store, Store]):
    """Equal answers from all the data and from data that never held anything else, but for which
    months the data set covers."""
    scope, everything, within = scoped
    chosen = selection(name, scope, within)
    asked = everything.answer(name, chosen, scope)
    assert asked.records() == within.answer(name, chosen, scope).records()
    assert everything.gangs(scope) == within.gangs(scope) == within.gangs()


def test_a_scope_of_prefectures_is_one_of_their_provinces():
    assert FUZHOU.origins == ("CN-FJ",)
    with pytest.raises(ScopeError, match="CN-GD"):
        FUZHOU.narrow(Selection(origins=("CN-GD",)))


@pytest.mark.parametrize(
    ("scope", "address", "named"),
    [
        (FUJIAN, "origins=CN-FJ,CN-ZJ", "CN-ZJ"),
        (FUJIAN, "origins=coastal", "CN-LN"),
        (FUJIAN, "prefectures=440700", "440700"),
        (FUZHOU, "prefectures=350200", "350200"),
        (ITALY, "destinations=USA", "USA"),
        (ITALY, "destinations=southern-europe", "ALB"),
        (Scope(gangs=("DEMO-G1",)), "gangs=DEMO-G2", "DEMO-G2"),
    ],
)
def test_anything_wider_is_refused_by_name(
    scope: Scope, address: str, named: str, tiny_store: Store
):
    chosen = Selection.parse(address)
    with pytest.raises(ScopeError, match=named) as refused:
        tiny_store.answer("origins", chosen, scope)
    assert refused.value.asked
    for language in ("zh", "en"):
        assert refused.value.words(language)


def test_a_refusal_says_what_was_asked_and_what_may_be_in_words_of_the_reader():
    with pytest.raises(ScopeError) as refused:
        FUJIAN.narrow(Selection(origins=("CN-GD",)))
    assert "Guangdong" in refused.value.words("en") and "Fujian" in refused.value.words("en")
    assert "广东" in refused.value.words("zh") and "福建" in refused.value.words("zh")


@pytest.mark.parametrize("name", NAMES)
def test_a_question_finer_than_the_floor_is_refused(name: str, tiny_store: Store):
    fine = question(name).dimensions & {"month", "quarter", "prefecture", "age_group", "gang"}
    assert BY_YEAR.offers(question(name).dimensions) == (not fine)
    if fine:
        with pytest.raises(ScopeError, match="finer"):
            tiny_store.answer(name, Selection(), BY_YEAR)


@pytest.mark.parametrize(
    "address",
    ["since=2023-02", "until=2024-03", "ages=25-29", "gangs=DEMO-G1", "prefectures=350100"],
)
def test_a_filter_finer_than_the_floor_is_refused(address: str, tiny_store: Store):
    with pytest.raises(ScopeError):
        tiny_store.answer("origins", Selection.parse(address), BY_YEAR)


def test_whole_years_may_be_asked_at_a_floor_of_years(tiny_store: Store):
    chosen = Selection.parse("since=2023&until=2024")
    answer = tiny_store.answer("totals", chosen, BY_YEAR)
    assert answer.periods.current == (date(2024, 1, 1), date(2024, 12, 1))
    assert answer.periods.previous == (date(2023, 1, 1), date(2023, 12, 1))
    assert all(row["trend"] == [] for row in answer.records())


@pytest.mark.parametrize("policy", ["protected", "suppressed", "rounded", "exact"])
def test_a_floor_of_quarters_tells_no_month(
    policy: PolicyName, tiny_public_store: Store, tiny_store: Store
):
    """Of a gang's first and last months the quarter is told, under every policy."""
    quarters = Scope(finest="quarter", policy=policy, granted=(policy,))
    rows = tiny_store.answer("gang_activity", scope=quarters).records()
    told = [row[end] for row in rows for end in ("first_month", "last_month") if row[end]]
    assert told and all(month.month in (1, 4, 7, 10) for month in told)
    found = tiny_public_store.answer("totals", scope=quarters).periods
    assert found.current and found.current[1].month in (3, 6, 9, 12)


def test_gangs_are_not_even_named_where_they_are_too_fine(tiny_store: Store):
    assert tiny_store.gangs() and tiny_store.gangs(BY_YEAR) == ()


def test_threads_of_two_scopes_never_get_each_others_answer(tiny_public_store: Store):
    """Two visitors ask the same at once, 400 times each, over a store that keeps answers."""
    zhejiang = Scope(origins=("CN-ZJ",))

    def ask(number: int) -> bool:
        scope = (FUJIAN, zhejiang)[number % 2]
        name = ("origins", "corridors", "routes")[number % 3]
        answer = tiny_public_store.answer(name, Selection(), scope)
        return answer.scope == scope and set(answer.rows["origin"]) == set(scope.origins or ())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(800)))


def test_a_scope_says_itself_in_words():
    assert Scope().words("en") == "all regions" and Scope().words("zh") == "全部地区"
    said = Scope(origins=("CN-FJ",), finest="quarter", by_gang=False)
    assert said.words("en") == "Origin province: Fujian; by quarter at the finest; not by gang"
    assert "福建" in said.words("zh") and "季度" in said.words("zh")


@pytest.mark.parametrize("scope", [FUJIAN, Scope(destinations=("USA",))])
def test_what_is_withheld_in_one_place_is_not_called_other_places(scope: Scope, tiny_store: Store):
    """Cells withheld together are of the one province or country that a scope or filter holds."""
    rows = tiny_store.answer("routes", scope=scope).records()
    for column, limit in (("origin", scope.origins), ("destination", scope.destinations)):
        if limit:
            assert {row[column] for row in rows} == set(limit)
    everybodys = tiny_store.answer("routes").records()
    assert everybodys[-1]["origin"] == "other" and len(rows) > 1
