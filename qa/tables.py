"""Answers that stand in tables: all rows that fit, and the column names that explain them."""

import re
from collections.abc import Sequence

from corpus.folding import fold
from qa.candidate import Candidate
from qa.enumeration import MOST_MEMBERS
from qa.features import is_column_names, speaks_of
from qa.kinds import Kind
from qa.question import Need, Question
from qa.ranges import Range, amounts, ranges

_SEVERAL = re.compile(
    r"哪些|哪几|哪[两三四五六七八九十]|所有|全部|列出|列举|都有|都是|一共有|清单|名单|\ball\b|\blist\b"
)
_PLURAL = frozenset({Kind.LIST, Kind.WHICH, Kind.MODEL, Kind.NAME, Kind.PERSON})
_WHOLE = frozenset({Kind.WHICH, Kind.SUMMARY, Kind.REASON, Kind.MANNER})
_NUMERALS = "零一二三四五六"
_COUNTED = re.compile(r"(?<!第)([二三四五六])(?:个|种|类|款|档|级)")
_LOOKED_AT = 8
"""How many of the best candidates may show which table is meant."""
FAR = 4.0
"""How much further behind in score than the best candidate a table is that is not meant."""
_SAME_VALUES = 3
"""How many of them may be the row whose values the question gives."""
_SHORT_TABLE = 6
_CELLS = re.compile(r"\s*[|\t]\s*")


