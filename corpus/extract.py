"""What a reader of a format makes: plain text, with the blocks and pages in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.blocks import Block, BlockKind
from corpus.errors import InvalidInput, TooLarge

MAX_CHARACTERS = 20_000_000
"""Longest text taken out of one file."""
CELL = " | "
"""What stands between the cells of a row."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff\ud800-\udfff]")
_CLOSE = {BlockKind.ITEM, BlockKind.ROW}
"""Kinds whose neighbours stand on lines below each other, without an empty line between."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A file's text.

    Attributes:
        text: the words, without any mark-up.
        title: what the file calls itself; "" when it does not.
        blocks: ranges of `text`, in order, none overlapping another.
        pages: offset at which each page's words begin; empty where there are no pages.

    """

    text: str
    title: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...] = ()


class Writer:
    """Writes an extract block by block.

    Args:
        name: the file's name, for messages.

    """

    def __init__(self, name: str) -> None:
        self.title = ""
        self.first_heading = ""
        self.blocks: list[Block] = []
        self.pages: list[int] = []
        self._name = name
        self._parts: list[str] = []
        self._length = 0

    def block(
        self,
        kind: BlockKind,
        words: str,
        *,
        level: int = 0,
        header: tuple[int, int] | None = None,
        mark: str = "",
        close: bool = False,
        turns: Sequence[int] = (),
    ) -> tuple[int, int] | None:
        """Write a block, and return its range; None where it has no words.

        Args:
            kind: what it is.
            words: its words; trimmed and without control characters from `clean`.
            level: of a heading, from 1.
            header: for a table row, the range of its header row.
            mark: what stands before it on its line, outside its range, as a list's numbers do.
            close: whether it stands on the line right below the block before it.
            turns: offsets in `words` at which another page begins.

        Raises:
            TooLarge: the text grew longer than `MAX_CHARACTERS`.

        """
        if not words:
            return None
        if self.blocks:
            before = self.blocks[-1]
            # Another table begins with a row that has no header, unlike the one before it.
            fresh = header is None and before.header is not None
            same = before.kind is kind and kind in _CLOSE and not fresh
            self._write("\n" if close or same else "\n\n")
        self._write(mark)
        start = self._length
        self.pages.extend(start + turn for turn in turns)
        self._write(words)
        if kind is BlockKind.HEADING and not self.first_heading:
            self.first_heading = words
        self.blocks.append(Block(kind, start, self._length, level, header))
        return start, self._length

    def row(
        self,
        cells: Sequence[str],
        header: tuple[int, int] | None = None,
        *,
        names: bool = False,
        turns: Sequence[int] = (),
    ) -> tuple[int, int] | None:
        """Write a table row; empty cells keep their place.

        Args:
            cells: their words.
            header: range of the row that names the columns. Without one it is an item: a row
                without column names is taken for a row of them.
            names: whether it is that row itself.
            turns: see `block`.

        """
        # A bar inside a cell would be taken for the end of it.
        words = CELL.join(one_line(cell).replace("|", "¦") for cell in cells)
        if not words.strip(" |"):
            return None
        kind = BlockKind.ROW if header or names else BlockKind.ITEM
        return self.block(kind, words.strip(), header=header, turns=turns)

    def extract(self) -> Extract:
        """Return what was written.

        Raises:
            InvalidInput: nothing was.

        """
        if not self.blocks:
            raise InvalidInput(f"{self._name} has no text in it.")
        return Extract("".join(self._parts), self.title, tuple(self.blocks), tuple(self.pages))

    def _write(self, words: str) -> None:
        self._length += len(words)
        if self._length > MAX_CHARACTERS:
            raise TooLarge(
                f"{self._name} holds more than {MAX_CHARACTERS:,} characters of text; "
                "split it into several files."
            )
        self._parts.append(words)


_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
_WRAP = re.compile(rf"(?<={_WIDE})[^\S\n]*\n\s*(?={_WIDE})")
_SPACE = re.compile(r"\s+")


def clean(words: str) -> str:
    """Return `words` without control characters, soft hyphens and lone surrogates."""
    return _NO_TEXT.sub("", words)


def one_line(words: str) -> str:
    """Return `words` clean and on one line: a line end between Chinese characters is no space."""
    return _SPACE.sub(" ", _WRAP.sub("", clean(words.replace("\r", "\n")))).strip()


def is_wide(char: str) -> bool:
    """Tell whether a character is Chinese, or punctuation of its width."""
    return bool(re.match(_WIDE, char))


_LONGEST_NAME = 40
_YEAR = re.compile(r"(?:19|20)\d\d(?:年度?|[AE])?")
_FIGURES = frozenset("0123456789 .,，:：/%％+-–—~¥￥$年月日时分万亿元")


def names_columns(cells: Sequence[str]) -> bool:
    """Tell whether a table's first row may be its column names: several, short, no figures."""
    words = [cell.strip() for cell in cells if cell.strip()]
    figures = any(map(_is_figure, words[1:]))
    return len(words) > 1 and all(len(cell) <= _LONGEST_NAME for cell in words) and not figures


def _is_figure(cell: str) -> bool:
    told = _FIGURES.issuperset(cell) and any(char.isdigit() for char in cell)
    return told and not _YEAR.fullmatch(cell)
