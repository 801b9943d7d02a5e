"""One writer at a time, across processes: a file lock that says who holds it.

filelock's lock is the operating system's: it ends with its process, so none is ever stale. The file
beside it only tells people whom a writer waits for.
"""

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import StoreError

LOCK_FILE = "writer.lock"
OWNER_FILE = "writer.json"
TELL_AFTER = 3.0
"""Seconds after which a waiting writer says whom it waits for."""

_log = logging.getLogger(__name__)


@contextmanager
def alone(directory: Path, seconds: float) -> Iterator[None]:
    """Be the only writer of a data directory until the block ends.

    Raises:
        StoreError: another one was still writing after `seconds`; the message says who.
        OSError: the directory cannot be written.

    """
    # One lock a block: threads of one process exclude each other too.
    lock = FileLock(directory / LOCK_FILE)
    try:
        lock.acquire(timeout=min(TELL_AFTER, seconds))
    except Timeout:
        _log.warning("Waiting to write: %s is writing.", owner(directory))
        try:
            lock.acquire(timeout=max(0.0, seconds - TELL_AFTER))
        except Timeout as error:
            raise StoreError(
                f"{directory} is still being written by {owner(directory)}. Try again later, "
                "or end that process; what it has not finished will be undone."
            ) from error
    try:
        _sign(directory)
        yield
    finally:
        with suppress(OSError):
            (directory / OWNER_FILE).unlink(missing_ok=True)
        lock.release()


def owner(directory: Path) -> str:
    """Say who writes, for people: process, machine and since when."""
    try:
        found = json.loads((directory / OWNER_FILE).read_text("utf-8"))
        return f"process {found['pid']} on {found['host']} (since {found['since']})"
    except (OSError, ValueError, LookupError):
        return "another process"


def _sign(directory: Path) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    signature = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    # A full disk must not keep anyone from removing documents.
    with suppress(OSError):
        (directory / OWNER_FILE).write_text(json.dumps(signature), "utf-8")
