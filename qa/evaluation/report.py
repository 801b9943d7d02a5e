"""What became of a question file: by type and language, and at every confidence."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from index.library import Library
from index.prepared import Progress
from qa.evaluation.items import read_questions
from qa.evaluation.outcomes import Outcome, run
from qa.reader import Reader

COVERAGES = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
"""Parts of the questions, the surest first, whose risk is told."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: some of the questions.

    Attributes:
        name: their type, or language.
        answerable, unanswerable: how many questions there are of either.
        accuracy: part of the answerable ones answered right.
        refusal_recall: part of the unanswerable ones refused.
        refusal_precision: part of the refused ones that are unanswerable.
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
    refusal_precision: float | None
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
    refused = [o for o in outcomes if not o.answer.answerable]
    return Row(
        name,
        len(asked),
        len(silent),
        mean(o.right for o in asked),
        mean(not o.answer.answerable for o in silent),
        mean(not o.item.answerable for o in refused),
        mean(not o.answer.answerable for o in asked),
        mean(o.exact for o in given),
        mean(o.overlap for o in given if o.overlap is not None),
        mean(len(o.answer.text) for o in given),
    )


def mean(values: Iterable[float | bool]) -> float | None:
    """Return the mean, or None of nothing."""
    numbers = [float(value) for value in values]
    return statistics.fmean(numbers) if numbers else None


def risks(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return the risk-coverage curve: (part answered, part of those that would be wrong).

    Questions are answered from the surest on; what is not answerable is wrong when answered
    (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010).
    """
    surest = sorted(outcomes, key=lambda o: -o.answer.confidence)
    found = []
    for coverage in COVERAGES:
        some = surest[: max(1, round(coverage * len(surest)))]
        found.append((coverage, 1.0 - (mean(o.would_be_right for o in some) or 0.0)))
    return found if outcomes else []


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """What became of a question file."""

    file: str
    outcomes: tuple[Outcome, ...]

    def rows(self) -> list[Row]:
        """Return a row a type, a row a language, and one for all."""
        by_type = self._grouped(lambda o: o.item.type)
        by_language = self._grouped(lambda o: o.item.lang)
        return [*by_type, *by_language, row("all", self.outcomes)]

    def _grouped(self, key: Callable[[Outcome], str]) -> list[Row]:
        names = sorted({key(outcome) for outcome in self.outcomes} - {""})
        return [row(name, (o for o in self.outcomes if key(o) == name)) for name in names]

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
        curve = "  ".join(f"{coverage:.0%} {risk:.3f}" for coverage, risk in risks(self.outcomes))
        lines.append(f"wrong among the surest: {curve}")
        p50, p95 = self.milliseconds()
        lines.append(f"time a question: median {p50:.0f} ms, 95th percentile {p95:.0f} ms")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON-ready values, each question's outcome included."""
        p50, p95 = self.milliseconds()
        return {
            "file": self.file,
            "rows": [asdict(each) for each in self.rows()],
            "risk_coverage": [
                {"coverage": coverage, "risk": round(risk, 4)}
                for coverage, risk in risks(self.outcomes)
            ],
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "questions": [_question(outcome) for outcome in self.outcomes],
        }


def _question(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.item.id,
        "type": outcome.item.type,
        "lang": outcome.item.lang,
        "question": outcome.item.question,
        "question_used": outcome.answer.question_used,
        "right": outcome.right,
        "answerable": outcome.answer.answerable,
        "answer": outcome.answer.text,
        "confidence": outcome.answer.confidence,
    }


def _width(name: str) -> int:
    return max(len(name), 12)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def evaluate_questions(
    library: Library,
    path: Path,
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> QuestionReport:
    """Score a question file over the library.

    Raises:
        InvalidInput: the file is no question file.

    """
    return QuestionReport(path.name, tuple(run(library, read_questions(path), reader, progress)))
