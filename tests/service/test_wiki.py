"""The widget in a real DokuWiki, put there by the recipe that docs/embedding.md gives."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import QUESTION, launched, needs_chromium
from tests.hosts import Site, dokuwiki, has_dokuwiki
from tests.service.conftest import Embedded

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(
        not has_dokuwiki() and not os.environ.get("CI"), reason="there is no dokuwiki or php"
    ),
]


@dataclass(frozen=True)
class Place:
    """A wiki, the address of the server it asks, and a browser."""

    wiki: Site
    server: str
    browser: Any


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, embedded: Embedded) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("wiki")
    with dokuwiki(folder, embedded.url, embedded.wiki_port) as wiki, launched() as browser:
        yield Place(wiki, embedded.url, browser)


@pytest.fixture
def page(place: Place) -> Iterator[Any]:
    """A window on the wiki, in which nothing may fail or ask a third origin."""
    context = place.browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    faults: list[str] = []
    known = (place.wiki.origin, place.server, "data:", "blob:")
    context.on("request", lambda r: r.url.startswith(known) or faults.append(r.url))
    context.on("response", lambda r: r.status >= 400 and faults.append(f"{r.status} {r.url}"))
    opened.on("console", lambda m: m.type == "error" and faults.append(m.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []


def looks(page: Any) -> Any:
    """Everything that a style sheet could change in the wiki's own elements."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body, #dokuwiki__site *')]
          .filter((e) => e.localName !== 'wenju-ask')
          .map((e) => { const style = getComputedStyle(e); return [...style].filter(
            (name) => !/^(block-size|inline-size|height|width|top|bottom)$|origin|inset/.test(name))
            .map((name) => name + style.getPropertyValue(name)).join(); })"""
    )


def test_ask_in_a_wiki_page_and_follow_the_citation(place: Place, page: Any) -> None:
    page.goto(f"{place.wiki.origin}/doku.php")
    assert page.locator("#dokuwiki__content h1").inner_text() == "端侧AI"
    page.locator("wenju-ask form").wait_for()
    seen = page.evaluate_handle(
        """() => { const seen = [];
          new MutationObserver(() => seen.push(document.querySelector('wenju-ask').shadowRoot
            .querySelector('.told')?.textContent)).observe(
            document.querySelector('wenju-ask').shadowRoot,
            { childList: true, subtree: true, characterData: true });
          return seen; }"""
    )
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    link = page.locator("wenju-ask ol a").first
    link.wait_for()
    assert "2.51亿元至2.95亿元" in page.locator("wenju-ask .told").inner_text()
    # It came in pieces.
    pieces = {text for text in seen.json_value() if text and "全志科技" in text}
    assert len(pieces) > 2
    with page.context.expect_page() as opened:
        link.click()
    reader = opened.value
    reader.locator("mark").first.wait_for()
    assert reader.url.startswith(f"{place.server}/read/")
    assert "2.51亿元" in "".join(reader.locator("mark").all_text_contents())


def test_the_wiki_keeps_its_looks_and_the_widget_its_own(place: Place, page: Any) -> None:
    page.route("**/widget.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{place.wiki.origin}/doku.php")
    without = looks(page)
    page.unroute("**/widget.js")
    page.goto(f"{place.wiki.origin}/doku.php")
    page.locator("wenju-ask form").wait_for()
    assert looks(page) == without

    style = "e => ['fontSize', 'color', 'fontFamily'].map((name) => getComputedStyle(e)[name])"
    box = page.locator("wenju-ask input")
    before = box.evaluate(style)
    page.add_style_tag(
        content="* { font: 40px serif !important; color: red !important } input { display: none }"
    )
    assert box.evaluate(style) == before
    assert box.is_visible()


def test_the_conversation_follows_from_page_to_page(place: Place, page: Any) -> None:
    page.goto(f"{place.wiki.origin}/doku.php")
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("wenju-ask ol a").first.wait_for()
    # A page without the link has the bubble, and in it the same conversation.
    page.goto(f"{place.wiki.origin}/doku.php?id=plain")
    page.get_by_role("button", name="打开问答").click()
    assert "2.51亿元" in page.locator("wenju-ask .told").first.inner_text()


def test_an_origin_that_is_not_on_the_list_is_refused(place: Place) -> None:
    stranger = place.wiki.origin.replace("127.0.0.1", "localhost")
    page = place.browser.new_page(locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.goto(f"{stranger}/doku.php")
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("wenju-ask .told", has_text="服务器不允许本站提问").wait_for()
    assert any("CORS policy" in text for text in said)
    page.evaluate(
        """url => new Promise((done) => { const frame = document.createElement('iframe');
          frame.onload = done; frame.src = url; document.body.append(frame); })""",
        f"{place.server}/embed",
    )
    assert any("frame-ancestors" in text for text in said)
    assert page.frames[-1].locator("wenju-ask").count() == 0
    page.close()


def test_the_system_copy_is_left_alone() -> None:
    userscript = Path("/etc/dokuwiki/userscript.js")
    assert not userscript.exists() or "wenju" not in userscript.read_text(encoding="utf-8")
