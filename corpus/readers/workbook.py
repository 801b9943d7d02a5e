"""XLSX: each sheet a section, each line a row under its column names."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook

from corpus.blocks import BlockKind
from corpus.extract import Extract, Writer, one_line
from corpus.readers.table import Rows
from corpus.zips import open_package

_DIGITS = 15
"""Significant digits that a workbook keeps of a number."""


def read(content: bytes, name: str) -> Extract:
    """Read the visible sheets; of a formula, the value it had when the workbook was saved."""
    open_package(content, name).close()
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    writer = Writer(name)
    rows = Rows(writer, name)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        # A sheet may claim any size.
        sheet.reset_dimensions()
        lines = _lines(sheet.iter_rows())
        first = next((line for line in lines if any(line)), None)
        if first is not None:
            writer.block(BlockKind.HEADING, one_line(sheet.title), level=1)
            rows.write(_after(first, lines))
    book.close()
    return writer.extract()


def _after(first: list[str], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rest


def _lines(rows: Iterator[Sequence[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_shown(cell.value, cell.number_format) for cell in row]


def _shown(value: object, number_format: str) -> str:
    """Return a cell's value about as the workbook shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format or "")
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)


def _number(value: float, number_format: str) -> str:
    if not number_format.rstrip("_) ").endswith("%"):
        return f"{value:.{_DIGITS}g}" if isinstance(value, float) else str(value)
    decimals = number_format.split("%")[0].partition(".")[2].count("0")
    return f"{value * 100:.{decimals}f}%"
