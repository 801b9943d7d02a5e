"""The questions of a question file."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import InvalidInput
from qa.answer import Turn


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


def squeeze(text: str) -> str:
    """Return text as answers are compared: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def holds(item: Item, text: str) -> bool:
    """Tell whether a text has the whole expected answer."""
    said = squeeze(text)
    return all(any(squeeze(each) in said for each in group) for group in item.answer)
