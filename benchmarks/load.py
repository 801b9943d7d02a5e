"""What a server does under three times the load it sustains: memory, errors, and how it recovers.

    python benchmarks/load.py [--seconds 1800] [--factor 3]

Starts a server of its own on loopback and finds the rate that a few clients get of a mix of
questions, searches, reading and writing. Then it sends `factor` times that rate as it comes,
answered or not (an open loop), and measures memory all the while, and afterwards how soon a
question is answered as fast as before. Exit code 1 if one of the promises at the end is broken.
The load is made on the same machine, and takes its share of it before and during the load alike.
It comes from one address, so no rate is set for an address: what sheds is the queue's length.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.where import commit, machine
from tests.serving import start_server, wait_until

QUESTIONS = (
    "瑞芯微2025年预计营收多少?",
    "全志科技预计净利润是多少",
    "AI眼镜有哪些厂商",
    "瑞芯微有哪些客户",
    "珠穆朗玛峰有多高",
    "Which companies make SoCs?",
)
MIX = ("ask",) * 12 + ("stream",) * 3 + ("search",) * 3 + ("read", "write")
"""What twenty requests in a row are; a write adds a document and removes it."""
ALONE = 12
"""Questions asked one after another to learn how long one takes."""
SUSTAINED_SECONDS = 30
CLIENTS = (4, 8)
"""How many ask at once, one number after the other; the higher rate is what the server sustains."""
RECOVERY_SECONDS = 120
IN_A_ROW = 3
"""Answers within twice the normal time, one after another, that make latency normal again."""
SAMPLES = 240
"""Times that memory is looked at during the load."""
ROWS = 12
"""Lines that these are printed in."""
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
SHED = (429, 503)
GROWTH = 0.05
"""Share by which memory may differ between the second and the last quarter and still be flat."""
BACK = 5.0
"""Seconds after which latency must be normal."""
QUICKER = 1.5
"""Times as much as was sustained that may get done during the load (reading and writing have places
of their own, and go on); more, and the machine was busy with something else while that was
measured, so that the load was none."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a request: its kind, status (0: no answer, and why), the seconds it took."""

    kind: str
    status: int
    seconds: float
    fault: str = ""

    @property
    def good(self) -> bool:
        """Whether it did what it was sent for."""
        return 200 <= self.status < 300


def resident(process: int) -> float:
    """Return a process's resident memory in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * PAGE / 2**20


async def _write(client: httpx.AsyncClient, turn: int) -> int:
    body = {"title": f"第{turn}号通知.txt", "text": f"第{turn}号通知：仓库{turn}于当日盘点。"}
    added = await client.post("/api/documents", json=body)
    if added.status_code != 201:
        return added.status_code
    return (await client.delete(f"/api/documents/{added.json()['id']}")).status_code


async def _read(client: httpx.AsyncClient) -> int:
    listed = await client.get("/api/documents")
    if listed.status_code != 200:
        return listed.status_code
    return (await client.get(f"/api/documents/{listed.json()[0]['id']}")).status_code


async def send(client: httpx.AsyncClient, turn: int, kind: str = "") -> Result:
    """Send the mix's request of this turn, or one of a kind."""
    kind = kind or MIX[turn % len(MIX)]
    words = QUESTIONS[turn % len(QUESTIONS)]
    began = time.monotonic()
    try:
        if kind == "write":
            status = await _write(client, turn)
        elif kind == "read":
            status = await _read(client)
        elif kind == "search":
            status = (await client.post("/api/search", json={"query": words})).status_code
        else:
            path = "/api/ask" if kind == "ask" else "/api/ask/stream"
            status = (await client.post(path, json={"question": words})).status_code
    except httpx.HTTPError as error:
        return Result(kind, 0, time.monotonic() - began, repr(error))
    return Result(kind, status, time.monotonic() - began)


async def alone(client: httpx.AsyncClient) -> float:
    """Return the median seconds of one question at a time; it is the one that recovery asks."""
    results = [await send(client, 0, "ask") for _ in range(ALONE)]
    return statistics.median(result.seconds for result in results)


async def sustained(client: httpx.AsyncClient, clients: int) -> float:
    """Return the requests of the mix that so many clients get done in a second, each by turns."""
    until, begun, done = time.monotonic() + SUSTAINED_SECONDS, 0, 0

    async def one() -> None:
        nonlocal begun, done
        while time.monotonic() < until:
            begun += 1
            # Not added to in one step with the wait: the others' would be lost.
            result = await send(client, begun)
            done += result.good

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(clients)))
    return done / (time.monotonic() - began)


