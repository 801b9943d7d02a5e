"""The `eval` command: score question files and reading-comprehension files."""

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import InvalidInput
from service.settings import Settings
from service.terminal import bar, say

if TYPE_CHECKING:
    from index.library import Library
    from qa.evaluation.report import QuestionReport
    from qa.evaluation.squad import RetrievalReport
    from service.assembly import Parts


def evaluate(given: argparse.Namespace, settings: Settings) -> int:
    """Score question files."""
    from qa.evaluation.squad import is_squad
    from service.assembly import assemble, seed

    named = [*given.files, *given.over, *([given.contexts] if given.contexts else [])]
    if absent := [path for path in named if not path.is_file()]:
        raise InvalidInput(f"There is no file {absent[0]}.")
    parts = assemble(settings)
    # Reading comprehension brings its own contexts; only question files are asked of the library.
    if not given.over and not all(is_squad(path) for path in given.files):
        with bar("bundled article") as progress:
            seed(parts, settings, progress)
    with _library(given.over, parts) as library:
        reports = [_score(path, given.contexts, parts, library) for path in given.files]
    kept = settings.data / "evaluations"
    if given.json:
        shaped = [report.as_json() for report in reports]
        say(json.dumps(shaped[0] if len(shaped) == 1 else shaped, ensure_ascii=False, indent=2))
    else:
        say("\n\n".join(_told(report, kept) for report in reports))
    return 0


@contextmanager
def _library(over: list[Path], parts: "Parts") -> "Iterator[Library]":
    """Give the library, or one that holds nothing but the documents named."""
    if not over:
        yield parts.library
        return
    from corpus.loading import load_file
    from index.library import Library

    with tempfile.TemporaryDirectory(prefix="wenju-eval-") as directory:
        library = Library(Path(directory), parts.encoder, parts.segmenter)
        with bar(over[0].name) as progress:
            library.add_all([load_file(path) for path in over], progress)
        yield library


def _score(
    path: Path, contexts: Path | None, parts: "Parts", library: "Library"
) -> "QuestionReport | RetrievalReport":
    from qa.evaluation.report import evaluate_questions
    from qa.evaluation.squad import evaluate_retrieval, is_squad

    with bar(path.name) as progress:
        if is_squad(path):
            return evaluate_retrieval(
                parts.encoder, parts.segmenter, path, contexts, parts.reader, progress
            )
        return evaluate_questions(library, path, parts.reader, progress)


def _told(report: "QuestionReport | RetrievalReport", kept: Path) -> str:
    """Return a report's table, with what changed since its file was last scored."""
    from qa.evaluation.changes import since_last
    from qa.evaluation.report import QuestionReport

    if not isinstance(report, QuestionReport):
        return report.table()
    found = since_last(kept / f"{Path(report.file).stem}.json", report.as_json())
    return f"{report.table()}\n{found.table()}" if found else report.table()
