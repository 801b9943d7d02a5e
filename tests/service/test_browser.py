import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from index.encoder import Encoder
from tests.browsing import QUESTION, Visit, ask, needs_chromium
from tests.serving import Served, start_server, wait_until

pytestmark = [pytest.mark.browser, needs_chromium]


def test_ask_follow_the_citation_and_see_the_quote(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, QUESTION)
    chip = page.locator("a.chip").first
    chip.wait_for()
    assert "2.51亿元至2.95亿元" in page.locator(".answer .text").inner_text()
    quote = page.locator(".answer blockquote").first.text_content()

    chip.click()
    beside = page.locator("#source aside")
    beside.locator("mark").first.wait_for()
    assert "".join(beside.locator("mark").all_text_contents()) == quote
    with visit.context.expect_page() as opened:
        beside.locator(".whole").click()
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
    page.locator("#language input:enabled").first.wait_for(state="attached")
    page.get_by_text("English").click()
    page.get_by_placeholder("Ask about the documents…").wait_for()
    page.get_by_text("中文", exact=True).click()
    page.get_by_placeholder("就文档内容提问……").wait_for()


def test_language_by_browser(chromium: Any, server: Served) -> None:
    context = chromium.new_context(locale="en-GB")
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


def test_documents_page_adds_several_and_names_each_trouble(visit: Visit, tmp_path: Any) -> None:
    good, bad = tmp_path / "通知 一.md", tmp_path / "坏.txt"
    good.write_text("# 放假通知\n\n十月一日起放假七天。", encoding="utf-8")
    bad.write_bytes(b"\x00\x01\x02" * 50)
    page = visit.open("/documents")
    page.locator("input[type=file]").set_input_files([bad, good])
    page.locator(".uploads li", has_text="坏.txt").locator(".trouble").wait_for()
    done = page.locator(".uploads li", has_text="通知 一.md").locator("a", has_text="放假通知")
    done.wait_for()
    assert "段，用时" in page.locator(".uploads").inner_text()
    visit.faults[:] = [fault for fault in visit.faults if "api/documents" not in fault]
    visit.faults[:] = [fault for fault in visit.faults if "Failed to load resource" not in fault]

    row = page.locator(".documents li", has_text="放假通知")
    page.once("dialog", lambda dialog: dialog.accept("国庆通知"))
    row.locator(".rename").click()
    row = page.locator(".documents li", has_text="国庆通知")
    row.wait_for()
    row.locator(".remove").click()
    row.wait_for(state="hidden")
    page.locator(".undo button").click()
    row.wait_for()

    address = row.locator("a").get_attribute("href")
    row.locator(".remove").click()
    # Leaving the page carries the removal out.
    page.goto(visit.origin + "/search")
    listed = page.request.get(f"{visit.origin}/documents").text()
    assert address not in listed


