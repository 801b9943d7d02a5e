"""PDF with a text layer: paragraphs put together from lines, headings told by their size."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from corpus.blocks import BlockKind
from corpus.errors import Encrypted, NoTextLayer, TooLarge
from corpus.extract import Extract, Writer, is_wide, names_columns, one_line
from corpus.readers.lines import Line, lines_of
from corpus.readers.running import without_running

MAX_PAGES = 3000
"""Most pages of one file."""
_HEADING = 1.12
"""How much larger than the body's letters a heading's are."""
_LONGEST_HEADING = 80
_DEEPEST = 6
_FEW = 12
"""Characters a page; a file of pictures with fewer is a scan with a stamp."""
_CODES = re.compile(r"\(cid:\d+\)")
_MOST_CODES = 0.3
_MOST_EDGES = 3000
"""Lines drawn on a page; with more it is a drawing, no table."""
_SENTENCE_END = re.compile(r"[。！？；!?;.:：…][”’」』）)】》]*$")
_LIST_MARK = re.compile(
    r"[•·●○▪◆■□➢✓\-–—*]\s|[（(]?[0-9０-９]{1,3}(?:[)）、]|[.．](?!\d)\s?)|"
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[①-⑳]|第[一二三四五六七八九十百零〇0-9]+[章节条编]"
)
_BULLET = re.compile(r"[•·●○▪◆■□➢✓\-–—*]\s+")
_MADE_UP = re.compile(
    r"\.(?:docx?|pdf|indd|wps|tex|html?)$|^Microsoft|^\(?untitled|^\(?anonymous|\ufffd",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"[A-Za-zÀ-ÿ]{2}[-‐\u00ad]$")


@dataclass(slots=True)
class _Table:
    """A ruled table and where it stands."""

    page: int
    top: float
    rows: list[list[str]]


def read(content: bytes, name: str) -> Extract:
    """Read a PDF's text.

    Raises:
        Encrypted: it cannot be opened without a password.
        NoTextLayer: its pages are pictures, or its fonts do not say what they show.
        TooLarge: it has too many pages.

    """
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise TooLarge(f"{name} has more than {MAX_PAGES:,} pages; split it.")
            title = str((pdf.metadata or {}).get("Title") or "")
            pages, pictures = _read_pages(pdf)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise Encrypted(
                f"{name} is protected by a password. Save it without one and add that."
            ) from error
        raise
    return _written(pages, pictures, title, name)


def _written(pages: Sequence[list[Line | _Table]], pictures: int, title: str, name: str) -> Extract:
    lines = [one for page in pages for one in page if isinstance(one, Line)]
    kept = without_running(lines, _sizes(lines)[0] * _HEADING)
    _require_text(pages, kept, pictures, name)
    writer = _PdfWriter(Writer(name), _sizes(kept))
    running = {id(line) for line in lines} - {id(line) for line in kept}
    for page in pages:
        for one in page:
            if isinstance(one, _Table):
                writer.table(one)
            elif id(one) not in running:
                writer.line(one)
    extract = writer.finish(len(pages))
    best = extract.title or _usable(title)
    return Extract(extract.text, best, extract.blocks, extract.pages)


def _read_pages(pdf: PDF) -> tuple[list[list[Line | _Table]], int]:
    pages: list[list[Line | _Table]] = []
    pictures = 0
    for page in pdf.pages:
        pictures += bool(page.images)
        pages.append(_read_page(page))
        # Thousands of pages must not stay in memory.
        page.close()
    return pages, pictures


def _read_page(page: pdfplumber.page.Page) -> list[Line | _Table]:
    number = page.page_number - 1
    tables, boxes = [], []
    if 0 < len(page.edges) <= _MOST_EDGES:
        for found in page.find_tables():
            rows = [[_cell(cell) for cell in row] for row in found.extract()]
            rows = [row for row in rows if any(row)]
            if len(rows) > 1 and max(map(len, rows)) > 1:
                tables.append(_Table(number, found.bbox[1], rows))
                boxes.append(found.bbox)
    chars = [char for char in page.chars if not any(_is_in(char, box) for box in boxes)]
    lines = lines_of(chars, number, page.height)
    return _in_order(lines, tables)


def _in_order(lines: list[Line], tables: list[_Table]) -> list[Line | _Table]:
    """Put each table before the first line that stands below its top in the reading order."""
    ordered: list[Line | _Table] = []
    waiting = sorted(tables, key=lambda table: table.top)
    for line in lines:
        while waiting and waiting[0].top <= line.top:
            ordered.append(waiting.pop(0))
        ordered.append(line)
    return [*ordered, *waiting]


def _is_in(char: dict[str, float], box: tuple[float, float, float, float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _cell(words: str | None) -> str:
    return one_line(_CODES.sub("", words or ""))


def _usable(title: str) -> str:
    """Return a file's title of itself unless a program made it up."""
    title = one_line(title)
    made_up = re.search(
        r"\.(?:docx?|pdf|indd|wps|tex|html?)$|^Microsoft|^untitled|\ufffd", title, re.I
    )
    return "" if made_up or len(title) < 2 else title


def _require_text(pages: Sequence[object], lines: Sequence[Line], pictures: int, name: str) -> None:
    tables = [one for page in pages if isinstance(page, list) for one in page]
    words = "".join(line.text for line in lines)
    codes = sum(len(code) for code in _CODES.findall(words))
    if codes > len(words) * _MOST_CODES:
        raise NoTextLayer(
            f"{name}: its fonts do not say which characters they show. "
            "Run text recognition (OCR) over it and add the result."
        )
    has_table = any(isinstance(one, _Table) for one in tables)
    is_scan = not has_table and (not words or (pictures and len(words) < _FEW * len(pages)))
    if is_scan:
        raise NoTextLayer(
            f"{name} is scanned: its pages are pictures without text. "
            "Run text recognition (OCR) over it and add the result."
        )


