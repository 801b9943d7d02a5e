"""Measure what the widget costs the page it is put on.

    python benchmarks/widget.py [--rounds N]

Serves a page without and with the widget to Chromium and compares what its main thread did while
loading: the time of scripts, style and layout, and the longest task. The widget comes from the file
that the server serves; no question is asked.
"""

import argparse
import gzip
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "service" / "static" / "widget.js"
TIMES = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ADDRESS = "http://wiki.test/"
TEXT = "<p>维基里的一段文字，长短与平常的一样。</p>" * 200
TAGS = {
    "without": "",
    "inline": '<script src="/widget.js" defer></script><wenju-ask></wenju-ask>',
    "bubble": '<script src="/widget.js" defer></script><wenju-ask mode="bubble"></wenju-ask>',
}
WATCH = """window.longest = 0; new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({ type: "longtask", buffered: true });"""
SETTLE_MS = 300


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        version = browser.version
        _load(browser, "bubble")
        measured: dict[str, list[dict[str, float]]] = {name: [] for name in TAGS}
        for _ in range(rounds):
            for name in TAGS:
                measured[name].append(_load(browser, name))
        browser.close()
    print(f"Commit {_commit()}, {_machine()}, Chromium {version}, {rounds} loads each, medians.")
    print(f"widget.js: {len(gzip.compress(WIDGET.read_bytes())):,} bytes gzipped")
    _print(measured)
    return 0


def _load(browser: Any, name: str) -> dict[str, float]:
    """Load the page anew in a fresh context; return milliseconds of main-thread work."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    html = f"<!doctype html><html lang='zh'><body>{TEXT}{TAGS[name]}</body></html>"
    context.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    script = WIDGET.read_text(encoding="utf-8")
    context.route(
        "**/widget.js",
        lambda route: route.fulfill(body=script, content_type="text/javascript"),
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(ADDRESS)
    page.wait_for_timeout(SETTLE_MS)
    assert page.locator("wenju-ask").count() == (0 if name == "without" else 1)
    told = {
        item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]
    }
    longest = page.evaluate("window.longest")
    context.close()
    return {**{time: told[time] * 1000 for time in TIMES}, "longest task": longest}


def _print(measured: dict[str, list[dict[str, float]]]) -> None:
    medians = {
        name: {time: statistics.median(load[time] for load in loads) for time in loads[0]}
        for name, loads in measured.items()
    }
    print(f"{'ms of main thread':24}" + "".join(f"{name:>10}" for name in medians))
    for time in (*TIMES, "longest task"):
        print(f"{time:24}" + "".join(f"{each[time]:10.1f}" for each in medians.values()))
    for name in ("inline", "bubble"):
        added = medians[name]["TaskDuration"] - medians["without"]["TaskDuration"]
        print(f"added by the widget, {name}: {added:.1f} ms")


def _commit() -> str:
    described = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def _machine() -> str:
    try:
        cpu = Path("/proc/cpuinfo").read_text("utf-8").split("model name\t: ")[1].split("\n")[0]
    except (OSError, IndexError):
        cpu = platform.processor()
    return f"{platform.machine()}, {cpu.strip()}"


if __name__ == "__main__":
    sys.exit(main())