def fitting_rows(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return all rows of a table that say what the best row says of the question.

    Empty where the best candidate is no row, or the question asks for one thing. Where it sets a
    bound (「不足二十人」), the rows within it.
    """
    several = bool(_SEVERAL.search(question.folded))
    if several and (bounds := ranges(question.folded)):
        for row in found[:_LOOKED_AT]:
            within = [c for c in _rows(row, found) if any(_has_value_in(c, b) for b in bounds)]
            if row.sentence.header and within:
                return within[:MOST_MEMBERS]
    if question.kind not in _PLURAL:
        return []
    for row in found[: _SAME_VALUES if several else 1]:
        same = _with_same_values(question, row, _rows(row, found)) if row.sentence.header else []
        if len(same) > 1:
            return same[:MOST_MEMBERS]
    first = found[0]
    if not several or not first.sentence.header:
        return []
    rows = _rows(first, found)
    said = [need for need in question.needs if speaks_of(first.folded, need)]
    telling = _telling(said, rows)
    fitting = [c for c in rows if all(speaks_of(c.folded, need) for need in telling)]
    return fitting[:MOST_MEMBERS] if telling and len(fitting) > 1 else []


def _with_same_values(
    question: Question, first: Candidate, rows: Sequence[Candidate]
) -> list[Candidate]:
    """Return the rows that have all values of the first that the question gives: 「2–8℃」."""
    values = {
        place: cell
        for place, cell in enumerate(_CELLS.split(first.folded))
        if place and len(cell) > 1 and cell in question.folded
    }
    if not values:
        return []
    split = [(row, dict(enumerate(_CELLS.split(row.folded)))) for row in rows]
    return [row for row, cells in split if values.items() <= cells.items()]


def compared_rows(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows that tell several things named in the question side by side.

    The things are columns of one table (「安心方案和优享方案门诊各报几成」: the rows about what
    else is asked, or all of a short table), or the keys of its rows (「TR-200和TR-310的误差」).
    """
    if question.kind in _WHOLE:
        return []
    for row in found[:_LOOKED_AT]:
        if not row.sentence.header or found[0].score - row.score > FAR:
            continue
        rows = _rows(row, found)
        names = _CELLS.split(fold(row.sentence.header))[1:]
        columns = _named(question, names)
        if len(columns) > 1 or (row is found[0] and _means_all(question, names)):
            return _about(question, [n for n in question.needs if n not in columns], rows)
        keys = _named(question, [_CELLS.split(c.folded)[0] for c in rows])
        keyed = [c for c in rows if any(speaks_of(_CELLS.split(c.folded)[0], n) for n in keys)]
        if len(keys) > 1:
            return keyed[:MOST_MEMBERS]
    return []


def _means_all(question: Question, names: Sequence[str]) -> bool:
    """Tell whether a comparison is of as many things as a table has columns: 「两种类型」."""
    several = _COUNTED.search(question.folded.replace("两", "二"))
    if not several or question.kind is not Kind.COMPARISON:
        return False
    return len(names) == _NUMERALS.index(several.group(1))


def _about(question: Question, rest: Sequence[Need], rows: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows about what else is asked; all of a short table, if that is not plain.

    「座位安排」 is in no row's words, but may well be meant by 「工位」.
    """
    rest = _telling(rest, rows)
    about = [c for c in rows if any(speaks_of(c.folded, need) for need in rest)]
    around = rows[0].context if rows else ""
    unsaid = any(
        not speaks_of(around, need) and not any(speaks_of(c.folded, need) for c in rows)
        for need in rest
    )
    plain = about and not (unsaid and question.kind is Kind.COMPARISON)
    return (about if plain else list(rows))[:_SHORT_TABLE]


def _telling(needs: Sequence[Need], rows: Sequence[Candidate]) -> list[Need]:
    """Return the needs that some of the rows do not speak of."""
    return [need for need in needs if not all(speaks_of(c.folded, need) for c in rows)]


def _named(question: Question, cells: Sequence[str]) -> list[Need]:
    """Return the needs that tell some of a table's names from the others, each another one."""
    found: dict[int, Need] = {}
    for need in question.needs:
        spoken = [n for n, cell in enumerate(cells) if speaks_of(cell, need)]
        if len(spoken) == 1:
            found.setdefault(spoken[0], need)
    return list(found.values())


def _rows(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are rows of one table with `first`, in the document's order."""
    rows = (c for c in found if _in_one_table(first, c) and not is_column_names(c.sentence))
    return sorted(rows, key=lambda c: c.sentence.start)


def column_names(
    question: Question, chosen: Sequence[Candidate], found: Sequence[Candidate]
) -> Candidate | None:
    """Return the header row of a table whose rows are chosen, where the question needs it.

    「优享方案」 may be a column's name: where several columns hold values of a kind, the row alone
    does not say which is meant.
    """
    for row in chosen:
        names = _CELLS.split(fold(row.sentence.header))
        asked = [
            name
            for name in names[1:]
            if any(speaks_of(name, n) and not speaks_of(row.folded, n) for n in question.needs)
        ]
        if question.kind is Kind.COMPARISON and len(chosen) > 1:
            # Of whom each value is, is what a comparison is about.
            asked = names[1:]
        if asked and _alike(asked, names[1:], _CELLS.split(row.folded)[1:]):
            headers = (c for c in found if is_column_names(c.sentence) and _in_one_table(row, c))
            return next(headers, None)
    return None


def _alike(asked: Sequence[str], names: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether a column could be taken for another: by its name's end, or by its values."""
    ends = [name[-2:] for name in names]
    numbers = sum(any(char.isdigit() for char in cell) for cell in cells)
    return numbers > 1 or any(ends.count(name[-2:]) > 1 for name in asked)


def _in_one_table(one: Candidate, other: Candidate) -> bool:
    """Tell whether two rows have the same column names under the same headings."""
    first, second = one.sentence, other.sentence
    names = second.header or second.text if second.kind == "row" else ""
    return (first.document, first.section, first.header) == (
        second.document,
        second.section,
        names,
    )


def _has_value_in(row: Candidate, bound: Range) -> bool:
    """Tell whether a row has a value within a bound; the unit may be in the column's name."""
    names = _CELLS.split(fold(row.sentence.header))
    return any(
        bound.holds(amount)
        for name, cell in zip(names, _CELLS.split(row.folded), strict=False)
        for amount in amounts(cell, name, bound.unit)
    )
