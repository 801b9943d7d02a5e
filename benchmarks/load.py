"""What a server does under three times the load it sustains: memory, errors, and how it recovers.

    python benchmarks/load.py [--seconds 60] [--factor 3]

Starts a server of its own on loopback, finds the rate that a few clients get, then sends `factor`
times that rate as it comes (an open loop), and measures how soon latency is back to normal.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.serving import start_server, wait_until

QUESTIONS = (
    "瑞芯微2025年预计营收多少?",
    "全志科技预计净利润是多少",
    "AI眼镜有哪些厂商",
    "瑞芯微有哪些客户",
    "珠穆朗玛峰有多高",
    "Which companies make SoCs?",
)
SUSTAINED_SECONDS = 15
RECOVERY_SECONDS = 30
CLIENTS = 4
PAGE = 4096


def resident(process: int) -> float:
    """Return a process's resident memory in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * PAGE / 2**20


async def ask(client: httpx.AsyncClient, turn: int) -> tuple[int, float]:
    """Ask a question; return the status (0: no answer) and the seconds it took."""
    began = time.monotonic()
    body = {"question": QUESTIONS[turn % len(QUESTIONS)]}
    try:
        status = (await client.post("/api/ask", json=body)).status_code
    except httpx.HTTPError:
        status = 0
    return status, time.monotonic() - began


async def sustained(client: httpx.AsyncClient) -> tuple[float, float]:
    """Return the requests a second of a few clients in a closed loop, and one's median latency."""
    alone = statistics.median([(await ask(client, turn))[1] for turn in range(12)])
    until, done = time.monotonic() + SUSTAINED_SECONDS, 0

    async def one() -> None:
        nonlocal done
        while time.monotonic() < until:
            await ask(client, done)
            done += 1

    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    return done / SUSTAINED_SECONDS, alone


async def storm(client: httpx.AsyncClient, rate: float, seconds: float) -> list[tuple[int, float]]:
    """Send `rate` requests a second, whether or not the earlier ones are answered."""
    tasks = []
    began = time.monotonic()
    for turn in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + turn / rate - time.monotonic()))
        tasks.append(asyncio.create_task(ask(client, turn)))
        if time.monotonic() > began + seconds:
            break
    # The load ends here; what still waits is part of recovery.
    return await asyncio.gather(*tasks)


async def recovery(client: httpx.AsyncClient, normal: float) -> float:
    """Return after how many seconds an answer takes no more than twice the normal time."""
    began = time.monotonic()
    while time.monotonic() < began + RECOVERY_SECONDS:
        status, seconds = await ask(client, 0)
        if status == 200 and seconds <= 2 * normal:
            return time.monotonic() - began
    return float("inf")


async def measure(url: str, process: int, seconds: float, factor: float) -> None:
    """Print what happens."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        rate, normal = await sustained(client)
        print(f"sustained        {rate:.1f} requests/s with {CLIENTS} clients")
        print(f"alone            {normal * 1000:.0f} ms median")
        before = resident(process)
        running = asyncio.create_task(storm(client, rate * factor, seconds))
        await asyncio.sleep(seconds)
        back = await recovery(client, normal)
        results = await running
        after = resident(process)
    answered = sorted(took for status, took in results if status == 200)
    counts = Counter(status for status, _ in results)
    print(f"load             {factor:g} times that for {seconds:.0f} s, {len(results)} requests")
    print(f"statuses         {dict(sorted(counts.items()))}")
    if answered:
        middle, late = answered[len(answered) // 2], answered[int(len(answered) * 0.95)]
        print(f"answered         median {middle:.2f} s, 95% within {late:.2f} s")
    print(f"back to normal   {back:.1f} s after the load ended")
    print(f"memory           {before:.0f} MiB before, {after:.0f} MiB after")
    errors = sum(count for status, count in counts.items() if status not in (200, 429, 503))
    print(f"other errors     {errors}")


def main() -> None:
    """Run the server and the load."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--factor", type=float, default=3)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        served = start_server(Path(folder))
        try:
            wait_until(served, "/readyz")
            asyncio.run(measure(served.url, served.process.pid, given.seconds, given.factor))
        finally:
            served.process.terminate()
            served.process.wait(30)


if __name__ == "__main__":
    main()
