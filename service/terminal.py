"""What the command line prints: results on standard output, everything else on standard error."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.entry import Hit
    from index.prepared import Progress
    from qa.answer import Answer


_OURS = ("app", "service", "qa", "index", "corpus", "uvicorn")


def say(text: str) -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print something about the work rather than its result."""
    sys.stderr.write(text + "\n")


def decoded(argument: str) -> str:
    """Return a word of the command line as text, even if the locale could not decode it."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def log_to_stderr(level: str) -> None:
    """Log to standard error: our own rooms and the server from `level` up, others warnings."""
    logging.basicConfig(
        level="WARNING",
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())


@contextmanager
def bar(name: str) -> Iterator["Progress"]:
    """Show a progress bar on a terminal, and nothing elsewhere, until the block ends.

    The bar appears with the first report, so that work which turns out to be none shows nothing.
    """
    from tqdm import tqdm

    shown: list[tqdm[None]] = []

    def report(done: int, total: int) -> None:
        if not shown:
            shown.append(tqdm(total=total, desc=name, file=sys.stderr, disable=None, leave=False))
        shown[0].update(done - shown[0].n)

    try:
        yield report
    finally:
        for one in shown:
            one.close()


def answer_lines(answer: "Answer") -> Iterator[str]:
    """Yield an answer line by line: the text, then each quote with its place."""
    yield answer.text
    for citation in answer.citations:
        yield ""
        yield f"[{citation.marker}] {_place(citation.title, citation.section, citation.page)}"
        yield f"    {citation.document}:{citation.start}-{citation.end}"
        yield _indented(citation.quote)


def hit_lines(hits: Sequence["Hit"]) -> Iterator[str]:
    """Yield hits line by line, best first."""
    for place, hit in enumerate(hits, 1):
        yield f"{place}. {_place(hit.title, hit.section, hit.page)}  ({hit.score:.2f})"
        yield f"    {hit.document}:{hit.start}-{hit.end}"
        yield _indented(hit.text)
        yield ""


def _place(title: str, section: Sequence[str], page: int | None) -> str:
    headings = [heading for heading in section if heading != title]
    return " › ".join([title, *headings]) + (f" (p. {page})" if page else "")


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines() if line.strip())
