"""Where a figure was measured: the machine and the commit."""

import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commit() -> str:
    """Return the commit, marked when the tree differs from it."""
    described = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def machine() -> str:
    """Return the kind of processor."""
    try:
        cpu = Path("/proc/cpuinfo").read_text("utf-8").split("model name\t: ")[1].split("\n")[0]
    except (OSError, IndexError):
        cpu = platform.processor()
    return f"{platform.machine()}, {cpu.strip()}"
