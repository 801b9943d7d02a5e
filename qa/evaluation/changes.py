"""What changed, question by question, since a question file was last scored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Changes:
    """Questions that are judged otherwise than in the run before.

    Attributes:
        won, lost: those right now and wrong before, and the other way round, as "id question".
        reworded: how many of the others got another answer.
        fresh: how many questions the run before did not have.

    """

    won: tuple[str, ...]
    lost: tuple[str, ...]
    reworded: int
    fresh: int

    def table(self) -> str:
        """Return the changes as lines for a terminal."""
        lines = [
            f"since the last run: {len(self.won)} won, {len(self.lost)} lost, "
            f"{self.reworded} answered otherwise, {self.fresh} new"
        ]
        lines += [f"  + {question}" for question in self.won]
        lines += [f"  - {question}" for question in self.lost]
        return "\n".join(lines)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    """Compare two reports, as `QuestionReport.as_json` shapes them."""
    old = {question["id"]: question for question in before.get("questions", ())}
    both = [(old[q["id"]], q) for q in now["questions"] if q["id"] in old]
    return Changes(
        won=_named([q for o, q in both if q["right"] and not o["right"]]),
        lost=_named([q for o, q in both if o["right"] and not q["right"]]),
        reworded=sum(o["right"] == q["right"] and o["answer"] != q["answer"] for o, q in both),
        fresh=len(now["questions"]) - len(both),
    )


def _named(questions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{question['id']} {question['question']}" for question in questions)


def since_last(path: Path, now: Mapping[str, Any]) -> Changes | None:
    """Compare a report with the one kept at `path`, and keep it there in its place.

    Returns None where none is kept, or what is kept cannot be read.
    """
    try:
        found = changes(json.loads(path.read_text("utf-8")), now)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        found = None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(now, ensure_ascii=False), "utf-8")
    return found
