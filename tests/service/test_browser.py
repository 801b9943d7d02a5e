import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.serving import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "全志科技2025年归母净利润预告是多少？"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium"
    ),
]


@dataclass
class Visit:
    """A browser window, and all that must not happen in it."""

    context: Any
    origin: str
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        page.on("request", lambda request: self._requested(request.url))
        page.on("response", lambda r: r.status >= 400 and self.faults.append(f"{r.status} {r.url}"))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.faults.append(m.text))
        page.on("websocket", lambda socket: self._requested(socket.url))

    def _requested(self, url: str) -> None:
        if not url.startswith((self.origin + "/", "data:", "blob:")):
            self.faults.append(f"request to {url}")

    def open(self, path: str) -> Any:
        page = self.context.new_page()
        page.goto(self.origin + path)
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any, server: Served) -> Iterator[Visit]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 860})
    made = Visit(context, server.url)
    context.on("page", made.watch)
    yield made
    context.close()
    assert made.faults == []


def ask(page: Any, question: str) -> None:
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")


def test_ask_follow_the_citation_and_see_the_quote(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, QUESTION)
    chip = page.locator("a.chip").first
    chip.wait_for()
    assert "2.51亿元至2.95亿元" in page.locator(".answer .text").inner_text()
    quote = page.locator(".answer blockquote").first.text_content()

    with visit.context.expect_page() as opened:
        chip.click()
    reader = opened.value
    mark = reader.locator("mark").first
    mark.wait_for()
    assert re.search(r"/read/[0-9a-f]{16}\?c=\d+-\d+#c\d+-\d+$", reader.url)
    assert "".join(reader.locator("mark").all_text_contents()) == quote
    assert 0 < mark.bounding_box()["y"] < 860

    ask(page, "那瑞芯微呢？")
    page.locator(".exchange").nth(1).locator("a.chip").first.wait_for()
    assert "10.23亿元" in page.locator(".exchange").nth(1).inner_text()


def test_refusal_looks_different_and_offers_no_answer(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, "今天上海天气怎么样？")
    page.locator(".refusal").wait_for()
    assert page.locator("a.chip").count() == 0
    assert "文档没有回答" in page.locator(".refusal").inner_text()


def test_example_is_asked_with_one_click(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#examples button", has_text="？").first.click()
    page.locator(".told.answer a.chip, .told.refusal").first.wait_for()
    assert page.locator(".asked").count() == 1


def test_the_newest_message_is_in_sight(visit: Visit) -> None:
    page = visit.open("/")
    page.set_viewport_size({"width": 390, "height": 600})
    for place in range(4):
        ask(page, "今天上海天气怎么样？")
        page.locator(".refusal").nth(place).wait_for()
    page.wait_for_timeout(300)
    box = page.locator(".refusal .text").nth(3).bounding_box()
    assert 0 < box["y"] < 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_language_by_hand(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_text("English").click()
    page.get_by_placeholder("Ask about the documents…").wait_for()
    page.get_by_text("中文", exact=True).click()
    page.get_by_placeholder("就文档内容提问……").wait_for()


def test_language_by_browser(browser: Any, server: Served) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(server.url)
    page.get_by_placeholder("Ask about the documents…").wait_for()
    context.close()


def test_question_and_document_text_stay_text(visit: Visit, client: httpx.Client) -> None:
    image = "<img src=//other.example/x onerror=alert(1)> ![x](https://other.example/y)"
    evil = image + " ${1+1} {{value}}"
    pasted = {
        "title": f"恶意 {evil}",
        "text": f"# 恶意公司\n\n恶意公司的口号是{evil}。",
        "format": "markdown",
    }
    entry = client.post("/api/documents", json=pasted).json()
    try:
        page = visit.open("/")
        ask(page, f"恶意公司的口号是什么 {evil}")
        page.locator(".told.answer .chips, .told.refusal").first.wait_for()
        assert page.locator(".asked").inner_text().endswith("${1+1} {{value}}")
        assert page.locator("#conversation img").count() == 0
    finally:
        client.delete(f"/api/documents/{entry['id']}")


def test_reader_counts_code_points(visit: Visit, client: httpx.Client) -> None:
    text = "# 😀题😀\r\n\r\n😀😀甲😀乙\r\n第二行😀丙。\r\n\r\n- 项😀一\r\n- 项二\r\n"
    pasted = {"title": "表情", "text": text, "format": "markdown"}
    entry = client.post("/api/documents", json=pasted).json()
    try:
        page = visit.open(f"/read/{entry['id']}")
        for start, end in [(10, 14), (0, len(text)), (12, 20), (3, 11), (len(text) - 6, len(text))]:
            page.evaluate(f"location.hash = 'c{start}-{end}'")
            page.wait_for_timeout(100)
            marked = "".join(page.locator("mark").all_text_contents())
            assert marked == text[start:end]
            leaves = page.evaluate(
                "[...document.querySelectorAll('[data-start]')].map((e) => e.textContent).join('')"
            )
            assert leaves == text
    finally:
        client.delete(f"/api/documents/{entry['id']}")


def test_documents_page_adds_and_removes(visit: Visit, tmp_path: Any) -> None:
    path = tmp_path / "通知 一.md"
    path.write_text("# 放假通知\n\n十月一日起放假七天。", encoding="utf-8")
    page = visit.open("/documents")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("input[type=file]").set_input_files(path)
    page.locator(".upload button").click()
    row = page.locator("li", has_text="放假通知")
    row.wait_for()
    row.locator(".remove").click()
    row.wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/search?q=AI", "/documents", "/embed"])
def test_pages_fit_a_phone(browser: Any, server: Served, path: str, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(server.url + path)
    page.wait_for_load_state("networkidle") if path != "/" else page.wait_for_selector("#question")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_embedded_chat_answers_with_links(visit: Visit) -> None:
    page = visit.open("/embed")
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    link = page.locator("wenju-ask ol a").first
    link.wait_for()
    assert "/read/" in link.get_attribute("href")
    assert "2.51亿元" in page.locator("wenju-ask .told").inner_text()
