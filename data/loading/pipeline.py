"""A whole load: files to raw tables, checks, quarantine, merge, snapshot; it prints nothing."""

import dataclasses
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data import contracts, manifest, record_keys, snapshots
from data.loading import (
    building,
    checks,
    dataset,
    merging,
    quarantine,
    reading,
    shape,
    swapped,
    tally,
)
from data.loading.dataset import Found
from data.loading.faults import LoadError
from data.loading.reading import File, Options, Part
from data.loading.tally import Tally
from data.manifest import Manifest


@dataclass(frozen=True)
class Report:
    """What a load did: tallies per file, the snapshot now current, and where the quarantine is.

    unchanged: the same content was loaded before. skipped: files known already. passed_over: files
    of a folder that hold no figures. secret_made: the record secret that this load made.
    """

    tallies: tuple[Tally, ...]
    snapshot: Path | None
    quarantine: Path | None
    unchanged: bool
    skipped: tuple[str, ...]
    passed_over: tuple[str, ...]
    synthetic: bool
    secret_made: Path | None = None

    @property
    def facts(self) -> int:
        """Rows that became facts."""
        return sum(one.facts for one in self.tallies)


def load(
    paths: list[Path],
    into: Path,
    options: Options | None = None,
    *,
    as_of: date | None = None,
    replace: bool = False,
) -> Report:
    """Load files into a data directory and make the new snapshot current.

    Raises LoadError for a file that is refused whole and SnapshotError where the snapshot cannot
    be written; the current snapshot stays as it is then.
    """
    found = dataset.find(paths)
    files = [_file(path) for path in found.files]
    with building.workshop(into) as connection:
        before = None if replace or not (into / "CURRENT").exists() else snapshots.current(into)
        merging.open_before(connection, before)
        loaded = _ledger(connection)
        fresh = [file for file in files if not _is_known(file, loaded)]
        skipped = tuple(file.path.name for file in files if file not in fresh)
        if not fresh:
            return _unchanged(before, files, loaded, skipped, found)
        said = snapshots.manifest(before) if before else None
        load_ = _Load(connection, into, options or Options(), found, said, as_of)
        return load_.run(fresh, loaded, skipped)


