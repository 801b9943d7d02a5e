"""Starting and stopping a real server for tests."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service.assembly import ARTICLES

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ARTICLES / "edge_ai.md"
START_SECONDS = 240.0


@dataclass(frozen=True)
class Served:
    """A running server: its address and its process."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without anybody's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENJU_")}
    return {**kept, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, *flags: str) -> Served:
    """Start `wenju serve` on a data directory in `folder` without waiting for it."""
    port = free_port()
    log = folder / "server.log"
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    command += ["--data", str(folder / "data"), *flags]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(), stdout=stream, stderr=stream
        )
    return Served(f"http://127.0.0.1:{port}", process, log)


def wait_until(served: Served, path: str) -> None:
    """Wait until `path` answers 200."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if served.process.poll() is not None:
            break
        try:
            if httpx.get(served.url + path, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    served.process.kill()
    pytest.fail(f"{path} did not answer:\n{served.log.read_text(encoding='utf-8')[-4000:]}")
