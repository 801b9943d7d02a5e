"""What stands behind an answer on the page: sources beside it, tables, keys, what comes next."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.browsing import QUESTION, Visit, ask, needs_chromium
from tests.serving import Served

pytestmark = [pytest.mark.browser, needs_chromium]

TABLES = """# 甲公司手册

## 假期

| 假别 | 天数 |
|---|---|
| 婚假 | 13天 |
| 产假 | **158天** |

- 先申请
- 再批准

1. 填表
2. 签字
"""
COMPARE = "晶晨股份和瑞芯微的客户有什么不同？"


def test_source_opens_beside_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, QUESTION)
    page.locator(".next button").first.wait_for()
    marker = page.locator(".answer sup a").first
    marker.hover()
    assert "2.51亿元" in page.locator("#source .preview").inner_text()
    marker.focus()
    page.keyboard.press("Enter")
    beside = page.get_by_role("dialog", name="出处原文")
    beside.locator("mark").first.wait_for()
    assert "全志科技在1月20日" in beside.inner_text()
    wide = page.locator("#conversation").bounding_box()
    assert wide["x"] + wide["width"] <= beside.bounding_box()["x"] + 1
    assert beside.locator(".close").evaluate("button => button === document.activeElement")
    page.keyboard.press("Escape")
    beside.wait_for(state="hidden")
    assert marker.evaluate("link => link === document.activeElement")
    # On a narrow page it is a sheet at the bottom.
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("a.chip").first.click()
    beside.locator("mark").first.wait_for()
    page.wait_for_timeout(300)
    box = beside.bounding_box()
    assert (round(box["width"]), round(box["y"] + box["height"])) == (390, 844)
    assert box["y"] > 200
    for _ in range(5):
        page.keyboard.press("Tab")
        assert beside.evaluate("sheet => sheet.contains(document.activeElement)")
    beside.get_by_role("button", name="关闭").click()
    beside.wait_for(state="hidden")


def test_comparison_is_a_table_and_leads_on(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, COMPARE)
    rows = page.locator("table.comparison tbody tr")
    page.locator(".next button").first.wait_for()
    # The conversation is drawn anew with every piece of an answer: wait for the last.
    rows.nth(1).wait_for()
    shown = page.locator("#conversation").inner_text()
    assert rows.locator("th").all_inner_texts() == ["晶晨股份", "瑞芯微"], shown
    for row in rows.all():
        assert row.locator("td sup a").count() == 1
    link = rows.first.locator("sup a").get_attribute("href")
    page.goto(visit.origin + link)
    assert "引用 2/2" in page.locator(".cited").inner_text()
    here = page.locator("mark").first.inner_text()
    page.locator("[rel=prev]").click()
    page.locator(".cited", has_text="引用 1/2").wait_for()
    assert page.locator("mark").first.inner_text() != here
    assert page.locator("[rel=prev]").get_attribute("href") is None
    page.locator(".cited .ask").click()
    page.wait_for_function(
        "document.querySelector('#question textarea')?.value.startsWith('关于「')"
    )
    assert page.locator(".asked").count() == 0


def test_next_question_is_asked_with_one_click(visit: Visit) -> None:
    page = visit.open("/")
    ask(page, QUESTION)
    following = page.locator(".next button", has_text="归母净利润预告").first
    question = following.inner_text()
    assert "全志科技" not in question
    following.click()
    page.locator(".exchange").nth(1).locator(".acts").wait_for()
    assert page.locator(".asked").nth(1).inner_text() == question


def test_keyboard_alone_and_stopping(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#examples button").first.wait_for()
    page.locator("body").evaluate("body => document.activeElement.blur()")
    page.keyboard.press("/")
    field = page.locator("#question textarea")
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    assert field.input_value() == "第一行\n第二行"
    field.fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#stop").wait_for()
    page.keyboard.press("Escape")
    page.locator("#submit").wait_for()
    page.locator("#stop").wait_for(state="hidden")
    # Whatever was known by then, one can go on.
    ask(page, QUESTION)
    page.locator(".exchange").last.locator(".acts").wait_for()


def test_language_switched_while_a_shared_question_is_answered(visit: Visit) -> None:
    page = visit.open(f"/?q={QUESTION}")
    # Nothing can be chosen that the greeting would undo.
    page.locator("#language input:enabled").first.wait_for(state="attached")
    page.get_by_text("English", exact=True).click()
    page.get_by_role("button", name="Copy as Markdown").wait_for()
    page.locator(".next button").first.wait_for()
    assert page.get_by_placeholder("Ask about the documents…").is_visible()
    assert page.locator("#language .selected").inner_text() == "English"


@pytest.fixture
def tables(client: httpx.Client) -> Iterator[str]:
    pasted = {"title": "甲公司手册", "text": TABLES, "format": "markdown"}
    entry = client.post("/api/documents", json=pasted).json()
    yield entry["id"]
    client.delete(f"/api/documents/{entry['id']}")


def test_reader_sets_tables_and_lists(visit: Visit, tables: str) -> None:
    start = TABLES.index("158天")
    page = visit.open(f"/read/{tables}?c={start}-{start + 4}#c{start}-{start + 4}")
    assert page.locator("article tr").count() == 3
    assert page.locator("article th").all_inner_texts() == ["假别", "天数"]
    assert page.locator("article td", has_text="158天").inner_text() == "158天"
    assert page.locator("article td mark.strong").inner_text() == "158天"
    assert page.locator("article li").all_inner_texts() == ["先申请", "再批准", "填表", "签字"]
    leaves = page.evaluate(
        "[...document.querySelectorAll('[data-start]')].map((e) => e.textContent).join('')"
    )
    assert leaves == TABLES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Any, server: Served, tables: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    def answered(page: Any) -> None:
        for question in (COMPARE, "今天上海天气怎么样？"):
            ask(page, question)
            page.locator(".exchange").last.locator(".acts").wait_for()
        page.locator(".answer sup a").first.click()
        page.locator("#source mark").first.wait_for()

    start = TABLES.index("婚假")
    plan: dict[str, Any] = {
        "/": lambda page: page.locator("#examples button").first.wait_for(),
        "/?lang=zh": answered,
        f"/read/{tables}?c={start}-{start + 2}": None,
        "/search?q=端侧AI": None,
        "/documents": None,
        "/read/0": None,
    }
    context = chromium.new_context(
        color_scheme=scheme, locale="zh-CN", reduced_motion="reduce", bypass_csp=True
    )
    found = []
    for path, act in plan.items():
        page = context.new_page()
        page.goto(server.url + path)
        if act:
            act(page)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:200] for node in violation["nodes"][:3]]
                found.append((path, violation["id"], nodes))
        page.close()
    context.close()
    assert found == []


def test_assets_are_kept_for_good_under_their_hash(client: httpx.Client) -> None:
    html = client.get("/search?q=AI").text
    addresses = re.findall(r'(?:href|src)="(/ui/[^"]+)"', html)
    assert len(addresses) >= 4
    for address in addresses:
        assert "immutable" in client.get(address).headers["cache-control"]
    plain = client.get(addresses[0].split("?")[0])
    assert plain.headers["cache-control"] == "no-cache"
    assert "immutable" not in client.get("/ui/style.css?v=0").headers["cache-control"]
