"""Take the pictures in docs/img.

    python benchmarks/screenshots.py [--url ADDRESS] [--only NAME…] [--out FOLDER]

Each page wide (1280×800) and narrow (390×844), the wide ones also dark.
"""

import argparse
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from browsing import ROOT, browsing, served
from PIL import Image

OUT = ROOT / "docs" / "img"
SIZES = {
    "wide": {"width": 1280, "height": 800},
    "narrow": {"width": 390, "height": 844},
}
STYLES = (("wide", "light"), ("wide", "dark"), ("narrow", "light"))
_COLOURS = 64
"""Colours a picture is reduced to; pages of text need no more."""


def _welcome(page: Any, url: str) -> None:
    page.goto(url)
    page.locator("#examples button").first.wait_for()


def _asked(question: str) -> Callable[[Any, str], None]:
    def act(page: Any, url: str) -> None:
        _welcome(page, url)
        field = page.locator("#question textarea")
        field.fill(question)
        field.press("Enter")
        page.locator(".acts").wait_for()
        page.locator(".next, .refusal").first.wait_for()

    return act


def _cited(page: Any, url: str) -> None:
    _asked("全志科技2025年归母净利润预告是多少？")(page, url)
    page.locator("a.chip").first.click()
    page.locator("#source mark").first.wait_for()


def _read(page: Any, url: str) -> None:
    question = {"question": "二类城市P4至P6的住宿限额是多少？"}
    answer = httpx.post(f"{url}/api/ask", json=question, timeout=120).json()
    cited = answer["citations"][-1]
    span = f"{cited['start']}-{cited['end']}"
    page.goto(f"{url}/read/{cited['document']}?c={span}#c{span}")
    page.locator("mark").first.wait_for()


def _search(page: Any, url: str) -> None:
    page.goto(f"{url}/search?q=端侧AI 芯片")
    page.locator("#found mark").first.wait_for()


def _documents(page: Any, url: str) -> None:
    page.goto(f"{url}/documents")
    page.locator(".documents li").first.wait_for()


PAGES: dict[str, Callable[[Any, str], None]] = {
    "welcome": _welcome,
    "answer": _cited,
    "comparison": _asked("晶晨股份和瑞芯微的客户有什么不同？"),
    "refusal": _asked("瑞芯微的创始人毕业于哪所大学？"),
    "reader": _read,
    "search": _search,
    "documents": _documents,
}
"""What the pictures show, and how one gets there."""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running server; one is started when absent")
    parser.add_argument("--only", nargs="*", default=PAGES, choices=[*PAGES], metavar="NAME")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    server = contextlib.nullcontext(given.url) if given.url else served()
    with server as url, browsing() as browser:
        for name in given.only:
            for size, scheme in STYLES:
                path = given.out / f"{name}-{size}{'-dark' if scheme == 'dark' else ''}.png"
                _take(browser, url, PAGES[name], SIZES[size], scheme, path)
    total = sum(path.stat().st_size for path in given.out.glob("*.png"))
    print(f"{len([*given.out.glob('*.png')])} pictures, {total / 1000:.0f} kB")


def _take(
    browser: Any,
    url: str,
    act: Callable[[Any, str], None],
    size: dict[str, int],
    scheme: str,
    path: Path,
) -> None:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    act(page, url)
    page.wait_for_timeout(400)
    page.screenshot(path=path)
    context.close()
    Image.open(path).convert("RGB").quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
