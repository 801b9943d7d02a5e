import re
from html.parser import HTMLParser

import httpx
import pytest

EVIL = "</article><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)> &amp; \" '"
TEXT = f"# {EVIL}\r\n\r\n😀{EVIL}\r\n第二行\f。\r\r- 项\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n"


class Leaves(HTMLParser):
    """Collects what stands in elements that carry an offset."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[tuple[int, str, str]] = []
        self._open: tuple[int, str] | None = None
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attributes)
        if start := given.get("data-start"):
            self._open = (int(start), tag)
            self.runs.append((*self._open, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[1]:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            start, tag, text = self.runs[-1]
            self.runs[-1] = (start, tag, text + data)


def leaves(html: str) -> Leaves:
    parsed = Leaves()
    parsed.feed(html)
    return parsed


@pytest.fixture
def evil(client: httpx.Client):
    pasted = {"title": EVIL, "text": TEXT, "format": "markdown"}
    entry = client.post("/api/documents", json=pasted).json()
    yield entry["id"]
    client.delete(f"/api/documents/{entry['id']}")


def test_reader_holds_every_character_at_its_offset(client: httpx.Client, evil: str) -> None:
    parsed = leaves(client.get(f"/read/{evil}").text)
    assert "".join(text for _, _, text in parsed.runs) == TEXT
    for start, _, text in parsed.runs:
        assert TEXT[start : start + len(text)] == text


def test_reader_escapes_everything(client: httpx.Client, evil: str) -> None:
    html = client.get(f"/read/{evil}").text
    assert "alert(1)</script>" not in html
    assert leaves(html).tags.isdisjoint({"img", "iframe"})
    assert html.count("<script") == 1


@pytest.mark.parametrize("path", ["/documents", "/search?q={q}", "/embed?documents={q}"])
def test_other_pages_escape_everything(client: httpx.Client, evil: str, path: str) -> None:
    from urllib.parse import quote

    html = client.get(path.format(q=quote(EVIL))).text
    assert "<script>" not in html
    assert "<img" not in html


def test_range_is_highlighted_without_scripts(client: httpx.Client, evil: str) -> None:
    start = TEXT.index("😀")
    end = TEXT.index("第二行") + 2
    parsed = leaves(client.get(f"/read/{evil}?c={start}-{end}").text)
    marked = [(at, text) for at, tag, text in parsed.runs if tag == "mark"]
    assert "".join(text for _, text in marked) == TEXT[start:end]
    assert marked[0][0] == start


@pytest.mark.parametrize("c", ["", "9-3", "x", "0-0", "99999-999999", "1-2-3", "1-2;alert(1)"])
def test_nonsense_ranges_highlight_nothing(client: httpx.Client, evil: str, c: str) -> None:
    response = client.get(f"/read/{evil}", params={"c": c})
    assert response.status_code == 200
    assert "<mark" not in response.text


def test_missing_document_is_a_page(client: httpx.Client) -> None:
    response = client.get("/read/0000000000000000", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "There is no such document" in response.text


def test_pages_speak_the_browsers_language_or_the_chosen_one(client: httpx.Client) -> None:
    assert 'lang="zh-CN"' in client.get("/documents", headers={"accept-language": "zh"}).text
    english = client.get("/documents", headers={"accept-language": "en-US,en"})
    assert 'lang="en"' in english.text
    chosen = client.get("/documents?lang=zh", headers={"accept-language": "en"})
    assert "wenju_lang=zh" in chosen.headers["set-cookie"]
    assert "添加文档" in client.get("/documents", headers={"accept-language": "en"}).text


@pytest.mark.parametrize("path", ["/search", "/documents", "/embed", "/read/0"])
def test_pages_forbid_what_they_do_not_need(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=AI", "/documents", "/embed", "/ui/style.css", "/ui/reader.js", "/widget.js"],
)
def test_nothing_is_loaded_from_elsewhere(client: httpx.Client, path: str) -> None:
    text = client.get(path).text
    loading = r"""(?:src|href)=["'](?:https?:)?//|@import|url\(["']?(?:https?:)?//"""
    assert not re.search(loading, text)


def test_search_page_links_into_the_reader(client: httpx.Client) -> None:
    html = client.get("/search", params={"q": "AI眼镜"}).text
    link = re.search(r'href="(/read/[0-9a-f]{16}\?c=(\d+)-(\d+)#c\2-\3)"', html)
    assert link
    assert "<mark>AI眼镜</mark>" in html
    assert "<mark" in client.get(link[1]).text


def test_overlong_search_is_said_so(client: httpx.Client) -> None:
    assert "2000" in client.get("/search", params={"q": "长" * 2001}).text


def test_chat_page_names_no_other_origin(client: httpx.Client) -> None:
    response = client.get("/", headers={"accept-language": "en"})
    assert response.status_code == 200
    assert 'lang="en"' in response.text
    assert "default-src 'self'" in response.headers["content-security-policy"]
    for name in ("googleapis", "cdnjs", "huggingface.co", "raw.githubusercontent", "gradio.app"):
        assert name not in response.text


def test_widget_defines_its_element(client: httpx.Client) -> None:
    response = client.get("/widget.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert 'customElements.define("wenju-ask"' in response.text


def test_surroundings_are_short_and_hold_the_quote(client: httpx.Client) -> None:
    rows = "".join(f"| 第{number}行 | 甲 |\n" for number in range(200))
    text = f"# 长表\n\n| 名 | 值 |\n|---|---|\n{rows}\n完。\n"
    pasted = {"title": "长表", "text": text, "format": "markdown"}
    entry = client.post("/api/documents", json=pasted).json()
    start = text.index("第150行")
    html = client.get(f"/read/{entry['id']}?c={start}-{start + 5}&around=1").text
    client.delete(f"/api/documents/{entry['id']}")
    assert "<mark" in html
    assert "第150行" in html
    assert "名" in html
    assert html.count("<tr>") < 30
    assert "<html" not in html
