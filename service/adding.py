"""The commands that bring files in: `add` and `sync`, once or whenever something changes."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from corpus.errors import InvalidInput
from service.keeping import Keeper, Outcome
from service.settings import Settings
from service.terminal import say, tell

OK, USAGE, FAILURE = 0, 2, 3
_LOOK_AGAIN_MS = 10_000
"""Milliseconds after which a watched folder is looked through though nothing was reported: some
file systems report nothing."""


def add(given: argparse.Namespace, settings: Settings) -> int:
    """Add files, and folders' files; new content of a known file replaces the old."""
    if absent := [path for path in given.paths if not path.exists()]:
        raise InvalidInput(f"There is no {absent[0]}.")
    keeper = _keeper(given, settings)
    code = _report(keeper.add(given.paths), given, empty_is_wrong=not given.watch)
    if given.watch:
        return _follow(given.paths, lambda: keeper.add(given.paths), given)
    return code


def sync(given: argparse.Namespace, settings: Settings) -> int:
    """Make the library's share of a folder what the folder holds."""
    if not given.folder.is_dir():
        raise InvalidInput(f"There is no folder {given.folder}.")
    keeper = _keeper(given, settings)
    code = _report(keeper.sync(given.folder), given)
    if given.watch:
        return _follow([given.folder], lambda: keeper.sync(given.folder), given)
    return code


def _keeper(given: argparse.Namespace, settings: Settings) -> Keeper:
    if given.watch and given.dry_run:
        raise InvalidInput("--dry-run and --watch exclude each other.")
    from service.assembly import assemble

    return Keeper(assemble(settings).library, dry_run=given.dry_run)


def _follow(
    paths: list[Path], work: Callable[[], Iterable[Outcome]], given: argparse.Namespace
) -> int:
    """Do the work at every change, until interrupted."""
    from watchfiles import watch

    # A file that an editor replaces is another one; the folder tells.
    folders = {path if path.is_dir() else path.resolve().parent for path in paths}
    tell("Watching; press Ctrl-C to end.")
    for _ in watch(
        *folders, yield_on_timeout=True, rust_timeout=_LOOK_AGAIN_MS, raise_interrupt=False
    ):
        if all(folder.is_dir() for folder in folders):
            _report(work(), given)
        else:
            tell("A watched folder is not there; nothing is changed until it is back.")
    return OK


def _report(
    outcomes: Iterable[Outcome], given: argparse.Namespace, *, empty_is_wrong: bool = False
) -> int:
    count: Counter[str] = Counter()
    shaped = []
    for outcome in outcomes:
        count[outcome.status] += 1
        if not given.json:
            _show(outcome)
        elif given.watch:
            say(json.dumps(_shape(outcome, given), ensure_ascii=False))
        else:
            shaped.append(_shape(outcome, given))
    if given.json and not given.watch:
        say(json.dumps(shaped, ensure_ascii=False, indent=2))
    if count and not given.json:
        ending = "; nothing was changed (--dry-run)" if given.dry_run else ""
        tell(", ".join(_counted(count)) + ending + ".")
    if not count and empty_is_wrong:
        tell("No documents found: none of the files has a known extension.")
        return USAGE
    return FAILURE if count["error"] else OK


def _counted(count: Counter[str]) -> Iterator[str]:
    for status in ("added", "replaced", "removed", "already there", "error"):
        if count[status]:
            name = "errors" if status == "error" else status
            yield f"{count[status]} {name}"


def _show(outcome: Outcome) -> None:
    if outcome.status == "error":
        tell(f"error          {outcome.detail}")
        return
    line = f"{outcome.status:<13}  {outcome.id}  {outcome.title or outcome.path}"
    if outcome.status == "replaced":
        line += f"  ({outcome.reused} of {outcome.reused + outcome.embedded} vectors kept)"
    say(line)


def _shape(outcome: Outcome, given: argparse.Namespace) -> dict[str, object]:
    shaped = {name: value for name, value in asdict(outcome).items() if value not in ("", ())}
    if outcome.status not in ("added", "replaced"):
        shaped = {name: value for name, value in shaped.items() if name not in _VECTORS}
    return {**shaped, "dry_run": True} if given.dry_run else shaped


_VECTORS = ("embedded", "reused")
