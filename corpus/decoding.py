"""Bytes to characters: which encoding a text is in."""

import unicodedata

from corpus.errors import InvalidInput, UnsupportedFormat

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_LEGACY = ["gb18030", "big5hkscs", "utf_16_le", "utf_16_be"]
_SAMPLE = 64 * 1024


def decode(content: bytes, name: str) -> str:
    """Decode text in UTF-8, UTF-16 or a Chinese encoding (GB18030, Big5), with or without a mark.

    Raises:
        UnsupportedFormat: the bytes are no text.
        InvalidInput: there is nothing in them.

    """
    text = _decode(content, name)
    if not text.strip():
        raise InvalidInput(f"{name} is empty.")
    return text


def _decode(content: bytes, name: str) -> str:
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return _checked(_strict(content[len(mark) :], encoding, name), name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(content, name)
    return _checked(text, name)


def _checked(text: str, name: str) -> str:
    if _looks_binary(text):
        raise UnsupportedFormat(_no_text(name))
    return text


def _guess(content: bytes, name: str) -> str:
    """Decode with charset-normalizer's best guess among the encodings Chinese text comes in."""
    from charset_normalizer import from_bytes

    # The sample may end inside a character, so up to three bytes of it are left out.
    for left_out in range(4 if len(content) > _SAMPLE else 1):
        best = from_bytes(content[: _SAMPLE - left_out], cp_isolation=_LEGACY).best()
        if best:
            break
    return _checked(_strict(content, best.encoding if best else "gb18030", name), name)


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnsupportedFormat(_no_text(name)) from error


def _looks_binary(text: str) -> bool:
    """Tell bytes that merely happen to decode: control and private characters in numbers."""
    sample = text[:_SAMPLE]
    odd = sum(
        unicodedata.category(char) in ("Cc", "Co", "Cn") and char not in "\t\n\r\f\x0b\x1b"
        for char in sample
    )
    return "\0" in text or odd > len(sample) / 100 + 1


def _no_text(name: str) -> str:
    return (
        f"{name} is not text in UTF-8, UTF-16, GB18030 or Big5 "
        "(a binary file under a text file's name?)."
    )
