"""Scoring a question file: what was right, what was refused, and what it cost."""

import json
import re
import statistics
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpus.errors import InvalidInput
from index.library import Library
from index.prepared import Progress
from qa.answer import Answer, Turn
from qa.ask import ask


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a question file; see the format in the README."""

    id: str
    lang: str
    type: str
    history: tuple[Turn, ...]
    question: str
    answerable: bool
    answer: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        right: answered as expected, or refused as expected.
        exact: whether every citation's quote is its range, to the letter.
        overlap: whether some citation overlaps some of the evidence; None where nothing was cited
            or no document has the evidence (the same told in other words).
        seconds: time it took.

    """

    item: Item
    answer: Answer
    right: bool
    exact: bool
    overlap: bool | None
    seconds: float


def read_questions(path: Path) -> list[Item]:
    """Read a question file.

    Raises:
        InvalidInput: a line is no question; the message names it.

    """
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            items.append(_item(json.loads(line), str(number)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(f"{path}, line {number}: no question ({error!r}).") from error
    return items


def _item(record: dict[str, Any], default_id: str) -> Item:
    history = tuple(
        Turn(role, text)
        for turn in record.get("history") or ()
        for role, text in zip(("user", "assistant"), turn, strict=True)
    )
    groups = tuple(
        (group,) if isinstance(group, str) else tuple(group) for group in record.get("answer") or ()
    )
    return Item(
        str(record.get("id", default_id)),
        record.get("lang", ""),
        record.get("type", ""),
        history,
        record["question"],
        bool(record["answerable"]),
        groups,
        tuple(record.get("evidence") or ()),
    )


def evaluate_questions(
    library: Library, path: Path, progress: Progress | None = None
) -> "QuestionReport":
    """Score a question file over the library.

    Raises:
        InvalidInput: the file is no question file.

    """
    return QuestionReport(path.name, tuple(run(library, read_questions(path), progress)))


def run(library: Library, items: Sequence[Item], progress: Progress | None = None) -> list[Outcome]:
    """Ask every question and judge what comes back."""
    outcomes = []
    with library.view() as view:
        texts = {entry.id: view.document(entry.id).text for entry in view.entries()}
        for number, item in enumerate(items, 1):
            began = time.perf_counter()
            answer = ask(view, item.question, item.history)
            seconds = time.perf_counter() - began
            outcomes.append(_judge(item, answer, texts, seconds))
            if progress:
                progress(number, len(items))
    return outcomes


def _judge(item: Item, answer: Answer, texts: dict[str, str], seconds: float) -> Outcome:
    right = answer.answerable == item.answerable
    if right and item.answerable:
        said = squeeze(answer.text)
        right = all(any(squeeze(each) in said for each in group) for group in item.answer)
    exact = all(texts[c.document][c.start : c.end] == c.quote for c in answer.citations)
    return Outcome(item, answer, right, exact, _overlap(item, answer, texts), seconds)


def _overlap(item: Item, answer: Answer, texts: dict[str, str]) -> bool | None:
    """Tell whether a citation overlaps the evidence; None where there is nothing to overlap."""
    given = any(evidence in text for text in texts.values() for evidence in item.evidence)
    if not given or not answer.citations:
        return None
    return any(
        at.start() < citation.end and citation.start < at.end()
        for citation in answer.citations
        for evidence in item.evidence
        for at in re.finditer(re.escape(evidence), texts[citation.document])
    )


def squeeze(text: str) -> str:
    """Return text as answers are compared: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: the questions of one type.

    Attributes:
        name: the type.
        answerable, unanswerable: how many questions there are of either.
        accuracy: part of the answerable ones answered right.
        refusal_recall: part of the unanswerable ones refused.
        false_refusals: part of the answerable ones refused.
        exact: part of the answers all of whose citations are exact.
        overlap: part of the answers with given evidence that cite some of it.
        length: mean characters of the answers.

    """

    name: str
    answerable: int
    unanswerable: int
    accuracy: float | None
    refusal_recall: float | None
    false_refusals: float | None
    exact: float | None
    overlap: float | None
    length: float | None


def row(name: str, outcomes: Iterable[Outcome]) -> Row:
    """Sum up some outcomes."""
    outcomes = list(outcomes)
    asked = [o for o in outcomes if o.item.answerable]
    silent = [o for o in outcomes if not o.item.answerable]
    given = [o for o in outcomes if o.answer.answerable]
    return Row(
        name,
        len(asked),
        len(silent),
        _mean(o.right for o in asked),
        _mean(not o.answer.answerable for o in silent),
        _mean(not o.answer.answerable for o in asked),
        _mean(o.exact for o in given),
        _mean(o.overlap for o in given if o.overlap is not None),
        _mean(len(o.answer.text) for o in given),
    )


def _mean(values: Iterable[float | bool]) -> float | None:
    numbers = [float(value) for value in values]
    return statistics.fmean(numbers) if numbers else None


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """What became of a question file."""

    file: str
    outcomes: tuple[Outcome, ...]

    def rows(self) -> list[Row]:
        """Return a row a type, and one for all."""
        types = sorted({outcome.item.type for outcome in self.outcomes})
        by_type = [row(t, (o for o in self.outcomes if o.item.type == t)) for t in types]
        return [*by_type, row("all", self.outcomes)]

    def milliseconds(self) -> tuple[float, float]:
        """Return the median and the 95th percentile of the time a question took."""
        times = sorted(outcome.seconds * 1000 for outcome in self.outcomes) or [0.0]
        return statistics.median(times), times[int(0.95 * (len(times) - 1))]

    def table(self) -> str:
        """Return the report as a table for a terminal."""
        names = [field.name for field in fields(Row)]
        lines = [f"{self.file}: {len(self.outcomes)} questions"]
        lines.append("  ".join(name.rjust(_width(name)) for name in names))
        for each in self.rows():
            cells = [_cell(getattr(each, name)) for name in names]
            lines.append(
                "  ".join(c.rjust(_width(name)) for c, name in zip(cells, names, strict=True))
            )
        p50, p95 = self.milliseconds()
        lines.append(f"time a question: median {p50:.0f} ms, 95th percentile {p95:.0f} ms")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON-ready values, each question's outcome included."""
        p50, p95 = self.milliseconds()
        return {
            "file": self.file,
            "rows": [asdict(each) for each in self.rows()],
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "questions": [
                {
                    "id": o.item.id,
                    "type": o.item.type,
                    "question": o.item.question,
                    "question_used": o.answer.question_used,
                    "right": o.right,
                    "answerable": o.answer.answerable,
                    "answer": o.answer.text,
                    "confidence": o.answer.confidence,
                }
                for o in self.outcomes
            ],
        }


def _width(name: str) -> int:
    return max(len(name), 12)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
