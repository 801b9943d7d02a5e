"""What the reader costs a server: start, memory and time a question, with it and without.

    python benchmarks/footprint.py [--questions 60]

Two servers of its own on loopback, one after the other. Started twice each: on an empty data
directory (the bundled article is read and embedded) and on the one that this leaves. Then single
questions of `questions/edge_ai.jsonl`, one at a time. Memory is resident, in MiB.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from browsing import OWN
from load import resident
from where import commit, machine

from tests.serving import Served, start_server, wait_until


@dataclass(frozen=True, slots=True)
class Footprint:
    """A server's costs: seconds to be ready, MiB before and after, milliseconds a question."""

    first_start: float
    start: float
    ready: float
    asked: float
    median: float
    p95: float


def questions(most: int) -> list[str]:
    """Return some questions that stand by themselves."""
    lines = (OWN / "edge_ai.jsonl").read_text("utf-8").splitlines()
    return [q["question"] for q in map(json.loads, lines) if not q["history"]][:most]


def measure(reader: str, asked: list[str]) -> Footprint:
    """Start a server twice, ask it, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        running, first = _started(Path(folder), reader)
        _stop(running)
        running, again = _started(Path(folder), reader)
        try:
            ready = resident(running.process.pid)
            times = [_ask(running.url, question) for question in asked]
            after = resident(running.process.pid)
        finally:
            _stop(running)
    ordered = statistics.quantiles(times, n=20)
    return Footprint(first, again, ready, after, statistics.median(times), ordered[-1])


def _started(folder: Path, reader: str) -> tuple[Served, float]:
    began = time.perf_counter()
    running = start_server(folder, "--reader", reader)
    wait_until(running, "/readyz")
    return running, time.perf_counter() - began


def _ask(url: str, question: str) -> float:
    began = time.perf_counter()
    httpx.post(f"{url}/api/ask", json={"question": question}, timeout=60).raise_for_status()
    return 1000 * (time.perf_counter() - began)


def _stop(running: Served) -> None:
    running.process.terminate()
    running.process.wait(30)


def main() -> None:
    """Print both, and how many times the one the other is."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--questions", type=int, default=60)
    asked = questions(words.parse_args().questions)
    print(
        f"machine: {machine()}, {os.cpu_count()} cores; commit {commit()}; {len(asked)} questions"
    )
    off, on = measure("off", asked), measure("on", asked)
    print(f"{'':28}{'off':>9}{'on':>9}{'on/off':>9}")
    for name, field in (
        ("first start to ready, s", "first_start"),
        ("later start to ready, s", "start"),
        ("resident when ready, MiB", "ready"),
        ("resident after asking, MiB", "asked"),
        ("a question, median, ms", "median"),
        ("a question, p95, ms", "p95"),
    ):
        one, other = getattr(off, field), getattr(on, field)
        print(f"{name:28}{one:9.1f}{other:9.1f}{other / one:9.2f}")


if __name__ == "__main__":
    main()