async def storm(client: httpx.AsyncClient, rate: float, seconds: float) -> list[Result]:
    """Send `rate` requests a second, whether or not the earlier ones are answered."""
    tasks = []
    began = time.monotonic()
    for turn in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + turn / rate - time.monotonic()))
        if time.monotonic() > began + seconds:
            break
        tasks.append(asyncio.create_task(send(client, turn)))
    # The load ends here; what still waits is part of recovery.
    return await asyncio.gather(*tasks)


async def watch(process: int, seconds: float) -> list[tuple[float, float]]:
    """Return resident memory over the time of the load: seconds since its begin, and MiB."""
    began, seen = time.monotonic(), []
    for sample in range(SAMPLES + 1):
        await asyncio.sleep(max(0.0, began + seconds * sample / SAMPLES - time.monotonic()))
        seen.append((time.monotonic() - began, resident(process)))
    return seen


async def recovery(client: httpx.AsyncClient, normal: float) -> float:
    """Return after how many seconds the first of some answers in a row came in normal time."""
    began = first = time.monotonic()
    row = 0
    while time.monotonic() < began + RECOVERY_SECONDS:
        result = await send(client, 0, "ask")
        if result.good and result.seconds <= 2 * normal:
            first = first if row else time.monotonic()
            row += 1
        else:
            row = 0
            await asyncio.sleep(0.1)
        if row == IN_A_ROW:
            return first - began
    return float("inf")


def growth(seen: Sequence[tuple[float, float]]) -> float:
    """Return by which share memory's median grew from the second to the last quarter of the load.

    The first quarter fills caches.
    """
    quarter = len(seen) // 4
    early = statistics.median(size for _, size in seen[quarter : 2 * quarter])
    return statistics.median(size for _, size in seen[-quarter:]) / early - 1


def show(results: list[Result]) -> None:
    """Print what came of the load by kind of request."""
    for kind in dict.fromkeys(MIX):
        mine = [result for result in results if result.kind == kind]
        statuses = dict(sorted(Counter(result.status for result in mine).items()))
        took = sorted(result.seconds for result in mine if result.good)
        times = ""
        if took:
            late = took[int(len(took) * 0.95)]
            times = f"; good ones p50 {took[len(took) // 2]:.2f} s, p95 {late:.2f} s"
        print(f"  {kind:<15} {statuses}{times}")


async def measure(url: str, process: int, seconds: float, factor: float) -> bool:
    """Print what happens, and tell whether all is as promised."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        await alone(client)  # Warms up.
        normal = await alone(client)
        rates = {clients: await sustained(client, clients) for clients in CLIENTS}
        rate = max(rates.values())
        before = resident(process)
        running = asyncio.create_task(storm(client, rate * factor, seconds))
        seen = await watch(process, seconds)
        back = await recovery(client, normal)
        results = await running
        after = resident(process)
    print(f"alone             {normal * 1000:.0f} ms, median of {ALONE}")
    for clients, got in rates.items():
        print(f"sustained         {got:.1f} requests/s with {clients} clients")
    sent, done = len(results) / seconds, sum(result.good for result in results) / seconds
    print(
        f"load              {seconds:.0f} s, {len(results)} requests, {sent / rate:.1f} times that"
    )
    print(f"done of it        {done:.1f} requests/s")
    show(results)
    for fault, times in Counter(result.fault for result in results if result.fault).items():
        print(f"  {times} times: {fault}")
    print("memory            MiB, by seconds of load")
    for at, size in seen[:: max(1, SAMPLES // ROWS)]:
        print(f"  {at:>7.0f}         {size:.0f}")
    grown = growth(seen)
    print(f"  before {before:.0f}, most {max(s for _, s in seen):.0f}, after {after:.0f}")
    errors = sum(not result.good and result.status not in SHED for result in results)
    promises = {
        f"a load indeed: {done / rate:.1f} times the sustained got done": done <= QUICKER * rate,
        f"memory flat: {grown:+.1%} from the second to the last quarter": grown <= GROWTH,
        f"errors but {SHED}: {errors}": not errors,
        f"back to normal latency {back:.1f} s after the load ended": back <= BACK,
    }
    for words, kept in promises.items():
        print(f"{'kept' if kept else 'BROKEN':<17} {words}")
    return all(promises.values())


def main() -> int:
    """Run the server and the load."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--seconds", type=float, default=1800)
    words.add_argument("--factor", type=float, default=3)
    given = words.parse_args()
    print(f"machine: {machine()}, {os.cpu_count()} cores; commit {commit()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        served = start_server(Path(folder), "--rate-limit", "0")
        try:
            wait_until(served, "/readyz")
            work = measure(served.url, served.process.pid, given.seconds, given.factor)
            return 0 if asyncio.run(work) else 1
        finally:
            served.process.terminate()
            served.process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
