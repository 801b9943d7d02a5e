"""Measure how soon the chat paints on loopback: cold once, then warm.

    python benchmarks/first_paint.py [--url ADDRESS] [--times N]

Warm means that the browser has the page's parts in its cache. Paint and contentful paint are
Chromium's own (PerformancePaintTiming); "usable" is when the question's field is there and the
page has greeted in the browser's language. Milliseconds from the start of navigation.
"""

import argparse
import contextlib
import statistics
from typing import Any

from browsing import browsing, served

_PAINTS = """() => Object.fromEntries(
  performance.getEntriesByType("paint").map((entry) => [entry.name, entry.startTime]))"""
NAMES = ("first-paint", "first-contentful-paint", "usable")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running server; one is started when absent")
    parser.add_argument("--times", type=int, default=9, help="warm visits (default 9)")
    given = parser.parse_args()
    server = contextlib.nullcontext(given.url) if given.url else served()
    with server as url, browsing() as browser:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
        cold, *warm = (_visit(context, url) for _ in range(given.times + 1))
    print(f"{'ms':24}{'cold':>8}{'warm median':>13}{'warm most':>11}")
    for name in NAMES:
        times = [visit[name] for visit in warm]
        print(f"{name:24}{cold[name]:8.0f}{statistics.median(times):13.0f}{max(times):11.0f}")


def _visit(context: Any, url: str) -> dict[str, float]:
    page = context.new_page()
    page.goto(url)
    page.locator("#examples button").first.wait_for()
    usable = page.evaluate("performance.now()")
    paints: dict[str, float] = page.evaluate(_PAINTS)
    page.close()
    return {**paints, "usable": usable}


if __name__ == "__main__":
    main()
