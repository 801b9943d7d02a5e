"""The widget on a page of another site: what it promises, by keyboard and to a screen reader."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from service.assets import STATIC
from tests.browsing import QUESTION, launched, needs_chromium
from tests.hosts import plain_site, recipe
from tests.service.conftest import Embedded

MOST_BYTES = 20_000
SERIOUS = ("serious", "critical")
PAGE = """<!doctype html><html lang="{lang}"><meta name="viewport" content="width=device-width">
<title>Wiki</title><h1>Wiki</h1><button id="before">before</button>
{widget}<button id="after">after</button></html>"""

pytestmark = [pytest.mark.browser, needs_chromium]


def test_it_is_one_small_file_that_needs_nothing() -> None:
    source = (STATIC / "widget.js").read_bytes()
    assert len(gzip.compress(source)) < MOST_BYTES
    for foreign in (b"import ", b"http://", b"https://", b"innerHTML", b"eval(", b"cookie"):
        assert foreign not in source


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as made:
        yield made


@pytest.fixture(scope="module")
def host(embedded: Embedded) -> Iterator[str]:
    """The address of a site whose pages show the widget in different ways."""
    script = f'<script src="{embedded.url}/widget.js" defer></script>'
    server = embedded.url.removesuffix("/wenju")
    strict = (
        f"default-src 'none'; script-src {server}; connect-src {server}; "
        "require-trusted-types-for 'script'"
    )
    inline = f'{script}<wenju-ask placeholder="问手册"></wenju-ask>'
    pages = {
        "/bubble": (PAGE.format(lang="zh", widget=recipe("html", embedded.url)), {}),
        "/inline": (PAGE.format(lang="de", widget=inline), {}),
        "/strict": (
            PAGE.format(lang="zh-Hans", widget=inline),
            {"Content-Security-Policy": strict},
        ),
        "/frame": (PAGE.format(lang="zh", widget=recipe("frame", embedded.url)), {}),
        "/none": (
            PAGE.format(lang="zh", widget=f'{script}<wenju-ask documents="0000"></wenju-ask>'),
            {},
        ),
    }
    with plain_site(pages, embedded.page_port) as site:
        yield site.origin


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window in which nothing may fail."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    made = context.new_page()
    faults: list[str] = []
    made.on("console", lambda m: m.type == "error" and faults.append(m.text))
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    # A host page without an icon is not our fault.
    assert [fault for fault in faults if "404" not in fault] == []


def test_by_keyboard_alone(page: Any, host: str) -> None:
    page.goto(f"{host}/bubble")
    page.locator("wenju-ask .toggle").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("wenju-ask ol a").first.wait_for()
    dialog = page.get_by_role("dialog", name="问文档")
    assert dialog.get_attribute("aria-modal") == "true"
    # Backwards from the box to the citation; Tab stays inside the dialog both ways.
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.localName") == "wenju-ask"
        if page.evaluate("document.activeElement.shadowRoot.activeElement.matches('ol a')"):
            break
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.locator("mark").first.wait_for()
    opened.value.close()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "toggle"


def test_what_a_screen_reader_is_told(page: Any, host: str) -> None:
    page.goto(f"{host}/strict")
    box = page.get_by_role("textbox", name="问手册")
    box.wait_for()
    told = page.evaluate_handle(
        """() => { const told = [];
          const root = document.querySelector('wenju-ask').shadowRoot;
          const status = root.querySelector('[role=status]');
          new MutationObserver(() => told.push(status.textContent))
            .observe(status, { childList: true });
          return told; }"""
    )
    box.fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_role("list", name="出处").wait_for()
    # Told twice, that it looks and what it found; not once a word.
    first, answer = told.json_value()
    assert first == "正在查找……"
    assert "2.51亿元至2.95亿元" in answer
    assert page.get_by_role("log", name="问文档").get_attribute("aria-live") == "off"
    quote = page.locator("wenju-ask summary").first
    quote.click()
    assert "2.51亿元" in page.locator("wenju-ask details p").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, host: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{host}/bubble")
    page.get_by_role("button", name="打开问答").click()
    for question, came in ((QUESTION, "ol a"), ("长城有多长？", ".refusal")):
        page.locator("wenju-ask input").fill(question)
        page.keyboard.press("Enter")
        page.locator(f"wenju-ask {came}").first.wait_for()
        page.locator("wenju-ask details").evaluate_all("all => all.forEach((e) => (e.open = true))")
        found = Axe().run(page, context="wenju-ask").response
        assert found["passes"]
        serious = [each for each in found["violations"] if each["impact"] in SERIOUS]
        assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
        page.get_by_role("button", name="清空对话").click()
    context.close()


def test_language_and_prompt(page: Any, host: str) -> None:
    page.goto(f"{host}/inline")
    page.get_by_role("button", name="Ask").wait_for()
    assert page.locator("wenju-ask input").get_attribute("placeholder") == "问手册"


def test_documents_narrow_the_search(page: Any, host: str) -> None:
    page.goto(f"{host}/none")
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("wenju-ask .told:not(.waiting)").wait_for()
    assert page.locator("wenju-ask ol a").count() == 0


def test_in_a_sandboxed_frame(page: Any, host: str) -> None:
    page.goto(f"{host}/frame")
    frame = page.frame_locator("iframe")
    frame.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    link = frame.locator("wenju-ask ol a").first
    link.wait_for()
    with page.context.expect_page() as opened:
        link.click()
    opened.value.locator("mark").first.wait_for()


def test_dark_and_still_when_the_reader_wants_that(browser: Any, host: str) -> None:
    grounds = []
    for scheme, motion in (("light", "no-preference"), ("dark", "reduce")):
        context = browser.new_context(color_scheme=scheme, reduced_motion=motion)
        page = context.new_page()
        page.route("**/api/ask/stream", lambda route: None)
        page.goto(f"{host}/inline")
        page.locator("wenju-ask input").fill("?")
        page.keyboard.press("Enter")
        style = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).animationName]"
        moving = page.locator("wenju-ask .waiting").evaluate(style)[1]
        assert moving == ("breathe" if motion == "no-preference" else "none")
        grounds.append(page.locator("wenju-ask .panel").evaluate(style)[0])
        page.locator("wenju-ask").evaluate("e => e.setAttribute('theme', 'light')")
        assert page.locator("wenju-ask .panel").evaluate(style)[0] == grounds[0]
        context.close()
    assert grounds[0] != grounds[1]
