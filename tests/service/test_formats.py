"""Files of other formats through the real server: uploaded, asked about, cited, read."""

import httpx

from tests.corpus.files import archive, manual, pdf, scan, word

RULES = [
    ("h1", "银杏公司差旅制度"),
    ("h2", "第一章 总则"),
    ("p", "本制度适用于银杏公司全体员工。差旅须事先由部门主管批准。"),
    ("page", ""),
    ("h2", "第二章 住宿"),
    ("p", "银杏公司员工出差的住宿标准为每晚四百二十元，超出的部分由员工本人承担。"),
]


def upload(client: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return client.post("/api/documents", files={"file": (name, content)})


def cited(client: httpx.Client, question: str, document: str, words: str) -> dict[str, object]:
    """The citation that has some words, all of them checked against the document's text."""
    found = client.post("/api/ask", json={"question": question, "documents": [document]}).json()
    assert found["answerable"], found
    text = client.get(f"/api/documents/{document}").json()["text"]
    for citation in found["citations"]:
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    return next(citation for citation in found["citations"] if words in citation["quote"])


def test_a_pdf_is_cited_with_its_page(client: httpx.Client) -> None:
    answer = upload(client, "差旅.pdf", pdf(RULES, head="内部资料"))
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    assert (entry["title"], entry["format"]) == ("银杏公司差旅制度", "pdf")
    citation = cited(client, "银杏公司员工出差的住宿标准是多少？", entry["id"], "四百二十元")
    assert citation["page"] == 2
    assert citation["section"] == ["银杏公司差旅制度", "第二章 住宿"]
    page = client.get(str(citation["url"])).text
    assert '<h2 class="heading"' in page
    client.delete(f"/api/documents/{entry['id']}")


def test_a_docx_is_cited_and_shown_with_its_structure(client: httpx.Client) -> None:
    answer = upload(client, "手册.docx", word(manual()))
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    citation = cited(client, "TR-310的功率是多少？", entry["id"], "4千瓦")
    assert citation["page"] is None
    page = client.get(str(citation["url"])).text
    article = page[page.index("<article") : page.index("</article>")]
    assert article.count("<tr>") == 3
    assert article.count("<li ") == 4
    client.delete(f"/api/documents/{entry['id']}")


def test_an_archive_gives_several_documents_and_says_what_failed(client: httpx.Client) -> None:
    members = {"甲/a.txt": "银杏甲。".encode(), "b.html": "<p>银杏乙。".encode(), "c.pdf": scan(1)}
    answer = upload(client, "多.zip", archive(members))
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert [entry["source"] for entry in found["documents"]] == ["多.zip/甲/a.txt", "多.zip/b.html"]
    assert [failure["source"] for failure in found["failures"]] == ["多.zip/c.pdf"]
    assert "is scanned" in found["failures"][0]["detail"]
    assert upload(client, "多.zip", archive(members)).status_code == 200
    for entry in found["documents"]:
        assert client.delete(f"/api/documents/{entry['id']}").status_code == 204


def test_refusals_are_problems(client: httpx.Client) -> None:
    for name, content, status in [
        ("扫描.pdf", scan(1), 415),
        ("坏.docx", word(manual())[:900], 422),
        ("错.pdf", word(manual()), 415),
        ("弹.zip", archive({"a.txt": b"0" * 30_000_000}), 413),
        ("全坏.zip", archive({"a.pdf": scan(1)}), 422),
    ]:
        answer = upload(client, name, content)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        ), answer.text
