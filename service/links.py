"""Addresses of ranges of documents."""


def range_link(document: str, start: int, end: int, root_path: str = "") -> str:
    """Return the address of a range of a document, as the interface gives it."""
    return f"{root_path}/read/{document}#c{start}-{end}"


def quote_link(document: str, start: int, end: int, root_path: str = "") -> str:
    """Return the same address in the form that highlights the range even without scripts."""
    return f"{root_path}/read/{document}?c={start}-{end}#c{start}-{end}"
