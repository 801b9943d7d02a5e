"""Verdicts of readers on answers, kept in a file of the data directory, one JSON object a line."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import StoreError

FILE_NAME = "feedback.jsonl"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody thought of an answer.

    Attributes:
        verdict: "up" or "down".
        question, answer: what was asked and answered, in words.
        comment: why, in their words; "" if they gave none.
        at: when, ISO 8601 in UTC.

    """

    verdict: str
    question: str
    answer: str
    comment: str
    at: str


def keep(directory: Path, verdict: str, question: str, answer: str, comment: str) -> None:
    """Append a verdict to the data directory's file.

    Raises:
        StoreError: the file cannot be written.

    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps(asdict(Verdict(verdict, question, answer, comment, now)), ensure_ascii=False)
    path = directory / FILE_NAME
    try:
        # One write to a file opened for appending: lines of several writers do not mix.
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.") from error


def kept(directory: Path) -> Iterator[Verdict]:
    """Yield all verdicts, oldest first; lines that are none are passed over."""
    path = directory / FILE_NAME
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield Verdict(**json.loads(line))
        except (ValueError, TypeError):
            continue
