"""Finds what is to be loaded: files, folders of files, and the dataset.toml that describes them."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from data import contracts
from data.contracts import ContractError
from data.loading.faults import LoadError, some
from data.manifest import Description, Disclosure, Manifest

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt.gz", ".xlsx", ".parquet")
DESCRIPTION = "dataset.toml"
STRICTEST: tuple[Disclosure, ...] = ("protected", "suppressed", "public")
SAID: tuple[Disclosure, ...] = ("protected", "public")
KEYS = ("title", "publisher", "as_of", "provisional_from", "disclosure", "caveats")


@dataclass(frozen=True)
class Found:
    """Files to load in order, the description found among them, and files passed over."""

    files: tuple[Path, ...]
    described: Description | None
    passed_over: tuple[str, ...]


def find(paths: list[Path]) -> Found:
    """Every file named, and those in folders named; raises LoadError where there is none."""
    files: list[Path] = []
    passed_over: list[str] = []
    descriptions: list[Path] = []
    for path in paths:
        if path.name == DESCRIPTION and path.is_file():
            descriptions.append(path)
        elif path.is_dir():
            inside = _inside(path)
            found = [file for file in inside if _may_hold_figures(file)]
            if not found:
                raise LoadError(f"{path}: no CSV, Excel or Parquet file in this folder.")
            files += found
            descriptions += [file for file in inside if file.name == DESCRIPTION]
            passed_over += [
                f"{file.name}/" if file.is_dir() else file.name
                for file in inside
                if file not in found and file not in descriptions
            ]
        elif path.is_file():
            files.append(path)
        else:
            raise LoadError(f"{path}: there is no such file or folder.")
    if not files:
        raise LoadError(f"{some([str(path) for path in paths])}: no file with figures to load.")
    if len(descriptions) > 1:
        raise LoadError(f"{some([str(path) for path in descriptions])}: one dataset.toml, please.")
    described = describe(descriptions[0]) if descriptions else None
    return Found(tuple(dict.fromkeys(files)), described, tuple(passed_over))


def describe(path: Path) -> Description:
    """The description in a dataset.toml; raises LoadError naming what is wrong in it."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        strange = sorted(set(read) - set(KEYS))
        if strange:
            raise LoadError(
                f"{path}: no such key {', '.join(strange)}; keys are {', '.join(KEYS)}."
            )
        return _description(read, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ContractError) as error:
        raise LoadError(f"{path}: {error}") from None


def merged(
    described: Description | None,
    before: Manifest | None,
    as_of: date | None,
    origin_side: bool,
    today: date,
) -> Description:
    """The description of the snapshot to be: what is said now, else what was said before.

    origin_side: whether the load holds cases, cohorts or seizures. Once protected or synthetic, a
    data set stays so, and it keeps its record keys; only figures already published, and nothing
    else, stay `public`.
    """
    said = described or (_carried(before) if before else Description())
    if before and described is None:
        as_of = as_of or (None if origin_side else before.as_of)
    return replace(
        said,
        as_of=as_of or (said.as_of if described else None) or today,
        disclosure=_disclosure(described, before, origin_side),
        synthetic=bool(before and before.synthetic),
        record_keys=before.record_keys if before else "",
    )


def _disclosure(
    described: Description | None, before: Manifest | None, origin_side: bool
) -> Disclosure:
    """The strictest of what is said and what was said; unsaid is public for public series only."""
    unsaid: Disclosure = "public" if before and not origin_side else "protected"
    said = described.disclosure if described else unsaid
    return min((said, before.disclosure if before else said), key=STRICTEST.index)


def _carried(before: Manifest) -> Description:
    return Description(
        title=before.title,
        publisher=before.publisher,
        provisional_from=before.declared_from,
        caveats=before.caveats,
    )


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except OSError as error:
        raise LoadError(f"{folder}: cannot be read ({error.strerror}).") from None


def _may_hold_figures(file: Path) -> bool:
    """Whether to read a file of a folder; Excel leaves a ~$ file beside a workbook it has open."""
    known = file.name.casefold().endswith(SUFFIXES) and not file.name.startswith("~$")
    return known and file.is_file()


def _description(read: dict[str, Any], path: Path) -> Description:
    plain = Description()
    lost = [key for key in read.get("caveats", []) if key not in contracts.caveats()]
    disclosure = read.get("disclosure", "protected")
    if lost:
        raise LoadError(f"{path}: data/caveats.toml lacks {', '.join(lost)}.")
    if disclosure not in SAID:
        raise LoadError(f"{path}: disclosure is {' or '.join(SAID)}, got {disclosure!r}.")
    texts = {key: contracts.words(read[key], key) for key in ("title", "publisher") if key in read}
    return replace(
        plain,
        title=texts.get("title", plain.title),
        publisher=texts.get("publisher", plain.publisher),
        as_of=_day(read.get("as_of"), path),
        provisional_from=_day(read.get("provisional_from"), path),
        disclosure=disclosure,
        caveats=tuple(read.get("caveats", ())),
    )


def _day(value: object, path: Path) -> date | None:
    if value is None:
        return None
    text = str(value)
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text[:10])
    except ValueError:
        raise LoadError(f"{path}: {text!r} is not a date (YYYY-MM-DD).") from None