def _sizes(lines: Sequence[Line]) -> tuple[float, list[float]]:
    """Return the body's letter size, and the sizes of headings from the largest."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    body = counts.most_common(1)[0][0] if counts else 0.0
    larger = {
        line.size
        for line in lines
        if line.size >= body * _HEADING and len(line.text) <= _LONGEST_HEADING
    }
    return body, sorted(larger, reverse=True)


class _PdfWriter:
    """Joins lines to paragraphs and writes them.

    Args:
        writer: takes the blocks.
        sizes: the body's letter size, and those of headings.

    """

    def __init__(self, writer: Writer, sizes: tuple[float, list[float]]) -> None:
        self._writer = writer
        self._body, self._headings = sizes
        self._lines: list[Line] = []
        self._names: tuple[list[str], tuple[int, int] | None] = ([], None)

    def line(self, line: Line) -> None:
        """Take the next line."""
        if self._lines and not self._continues(self._lines[-1], line):
            self._flush()
        self._lines.append(line)
        self._names = ([], None)

    def table(self, table: _Table) -> None:
        """Write a table; one that goes on from the page before keeps its column names."""
        self._flush()
        first, *rest = table.rows
        names, header = self._names
        if header and first == names:
            pass
        elif header and len(first) == len(names):
            rest = table.rows
        elif names_columns(first):
            names, header = first, self._row(first, None, table.page, names=True)
        else:
            names, header, rest = [], None, table.rows
        for row in rest:
            self._row(row, header, table.page)
        self._names = names, header

    def finish(self, pages: int) -> Extract:
        """Return what was written."""
        self._flush()
        self._pad(pages)
        self._writer.title = self._writer.first_heading
        return self._writer.extract()

    def _row(
        self,
        cells: list[str],
        header: tuple[int, int] | None,
        page: int,
        *,
        names: bool = False,
    ) -> tuple[int, int] | None:
        return self._writer.row(cells, header, names=names, turns=self._turns([(page, 0)]))

    def _turns(self, starts: Sequence[tuple[int, int]]) -> list[int]:
        """Return where pages begin that have not begun yet, given where lines of pages do."""
        begun = len(self._writer.pages)
        turns: list[int] = []
        for page, offset in starts:
            turns.extend([offset] * (page + 1 - begun - len(turns)))
        return turns

    def _pad(self, pages: int) -> None:
        end = self._writer.blocks[-1].end if self._writer.blocks else 0
        self._writer.pages.extend([end] * (pages - len(self._writer.pages)))

    def _is_heading(self, line: Line) -> bool:
        return line.size in self._headings and len(line.text) <= _LONGEST_HEADING

    def _continues(self, last: Line, line: Line) -> bool:
        """Tell whether a line goes on with the paragraph of the one before it."""
        if last.size != line.size and abs(last.size - line.size) > self._body * 0.08:
            return False
        elsewhere = last.page != line.page or line.top < last.top
        if self._is_heading(line):
            return not elsewhere and line.top - last.bottom < line.size
        if _HYPHEN.search(last.text) and line.text[:1].islower():
            return True
        ended = _SENTENCE_END.search(last.text)
        short = last.x1 < last.right - 2.5 * last.size
        if _LIST_MARK.match(line.text) and (ended or short):
            return False
        indented = line.x0 > max(line.left, last.x0 if not elsewhere else 0) + 1.2 * line.size
        if elsewhere:
            return not ended and not indented and not short
        if line.top - last.bottom > 1.0 * line.size + last.pitch:
            return False
        if indented:
            return False
        return not short or (not ended and not _is_apart(last, line))

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        words, starts = _joined(lines)
        if not words:
            return
        if self._is_heading(lines[0]) and not _BULLET.match(words) and words[-1] not in "。；;，,":
            level = min(self._headings.index(lines[0].size) + 1, _DEEPEST)
            words = one_line(words)
            turns = self._turns(starts[:1])
            self._writer.block(BlockKind.HEADING, words, level=level, turns=turns)
            return
        mark = ""
        if bullet := _BULLET.match(words):
            words, mark = words[bullet.end() :], "• "
            starts = [(page, max(0, at - bullet.end())) for page, at in starts]
        kind = BlockKind.ITEM if mark or _LIST_MARK.match(words) else BlockKind.PARAGRAPH
        self._writer.block(kind, words, mark=mark, turns=self._turns(starts) if words else ())


def _is_apart(last: Line, line: Line) -> bool:
    """Tell whether a short line before another is one of its own, like an address's."""
    return last.x1 < last.left + (last.right - last.left) * 0.8 or line.x1 < last.x1


def _joined(lines: Sequence[Line]) -> tuple[str, list[tuple[int, int]]]:
    """Join a paragraph's lines; return it, and the offset at which each line begins."""
    words = ""
    starts = []
    for line in lines:
        text = _CODES.sub("", line.text)
        if not text:
            continue
        if _HYPHEN.search(words) and text[:1].islower():
            words = words[:-1]
        elif words and not (is_wide(words[-1]) or is_wide(text[0])):
            words += " "
        starts.append((line.page, len(words)))
        words += text
    return words, starts