def test_answers_are_copied_shared_and_judged(visit: Visit, server: Served) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open("/")
    ask(page, QUESTION)
    page.locator(".acts").wait_for()
    page.get_by_role("button", name="复制为 Markdown").click()
    page.locator("[data-act=copy]", has_text="已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "2.51亿元" in copied
    assert re.search(rf"\[1\] \[[^\]]+\]\({visit.origin}/read/\w+#c\d+-\d+\)：「", copied)
    page.get_by_role("button", name="答得好").click()
    page.wait_for_selector("[data-verdict=up][aria-pressed=true]")
    page.get_by_role("button", name="分享问题").click()
    page.locator("[data-act=share]", has_text="已复制").wait_for()
    shared = page.evaluate("navigator.clipboard.readText()")
    page.goto(shared)
    page.locator(".acts").wait_for()
    assert "2.51亿元" in page.locator("#conversation .answer").inner_text()


def test_search_finds_while_one_types(visit: Visit) -> None:
    page = visit.open("/search")
    page.locator("input[name=q]").press_sequentially("续航约四小时", delay=20)
    page.locator("#found mark").first.wait_for()
    assert "四小时" in page.locator("#found li").first.inner_text()
    page.wait_for_url("**/search?q=*")
    page.reload()
    assert page.locator("input[name=q]").input_value() == "续航约四小时"
    everywhere = page.locator("#found li").count()
    page.locator("select[name=document]").select_option(index=1)
    section = page.locator("select[name=section]")
    section.wait_for()
    name = page.locator("#found .where").first.inner_text().split(" › ")[-1]
    section.select_option(name)
    page.wait_for_url("**&section=*")
    page.wait_for_selector("#found[aria-busy=false]")
    places = page.locator("#found .where").all_inner_texts()
    assert places
    assert len(places) < everywhere
    assert all(name in place for place in places)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/search?q=AI", "/documents", "/embed"])
def test_pages_fit_a_phone(chromium: Any, server: Served, path: str, scheme: str) -> None:
    context = chromium.new_context(
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
    assert page.locator("wenju-ask sup a").first.get_attribute("href")
    assert "2.51亿元" in page.locator("wenju-ask .said[role=status]").text_content()
    # The conversation lasts as long as the tab, and goes on from where it was.
    page.reload()
    page.locator("wenju-ask ol a").first.wait_for()
    page.locator("wenju-ask input").fill("那瑞芯微呢？")
    page.keyboard.press("Enter")
    page.locator("wenju-ask .told", has_text="10.23亿元").wait_for()
    page.get_by_role("button", name="清空对话").click()
    assert page.locator("wenju-ask .told").count() == 0


HOST = """<!doctype html><html lang="en"><title>Wiki</title>
<style>
* {{ color: rgb(1, 2, 3) !important; font-size: 40px !important }}
p {{ display: none }}
</style>
<h1>Wiki</h1><button id="before">before</button>
<script src="{server}/widget.js" defer></script>
<wenju-ask mode="bubble" lang="zh"></wenju-ask>"""


@pytest.fixture
def wiki() -> Iterator[tuple[ThreadingHTTPServer, dict[str, str]]]:
    """Another origin whose page has the widget of the server named in the dictionary."""
    pages: dict[str, str] = {}

    class Wiki(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = HOST.format(server=pages.get("server", "")).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Wiki)
    Thread(target=made.serve_forever, daemon=True).start()
    yield made, pages
    made.shutdown()
    made.server_close()


def test_widget_on_a_foreign_page(
    chromium: Any, wiki: Any, tmp_path: Path, encoder: Encoder
) -> None:
    host, pages = wiki
    origin = f"http://127.0.0.1:{host.server_address[1]}"
    served = start_server(tmp_path, "--allowed-origins", origin)
    wait_until(served, "/readyz")
    pages["server"] = served.url
    context = chromium.new_context(viewport={"width": 1000, "height": 800})
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda m: m.type == "error" and faults.append(m.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        page.goto(origin)
        page.get_by_role("button", name="打开问答").click()
        box = page.locator("wenju-ask input")
        assert box.evaluate("box => box.getRootNode().activeElement === box")
        box.fill(QUESTION)
        page.keyboard.press("Enter")
        answer = page.locator("wenju-ask .told p", has_text="2.51亿元").first
        answer.wait_for()
        # The page's styles do not reach in, nor the widget's out.
        assert answer.evaluate("p => getComputedStyle(p).color") != "rgb(1, 2, 3)"
        assert answer.evaluate("p => getComputedStyle(p).fontSize") == "16px"
        assert page.locator("h1").evaluate("h => getComputedStyle(h).color") == "rgb(1, 2, 3)"
        # Tab stays in the open bubble; Escape closes it and gives the focus back.
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.localName") == "wenju-ask"
        page.keyboard.press("Escape")
        assert not page.locator("wenju-ask .panel").is_visible()
        with context.expect_page() as opened:
            page.get_by_role("button", name="打开问答").click()
            page.locator("wenju-ask ol a").first.click()
        assert opened.value.url.startswith(f"{served.url}/read/")
        assert faults == []
        # A site that is not on the list is kept out, by fetch and by frame.
        stranger = origin.replace("127.0.0.1", "localhost")
        page.goto(stranger)
        page.get_by_role("button", name="打开问答").click()
        page.locator("wenju-ask input").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("wenju-ask .told", has_text="不允许").wait_for()
        page.evaluate(
            "url => new Promise(done => { const f = document.createElement('iframe');"
            "f.onload = done; f.src = url; document.body.append(f) })",
            f"{served.url}/embed",
        )
        assert page.frames[-1].locator("wenju-ask").count() == 0
    finally:
        context.close()
        served.process.terminate()
        served.process.wait(30)