@dataclass
class _Load:
    connection: duckdb.DuckDBPyConnection
    into: Path
    options: Options
    found: Found
    before: Manifest | None
    as_of: date | None
    sheets: list[str] = field(default_factory=list)

    def run(
        self, files: list[File], loaded: dict[str, list[Tally]], skipped: tuple[str, ...]
    ) -> Report:
        now = datetime.now(UTC).replace(tzinfo=None)
        seed = "".join(sorted(file.sha256 for file in files)) + now.isoformat()
        load_id = f"{now:%Y%m%dT%H%M%S}-{hashlib.sha256(seed.encode()).hexdigest()[:12]}"
        parts = self._read(files)
        self._check(parts)
        tallies = [tally.count(self.connection, part) for part in parts]
        _refuse_left_out(parts, tallies)
        seen = [part.number for part in parts if part.file.sha256 in loaded]
        changed = merging.sort_out(self.connection, seen)
        again = {file.sha256 for file in files} <= set(loaded)
        if again and not changed:
            return self._report(tallies, skipped, None, self.current, True)
        kept = quarantine.write(self.connection, parts, self.into, load_id)
        if not changed:
            return self._report(tallies, skipped, kept, None, False)
        for part in parts:
            self.connection.execute(f"drop table {part.raw}")
        merging.merge(self.connection)
        merging.keep_ledger(self.connection, load_id, now, tallies)
        secret = record_keys.place()
        is_new = not secret.exists()
        path = building.write(self.connection, self.into, self._description(parts))
        report = self._report(tallies, skipped, kept, path, False)
        made = secret if is_new and secret.exists() else None
        return dataclasses.replace(report, secret_made=made)

    @property
    def current(self) -> Path | None:
        return self.before.path if self.before else None

    def _read(self, files: list[File]) -> list[Part]:
        reading.create(self.connection)
        parts: list[Part] = []
        refused = []
        for file in files:
            try:
                read = reading.read(self.connection, file, len(parts) + 1, self.options)
                parts += read
                self.sheets += read[0].passed_over
            except LoadError as error:
                refused.append(str(error))
        if refused:
            raise LoadError("\n".join(refused))
        if not any(part.rows for part in parts):
            names = ", ".join(part.label for part in parts)
            raise LoadError(f"{names}: a header and no rows; nothing to load.")
        return parts

    def _check(self, parts: list[Part]) -> None:
        described = self.found.described
        as_of = self.as_of or (described and described.as_of) or datetime.now(UTC).date()
        checks.prepare(self.connection, as_of)
        for table in contracts.tables().values():
            views = [
                shape.view(part.shape, part.raw, part.number)
                for part in parts
                if part.table == table.name
            ]
            if not views:
                merging.take_nothing(self.connection, table)
                continue
            checks.take(self.connection, table, views)
            checks.check(self.connection, table, as_of)
            swapped.refuse(self.connection, table)
            if table.name != "cases" and "case_id" in table.names:
                checks.refer(self.connection, table, merging.KNOWN_CASES)
            checks.find_duplicates(self.connection, table)
            merging.take_facts(self.connection, table)
        for part in parts:
            self._refuse_divided(part)
        quarantine.gather(self.connection)

    def _refuse_divided(self, part: Part) -> None:
        """Raise LoadError where columns that a profile does not know divide its rows."""
        more = part.shape.unknown
        if more and (rows := checks.duplicates(self.connection, part.number)):
            raise LoadError(
                f"{part.label}: {rows:,} rows differ only in {', '.join(more)}, which the source"
                " profile does not know; add the column to the profile's header and arrival_id,"
                " or add the rows up and leave it away."
            )

    def _description(self, parts: list[Part]) -> manifest.Description:
        origin_side = any(part.table != "arrivals" for part in parts)
        today = datetime.now(UTC).date()
        return dataset.merged(self.found.described, self.before, self.as_of, origin_side, today)

    def _report(
        self,
        tallies: list[Tally],
        skipped: tuple[str, ...],
        kept: Path | None,
        path: Path | None,
        unchanged: bool,
    ) -> Report:
        synthetic = bool(path and snapshots.manifest(path).synthetic)
        passed_over = (*self.found.passed_over, *self.sheets)
        return Report(tuple(tallies), path, kept, unchanged, skipped, passed_over, synthetic)


def _refuse_left_out(parts: list[Part], tallies: list[Tally]) -> None:
    """Raise LoadError where source profiles leave out every row of every file."""
    if all(one.rows_in == one.left_out for one in tallies):
        raise LoadError(
            "\n".join(
                f"{part.label}: nothing to load, for the source profile leaves out each of its"
                f" {part.rows:,} rows. {part.shape.profile.note.en}"
                for part in parts
                if part.shape.profile
            )
        )


def _file(path: Path) -> File:
    try:
        return File(path, building.sha256(path))
    except OSError as error:
        raise LoadError(f"{path}: cannot be read ({error.strerror}).") from None


def _ledger(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Tally]]:
    """Earlier loads of the data set by the checksum of their file."""
    loaded: dict[str, list[Tally]] = {}
    rows = connection.execute(
        'select file, sha256, "table", rows_in, facts, quarantined, left_out from before.loads'
    ).fetchall()
    for row in rows:
        loaded.setdefault(row[1], []).append(Tally(*row))
    return loaded


def _is_known(file: File, loaded: dict[str, list[Tally]]) -> bool:
    """Loaded before without a fault; rows in quarantine get a new try, for they may fit by now."""
    tallies = loaded.get(file.sha256, [])
    return bool(tallies) and not any(one.quarantined for one in tallies)


def _unchanged(
    before: Path | None,
    files: list[File],
    loaded: dict[str, list[Tally]],
    skipped: tuple[str, ...],
    found: Found,
) -> Report:
    tallies = tuple(one for file in files for one in loaded[file.sha256])
    synthetic = before is not None and snapshots.manifest(before).synthetic
    return Report(tallies, before, None, True, skipped, found.passed_over, synthetic)
