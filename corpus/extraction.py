"""Reading a file in a process of its own, within limits of memory and time."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from corpus import errors
from corpus.blocks import Block, BlockKind
from corpus.errors import Damaged, TooCostly, WenjuError
from corpus.extract import Extract

MEMORY = 2 * 2**30
"""Bytes of address space that reading one file may take."""
CPU_SECONDS = 240
"""Seconds of computing that reading one file may take."""
WALL_SECONDS = 300
"""Seconds that reading one file may take."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Files read at the same time, so that many uploads together stay within memory."""
_ROOT = str(Path(__file__).resolve().parent.parent)
_log = logging.getLogger(__name__)


def extract(content: bytes, name: str, form: str) -> Extract:
    """Read a file of a format in `corpus.readers.READERS`.

    Raises:
        TooCostly: it took too much time or memory.
        Damaged: its reader broke down over it.
        WenjuError: whatever else the reader found wrong with it.

    """
    # File names may hold half of a surrogate pair, which is no JSON that everyone reads.
    shown = name.encode("utf-8", "replace").decode("utf-8")
    order = {"name": shown, "format": form, "memory": MEMORY, "seconds": CPU_SECONDS}
    with _AT_ONCE:
        done = _run(json.dumps(order).encode("ascii") + b"\n" + content, shown)
    try:
        return _taken(json.loads(done.stdout)) if done.returncode == 0 else _broken(done, shown)
    except ValueError as error:
        raise Damaged(f"{shown} could not be read.") from error


def _run(given: bytes, name: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-P", "-m", "corpus.worker"],
            input=given,
            capture_output=True,
            timeout=WALL_SECONDS,
            cwd=_ROOT,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooCostly(_too_slow(name)) from error


def _environment() -> dict[str, str]:
    """Return what the process needs to start; no setting, token or proxy goes in."""
    kept = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    return {"PYTHONPATH": _ROOT, "PYTHONUTF8": "1", "PATH": os.defpath, **kept}


def _taken(found: dict[str, Any]) -> Extract:
    if "error" in found:
        error: type[WenjuError] = getattr(errors, found["error"])
        raise error(found["message"])
    blocks = tuple(
        Block(BlockKind(kind), start, end, level, tuple(header) if header else None)
        for kind, start, end, level, header in found["blocks"]
    )
    return Extract(found["text"], found["title"], blocks, tuple(found["pages"]))


def _broken(done: subprocess.CompletedProcess[bytes], name: str) -> Extract:
    last = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
    _log.warning("Reading %s ended with %s: %s", name, done.returncode, last)
    if -done.returncode in (getattr(signal, "SIGXCPU", None), signal.SIGTERM, 9):
        raise TooCostly(_too_slow(name))
    if "MemoryError" in last:
        raise TooCostly(f"{name} takes too much memory to read; split it into several files.")
    raise Damaged(
        f"{name} cannot be read: its reader broke down over it. "
        "Save it anew in its program and add that."
    )


def _too_slow(name: str) -> str:
    return f"{name} takes too long to read; split it into several files."
