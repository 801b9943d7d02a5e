"""The process that reads one file of a format that strangers may have made to do harm.

Started by `corpus.extraction`. It reads a line of JSON and the file's bytes from standard input and
writes a line of JSON; it inherits no environment and gives up what memory and time it may not use.
"""

import json
import sys
from dataclasses import astuple

from corpus.errors import WenjuError
from corpus.extract import Extract
from corpus.readers import read

_DEEPEST = 20_000
"""Calls within each other, for documents nested deeply."""


def main() -> None:
    """Read one file."""
    order = json.loads(sys.stdin.buffer.readline())
    _limit(order["memory"], order["seconds"])
    sys.setrecursionlimit(_DEEPEST)
    try:
        found = _shaped(read(sys.stdin.buffer.read(), order["name"], order["format"]))
    except WenjuError as error:
        found = {"error": type(error).__name__, "message": str(error)}
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))


def _shaped(extract: Extract) -> dict[str, object]:
    blocks = [(block.kind.value, *astuple(block)[1:]) for block in extract.blocks]
    return {"text": extract.text, "title": extract.title, "blocks": blocks, "pages": extract.pages}


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows knows no such limits; the wall clock still holds.
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
