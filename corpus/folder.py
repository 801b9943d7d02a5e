"""Folders: which of the files in one are documents."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from corpus.formats import LEGACY, format_of, suffix

_Rules = tuple[tuple[Path, GitIgnoreSpec], ...]
_HIDDEN = (".", "~$")
"""How names of hidden files begin, and of those that Office keeps beside an open document."""


def files_under(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each path that is a file, and the documents in each folder.

    Left out in folders: what is hidden, what `.gitignore` files name (those above the folder count
    too, up to the root of its repository), and links that lead out of it. Documents that cannot be
    read for their format are there: whoever adds them is told.
    """
    for path in paths:
        if path.is_dir():
            yield from _documents(path, path.resolve(), _rules_above(path))
        else:
            yield path


def _documents(folder: Path, root: Path, rules: _Rules) -> Iterator[Path]:
    rules = (*rules, *_rules_of(folder))
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
        is_folder = path.is_dir() and not path.is_symlink()
        if path.name.startswith(_HIDDEN) or _ignored(path, is_folder, rules):
            continue
        if is_folder:
            yield from _documents(path, root, rules)
        elif _is_document(path) and path.resolve().is_relative_to(root):
            yield path


def _is_document(path: Path) -> bool:
    return bool(format_of(path.name) or suffix(path.name) in LEGACY) and path.is_file()


def _ignored(path: Path, is_folder: bool, rules: _Rules) -> bool:
    """Ask the rules from the innermost folder outwards; the first that speaks of it decides."""
    for folder, spec in reversed(rules):
        inner = path.absolute().relative_to(folder).as_posix() + ("/" if is_folder else "")
        told = spec.check_file(inner).include
        if told is not None:
            return told
    return False


def _rules_of(folder: Path) -> _Rules:
    try:
        lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return ((folder.absolute(), _spec(lines)),)


def _spec(lines: Sequence[str]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        # Git passes over a line that is no pattern.
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _rules_above(folder: Path) -> _Rules:
    """Return the rules of the folders above, outermost first, as far as they are one repository."""
    folder = folder.absolute()
    above = [folder, *folder.parents]
    root = next((place for place, path in enumerate(above) if (path / ".git").exists()), 0)
    return tuple(rule for path in reversed(above[1 : root + 1]) for rule in _rules_of(path))
