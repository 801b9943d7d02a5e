"""What people type, made fit for use: control characters out, lengths within bounds."""

import unicodedata

from corpus.errors import InvalidInput

MAX_TURNS = 50
"""Messages of a conversation that a request may carry."""
MAX_TURN = 20_000
"""Characters of one such message."""
MAX_DOCUMENTS = 1000
"""Documents a question may be restricted to."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def clean(text: str) -> str:
    """Return `text` without control and format characters; line breaks and tabs become spaces."""
    kept = (
        " " if char in "\t\n\r\x0b\x0c\x85" else char
        for char in text
        if char in "\t\n\r\x0b\x0c\x85" or unicodedata.category(char) not in _UNSEEN
    )
    return "".join(kept).strip()


def clean_question(text: str, name: str = "question") -> str:
    """Return a question (or query) made fit for use.

    Args:
        text: what was typed.
        name: how the caller calls it.

    Raises:
        InvalidInput: nothing is left of it, or it is longer than `qa.ask.MAX_QUESTION`.

    """
    from qa.ask import MAX_QUESTION

    if len(text) > MAX_QUESTION:
        raise InvalidInput(
            f"The {name} has {len(text)} characters; the limit is {MAX_QUESTION}.", name
        )
    if not (cleaned := clean(text)):
        raise InvalidInput(f"The {name} is empty.", name)
    return cleaned
