"""Measure what the widget costs the page it is put on.

    python benchmarks/widget.py [--rounds N]

Serves a page without and with the widget to Chromium and compares what its main thread did while
loading: all tasks, and of them scripts, style and layout. Times are the thread's processor time,
so that other work on the machine does not count. The widget comes from the file that the server
serves; no question is asked.
"""

import argparse
import gzip
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from where import commit, machine

ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "service" / "static" / "widget.js"
TIMES = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HEAD = "<!doctype html><html lang='zh'><style>body { font-family: sans-serif }</style>"
TEXT = "<p>维基里的一段文字，长短与平常的一样。</p>" * 200
TAGS = {
    "without": "",
    "inline": '<script src="/widget.js" defer></script><wenju-ask></wenju-ask>',
    "bubble": '<script src="/widget.js" defer></script><wenju-ask mode="bubble"></wenju-ask>',
}
SETTLE_MS = 300


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with _serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        version = browser.version
        _load(browser, address, "bubble")
        measured: dict[str, list[dict[str, float]]] = {name: [] for name in TAGS}
        for _ in range(rounds):
            for name in TAGS:
                measured[name].append(_load(browser, address, name))
        browser.close()
    print(f"Commit {commit()}, {machine()}, Chromium {version}, {rounds} loads each, medians.")
    print(f"widget.js: {len(gzip.compress(WIDGET.read_bytes())):,} bytes gzipped")
    _print(measured)
    return 0


@contextmanager
def _serving() -> Iterator[str]:
    """Serve the pages by their names, and the widget."""
    script = WIDGET.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            page = f"{HEAD}<body>{TEXT}{TAGS.get(name, '')}</body></html>".encode()
            widget = name == "widget.js"
            kind = "text/javascript" if widget else "text/html; charset=utf-8"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(script if widget else page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _load(browser: Any, address: str, name: str) -> dict[str, float]:
    """Load the page in a fresh context; return milliseconds of main-thread work."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"{address}/{name}")
    page.wait_for_timeout(SETTLE_MS)
    metrics = session.send("Performance.getMetrics")["metrics"]
    told = {metric["name"]: metric["value"] for metric in metrics}
    assert page.locator("wenju-ask").count() == (0 if name == "without" else 1)
    context.close()
    return {time: told[time] * 1000 for time in TIMES}


def _print(measured: dict[str, list[dict[str, float]]]) -> None:
    medians = {
        name: {time: statistics.median(load[time] for load in loads) for time in loads[0]}
        for name, loads in measured.items()
    }
    print(f"{'ms of main thread':24}" + "".join(f"{name:>10}" for name in medians))
    for time in TIMES:
        print(f"{time:24}" + "".join(f"{each[time]:10.1f}" for each in medians.values()))
    for name in ("inline", "bubble"):
        added = medians[name]["TaskDuration"] - medians["without"]["TaskDuration"]
        print(f"added by the widget, {name}: {added:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
