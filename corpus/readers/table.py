"""Tables without any frame: CSV and TSV, each line a row under its column names."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from corpus.blocks import BlockKind
from corpus.decoding import decode
from corpus.errors import TooLarge
from corpus.extract import Extract, Writer, names_columns, one_line

MAX_ROWS = 100_000
"""Most rows of one file."""
MAX_COLUMNS = 1000
_DELIMITERS = ",\t;|"
_LOOKED_AT = 20
"""Lines that tell the delimiter."""
_SAMPLE = 64 * 1024
_LONGEST_CELL = 1_000_000


def read(content: bytes, name: str) -> Extract:
    """Read the rows of a CSV or TSV file."""
    text = decode(content, name)
    csv.field_size_limit(_LONGEST_CELL)
    writer = Writer(name)
    Rows(writer, name).write(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    return writer.extract()


def _delimiter(text: str) -> str:
    """Return the character that stands in most lines equally often."""
    lines = text[:_SAMPLE].split("\n")[:_LOOKED_AT]
    looked_at = [line for line in lines if line.strip()]

    def fitness(char: str) -> tuple[int, int]:
        counts = [line.count(char) for line in looked_at]
        common = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(common) if common else 0, common)

    return max(_DELIMITERS, key=fitness)


class Rows:
    """Writes the rows of a file's tables, and counts them.

    Args:
        writer: takes the blocks.
        name: the file's name, for messages.

    """

    def __init__(self, writer: Writer, name: str) -> None:
        self._writer = writer
        self._name = name
        self._count = 0

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write one table: what stands alone above it, its column names, its rows.

        Raises:
            TooLarge: the file has more than `MAX_ROWS` rows.

        """
        header: tuple[int, int] | None = None
        first, width = True, 0
        for cells in self._filled(rows):
            if first and sum(bool(cell) for cell in cells) == 1:
                # A table's title or a remark above it.
                self._writer.block(BlockKind.PARAGRAPH, one_line(" ".join(cells)))
                continue
            names = first and names_columns(cells)
            width = len(cells) if names else width
            # A row that ends early has empty cells.
            cells += [""] * (width - len(cells))
            place = self._writer.row(cells, header, names=names)
            header, first = (place if names else header), False

    def _filled(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        for row in rows:
            cells = [one_line(cell) for cell in row[:MAX_COLUMNS]]
            if not any(cells):
                continue
            self._count += 1
            if self._count > MAX_ROWS:
                raise TooLarge(
                    f"{self._name} has more than {MAX_ROWS:,} rows; split it into several files."
                )
            yield cells
