"""Addresses of ranges of documents."""

from collections.abc import Sequence


def range_link(document: str, start: int, end: int, root_path: str = "") -> str:
    """Return the address of a range of a document, as the interface gives it."""
    return f"{root_path}/read/{document}#c{start}-{end}"


def quote_link(
    document: str,
    start: int,
    end: int,
    root_path: str = "",
    *,
    also: Sequence[tuple[int, int]] = (),
) -> str:
    """Return the same address in the form that highlights the range even without scripts.

    Args:
        document: its id.
        start: where the range begins.
        end: where it ends.
        root_path: path under which the application is published.
        also: further ranges that the same answer cites, to go on to.

    """
    more = f"&also={'.'.join(f'{first}-{last}' for first, last in also)}" if also else ""
    return f"{root_path}/read/{document}?c={start}-{end}{more}#c{start}-{end}"
