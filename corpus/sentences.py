"""Cutting a stretch of text into sentences, and a sentence into clauses.

A sentence ends at `。！？；…` (and their half-width forms) together with any closing quotes and
brackets that follow. Never cut: decimals (2.51), part numbers (RK3588.), what stands inside
parentheses, addresses (a.b?c=d).
"""

import re
from collections.abc import Iterator

from corpus.document import Sentence

MAX_SENTENCE = 400
"""Longest sentence in characters; beyond it a sentence is cut at a comma, so that no part of a text
is too long for an encoder of 512 tokens."""

_CLOSERS = "”’」』）)】〉》]\"'"
_OPENING = {"（": "）", "(": ")", "【": "】", "《": "》", "「": "」", "『": "』"}
_LONGEST_PARENTHESIS = 200
_FULL_STOPS = frozenset("。！？；…｡")
_HALF_STOPS = frozenset("!?;.")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(（])(?:(?:[A-Za-z]\.)*[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|vs|etc|e\.g|i\.e|Inc|Ltd|Co|Corp)$"
)
_WORD = re.compile(r"[A-Za-z0-9.,%-][A-Za-z0-9.,%-]")
_CLAUSE_END = re.compile(r"[，,：:；;、](?!\d)|——|\s")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Sentence]:
    """Cut `text[start:end]` into sentences.

    Returns:
        Sentences in order, trimmed of white space and never empty. Together they hold every
        character of the stretch that is not white space.

    """
    end = len(text) if end is None else end
    found: list[Sentence] = []
    begin = start
    for cut in [*_cuts(text, start, end), end]:
        found.extend(_trimmed_pieces(text, begin, cut))
        begin = cut
    return found


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Shrink a range until neither end is white space (the range may become empty)."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the offsets just after each sentence end in the range."""
    at = start
    quotes = 0
    while at < end:
        before = at
        is_end = _is_stop(text, at, start, end)
        if text[at] in _OPENING:
            at = _skip_parenthesis(text, at, end)
        elif is_end:
            at = _after_stop(text, at, end, quotes % 2 == 1)
        else:
            at += 1
        quotes += text.count('"', before, at)
        if is_end:
            yield at


def _skip_parenthesis(text: str, at: int, end: int) -> int:
    """Return the offset after a short parenthesis opening at `at`, or `at + 1` if none closes."""
    opener, closer = text[at], _OPENING[text[at]]
    depth = 0
    for offset in range(at, min(end, at + _LONGEST_PARENTHESIS)):
        if text[offset] == opener:
            depth += 1
        elif text[offset] == closer:
            depth -= 1
            if depth == 0:
                # A quotation that ends in a full stop ends the sentence it stands in.
                ends_inside = opener in "「『" and text[offset - 1] in _FULL_STOPS
                return offset - 1 if ends_inside else offset + 1
    return at + 1


def _is_stop(text: str, at: int, start: int, end: int) -> bool:
    char = text[at]
    if char in _FULL_STOPS:
        return True
    if char not in _HALF_STOPS:
        return False
    following = text[at + 1] if at + 1 < end else " "
    if char == ";":
        return following.isspace() or _is_wide(following) or (at > start and _is_wide(text[at - 1]))
    open_after = following.isspace() or _is_wide(following) or following in _CLOSERS
    if char != ".":
        return open_after or following in _HALF_STOPS
    before = text[max(start, at - 6) : at]
    if not before or not before[-1].isalnum() or _ABBREVIATION.search(before):
        return False
    # "1. 第一步" is a list mark, and "型号v2.规格" no sentence end either.
    if not (following.isspace() or following in _CLOSERS):
        return False
    return not (before[-1].isdigit() and before.strip().isdigit() and at - start <= 4)


def _after_stop(text: str, at: int, end: int, in_quotes: bool) -> int:
    """Return the offset after the stop at `at`, its repetitions, and closing quotes.

    A straight quote closes only where one is open (`in_quotes`).
    """
    at += 1
    while at < end and (text[at] in _FULL_STOPS or text[at] in _HALF_STOPS):
        at += 1
    while at < end and text[at] in _CLOSERS and (text[at] != '"' or in_quotes):
        in_quotes = in_quotes and text[at] != '"'
        at += 1
    return at


def _trimmed_pieces(text: str, start: int, end: int) -> Iterator[Sentence]:
    start, end = trim(text, start, end)
    while end - start > MAX_SENTENCE:
        cut = _clause_cut(text, start, start + MAX_SENTENCE)
        left, right = trim(text, start, cut)
        if left < right:
            yield Sentence(left, right)
        start, end = trim(text, cut, end)
    if start < end:
        yield Sentence(start, end)


def _clause_cut(text: str, start: int, limit: int) -> int:
    """Return the last clause end before `limit` in its second half, or the last word's end."""
    cut = limit
    while cut > start + MAX_SENTENCE // 2 and _WORD.match(text, cut - 1):
        cut -= 1
    if cut == start + MAX_SENTENCE // 2:
        cut = limit
    for match in _CLAUSE_END.finditer(text, start + MAX_SENTENCE // 2, limit):
        cut = match.end()
    return cut


def _is_wide(char: str) -> bool:
    return char >= "\u2e80"
