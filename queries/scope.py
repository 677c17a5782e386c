"""What the reader may ask for, as one frozen value; wider asks are refused, never trimmed quietly.

It must not know how a claim becomes a scope, nor how a question is answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from data import contracts
from data.contracts import Language
from queries import spans
from queries.release import PolicyName
from queries.selection import FIELDS, Selection, labels
from queries.spans import Unit

UNITS: tuple[Unit, ...] = get_args(Unit)
LIMITS = ("origins", "prefectures", "destinations", "gangs")
NAMED_AT_MOST = 5
FLOORS = {"prefectures": "towns", "ages": "ages", "gangs": "by_gang"}
DIMENSIONS = {
    "prefecture": "towns",
    "age_group": "ages",
    "gang": "by_gang",
    "month": "month",
    "quarter": "quarter",
}


Said = dict[Language, str]


class ScopeError(PermissionError):
    """An ask that is wider or finer than the reader's scope; says what was asked and what may be.

    `limit` is the field of the scope that was met, `asked` what lies outside it.
    """

    def __init__(
        self, message: str, limit: str = "", asked: tuple[str, ...] = (), said: Said | None = None
    ) -> None:
        super().__init__(message)
        self.limit, self.asked, self.said = limit, asked, said or {}

    def words(self, language: Language) -> str:
        """The same in words of the language, where there are any."""
        return self.said.get(language, str(self))


@dataclass(frozen=True)
class Scope:
    """Codes a reader may see in each dimension, None meaning all of it, and how fine they may ask.

    Only persons of these provinces, prefectures, destinations and gangs count, and only cases that
    moved at least one of them. finest: the shortest span of time. towns, ages, by_gang: whether
    figures may be cut or filtered by prefecture, age group and gang. policy: how figures are
    released to this reader, None as the data set says. granted: policies weaker than the data
    set's own that this reader may be given.
    """

    origins: tuple[str, ...] | None = None
    prefectures: tuple[str, ...] | None = None
    destinations: tuple[str, ...] | None = None
    gangs: tuple[str, ...] | None = None
    finest: Unit = "month"
    towns: bool = True
    ages: bool = True
    by_gang: bool = True
    policy: PolicyName | None = None
    granted: tuple[PolicyName, ...] = ()

    def __post_init__(self) -> None:
        if self.prefectures is not None and self.origins is None:
            object.__setattr__(self, "origins", _provinces(self.prefectures))

    @classmethod
    def everything(cls) -> "Scope":
        """The scope without limits."""
        return cls()

    @property
    def free(self) -> bool:
        """Whether it holds everybody and everything may be asked for."""
        return self.whole and not self._floors("en")

    @property
    def whole(self) -> bool:
        """Whether it holds everybody, however finely they may be asked for."""
        return all(getattr(self, name) is None for name in LIMITS)

    def limited(self, limits: Mapping[str, tuple[str, ...] | None]) -> "Scope":
        """The scope with these codes as its limits."""
        return replace(self, **limits)  # type: ignore[arg-type]

    def allowed(self, field: str) -> tuple[str, ...] | None:
        """The codes of a list filter that may be chosen; None for all of them."""
        if field in FLOORS and not getattr(self, FLOORS[field]):
            return ()
        if field == "prefectures" and self.prefectures is None and self.origins is not None:
            known = contracts.codes("prefectures")
            return tuple(code for name in self.origins for code in known.where(province=name))
        return getattr(self, field) if field in LIMITS else None

    def narrow(self, selection: Selection) -> Selection:
        """The selection with "all" read as "all I may see".

        Raises ScopeError when it names a code outside the scope, or is finer than it may be.
        """
        self._check_ends(selection)
        for name in selection.active:
            self._check_codes(name, getattr(selection, name))
        changes = {}
        for name in LIMITS:
            limit = getattr(self, name)
            if limit is not None:
                changes[name] = getattr(selection, name) or _some(name, limit)
        return selection.replace(**changes) if changes else selection

    def check(self, name: str, dimensions: Iterable[str]) -> None:
        """Raises ScopeError for a question cut finer than the floor allows."""
        for dimension in dimensions:
            if not self.offers((dimension,)):
                floor = self.words("en")
                raise ScopeError(
                    f"{name} is cut by {dimension}, finer than your scope ({floor})",
                    "floor",
                    (dimension,),
                    _finer(self),
                )

    def offers(self, dimensions: Iterable[str]) -> bool:
        """Whether a question cut by these dimensions may be asked."""
        return all(self._may(DIMENSIONS[name]) for name in dimensions if name in DIMENSIONS)

    def words(self, language: Language) -> str:
        """The scope in words: where, then how fine."""
        place = Selection().replace(**{name: getattr(self, name) for name in LIMITS})
        whole = {"zh": "全部地区", "en": "all regions"}[language]
        parts = [place.words(language) if place.active else whole, *self._floors(language)]
        return {"zh": "；", "en": "; "}[language].join(parts)

    def _floors(self, language: Language) -> list[str]:
        spoken: list[Said] = []
        if self.finest != "month":
            spoken.append(_BY[self.finest])
        spoken += [_WITHOUT[name] for name in _WITHOUT if not getattr(self, name)]
        return [said[language] for said in spoken]

    def _may(self, floor: str) -> bool:
        if floor in UNITS:
            return UNITS.index(floor) >= UNITS.index(self.finest)
        return bool(getattr(self, floor))

    def _check_ends(self, selection: Selection) -> None:
        for name in ("since", "until"):
            month: date | None = getattr(selection, name)
            whole = month and spans.whole(month, self.finest, last=name == "until")
            if month and whole and month != whole:
                raise ScopeError(
                    f"{name}: {month:%Y-%m} lies inside a {self.finest}, finer than your scope;"
                    f" ask for {whole:%Y-%m}",
                    "finest",
                    (f"{month:%Y-%m}",),
                    _inside(month, whole, self.finest),
                )

    def _check_codes(self, name: str, asked: tuple[str, ...]) -> None:
        allowed = self.allowed(name)
        if allowed is None or set(asked) == set(getattr(self, name, None) or ()):
            return
        outside = tuple(code for code in asked if code not in allowed)
        if outside:
            may = ", ".join(allowed[:NAMED_AT_MOST]) or "none"
            raise ScopeError(
                f"{name}: {len(outside)} outside your scope: "
                f"{', '.join(outside[:NAMED_AT_MOST])}; you may ask for {may}",
                name,
                outside,
                _wider(name, outside, allowed),
            )


_BY: dict[str, Said] = {
    "quarter": {"zh": "最细到季度", "en": "by quarter at the finest"},
    "year": {"zh": "最细到年", "en": "by year at the finest"},
}
_WITHOUT: dict[str, Said] = {
    "towns": {"zh": "不分地级市", "en": "not by prefecture"},
    "ages": {"zh": "不分年龄", "en": "not by age"},
    "by_gang": {"zh": "不分团伙", "en": "not by gang"},
}
_UNIT: dict[str, Said] = {
    "quarter": {"zh": "季度", "en": "quarter"},
    "year": {"zh": "年", "en": "year"},
    "month": {"zh": "月", "en": "month"},
}


def _some(name: str, limit: tuple[str, ...]) -> tuple[str, ...]:
    """The limit; raises ScopeError where it holds nothing, which must not become everything."""
    if not limit:
        message = f"{name}: your scope holds none; ask the administrator"
        raise ScopeError(message, name, (), _wider(name, (), ()))
    return limit


def _provinces(prefectures: tuple[str, ...]) -> tuple[str, ...]:
    known = contracts.codes("prefectures")
    return tuple(dict.fromkeys(known[code].attributes["province"] for code in prefectures))


def _wider(name: str, outside: tuple[str, ...], allowed: tuple[str, ...]) -> Said:
    place = FIELDS[name]
    field = contracts.table(place.table).column(place.column).label
    zh, en = (_listed(name, outside, language) for language in contracts.LANGUAGES)
    may_zh, may_en = (_listed(name, allowed, language) for language in contracts.LANGUAGES)
    asked_zh, asked_en = f"：{zh}" if zh else "", f": {en}" if en else ""
    return {
        "zh": f"{field.zh}{asked_zh}，不在您的权限范围内。可查询：{may_zh or '无'}。",
        "en": f"{field.en}{asked_en} is outside your scope. You may ask for: {may_en or 'none'}.",
    }


def _listed(name: str, codes: tuple[str, ...], language: Language) -> str:
    said = labels(FIELDS[name], codes, language)
    more = ["…"] if len(said) > NAMED_AT_MOST else []
    return {"zh": "、", "en": ", "}[language].join([*said[:NAMED_AT_MOST], *more])


def _inside(month: date, whole: date, unit: Unit) -> Said:
    zh, en = _UNIT[unit]["zh"], _UNIT[unit]["en"]
    return {
        "zh": f"{spans.month(month, 'zh')}不在{zh}的边界上，细于您的权限。"
        f"可用{spans.month(whole, 'zh')}。",
        "en": f"{spans.month(month, 'en')} lies inside a {en}, which is finer than your scope."
        f" Ask for {spans.month(whole, 'en')}.",
    }


def _finer(scope: Scope) -> Said:
    return {
        "zh": f"此问题细于您的权限（{scope.words('zh')}）。",
        "en": f"This question is finer than your scope ({scope.words('en')}).",
    }
