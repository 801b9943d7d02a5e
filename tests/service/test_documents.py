from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.test_api import problem
from tests.serving import ARTICLE

TEXT = "# 年会通知 😀\n\n年会定于十二月十八日在杭州举行。\n"


def add(client: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return client.post("/api/documents", files={"file": (name, content)})


def test_upload_read_and_remove(client: httpx.Client) -> None:
    response = add(client, "年会 通知（终稿）.md", TEXT.encode())
    assert response.status_code == 201
    entry = response.json()
    assert entry["title"] == "年会通知 😀"
    assert entry["source"] == "年会 通知（终稿）.md"
    assert entry["characters"] == len(TEXT)
    assert response.headers["location"] == f"/api/documents/{entry['id']}"
    assert entry in client.get("/api/documents").json()

    again = add(client, "anders.md", TEXT.encode())
    assert again.status_code == 200
    assert again.json() == entry

    read = client.get(f"/api/documents/{entry['id']}").json()
    assert read == {**entry, "text": TEXT}
    body = client.post("/api/ask", json={"question": "年会在哪里举行？"}).json()
    assert "杭州" in body["answer"]

    removed = client.delete(f"/api/documents/{entry['id']}")
    assert removed.status_code == 204
    assert removed.content == b""
    problem(client.get(f"/api/documents/{entry['id']}"), 404)
    problem(client.delete(f"/api/documents/{entry['id']}"), 404)


def test_pasted_text_takes_its_format_from_the_title(client: httpx.Client) -> None:
    for title, form, expected in [
        ("甲.md", None, "markdown"),
        ("乙", None, "text"),
        ("丙.txt", "markdown", "markdown"),
    ]:
        pasted = {"title": title, "text": f"# {title}\n\n正文。", "format": form}
        response = client.post("/api/documents", json=pasted)
        assert response.status_code == 201
        assert response.json()["format"] == expected
        client.delete(f"/api/documents/{response.json()['id']}")


def test_legacy_encoding_is_read(client: httpx.Client) -> None:
    text = "会议纪要\n\n本次会议讨论了明年的预算安排，决定增加研发投入。"
    entry = add(client, "纪要.txt", text.encode("gb18030")).json()
    assert client.get(f"/api/documents/{entry['id']}").json()["text"] == text
    client.delete(f"/api/documents/{entry['id']}")


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("binary.txt", bytes(range(256)) * 40, 415),
        ("image.txt", b"\x89PNG\r\n\x1a\n" + bytes(2000), 415),
        ("paper.txt", b"%PDF-1.7", 415),
        ("paper.doc", b"\xd0\xcf\x11\xe0", 415),
        ("noextension", b"text", 415),
    ],
)
def test_what_is_no_text_is_415(
    client: httpx.Client, name: str, content: bytes, status: int
) -> None:
    problem(add(client, name, content), status)


def test_empty_file_is_named(client: httpx.Client) -> None:
    problem(add(client, "leer.txt", b" \n"), 422, "file")


def test_form_without_a_file(client: httpx.Client) -> None:
    problem(client.post("/api/documents", files={"file": ("", b"x")}), 422, "file")


def test_broken_form_is_400(client: httpx.Client) -> None:
    headers = {"content-type": "multipart/form-data"}
    problem(client.post("/api/documents", content=b"xx", headers=headers), 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "x"}, "title"),
        ({"title": "x"}, "text"),
        ({"title": "", "text": "x"}, "title"),
        ({"title": "x", "text": " "}, "text"),
        ({"title": "x", "text": "a\x00b"}, "text"),
        ({"title": "x", "text": "x", "format": "pdf"}, "format"),
    ],
)
def test_pasted_field_is_named(client: httpx.Client, body: object, field: str) -> None:
    problem(client.post("/api/documents", json=body), 422, field)


def test_pasted_text_may_be_larger_than_other_bodies(client: httpx.Client) -> None:
    # Refused for its content, not for its size.
    problem(client.post("/api/documents", json={"title": "", "text": "长" * 600_000}), 422, "title")


def test_too_large_a_document_is_413(client: httpx.Client) -> None:
    problem(add(client, "gross.txt", b"x" * (66 * 2**20)), 413)


def test_the_bundled_article_is_there(client: httpx.Client) -> None:
    sources = [entry["source"] for entry in client.get("/api/documents").json()]
    assert ARTICLE.name in sources


def test_questions_are_answered_while_documents_are_added(client: httpx.Client) -> None:
    text = "\n\n".join(f"第{n}条 本条规定第{n}类物品的保管期限为{n}年。" for n in range(120))
    with ThreadPoolExecutor(2) as pool:
        adding = pool.submit(add, client, "规定.txt", text.encode())
        asked = client.post("/api/ask", json={"question": "全志科技2025年归母净利润？"})
        assert asked.status_code == 200
        assert client.get("/healthz").status_code == 200
        entry = adding.result().json()
    client.delete(f"/api/documents/{entry['id']}")


def test_rename(client: httpx.Client) -> None:
    entry = add(client, "旧.md", "# 旧标题\n\n食堂在二楼。".encode()).json()
    address = f"/api/documents/{entry['id']}"
    renamed = client.patch(address, json={"title": " 新\n标题 "})
    assert renamed.status_code == 200
    assert renamed.json() == {**entry, "title": "新 标题"}
    assert client.get(address).json()["text"] == "# 旧标题\n\n食堂在二楼。"
    body = client.post("/api/ask", json={"question": "食堂在几楼？"}).json()
    assert body["citations"][0]["title"] == "新 标题"
    problem(client.patch(address, json={"title": "  "}), 422)
    problem(client.patch("/api/documents/none", json={"title": "甲"}), 404)
    client.delete(address)


def test_replacing(client: httpx.Client) -> None:
    old = add(client, "通知.md", "# 通知\n\n年会在杭州举行。".encode()).json()
    upload = {"file": ("通知.md", "# 通知\n\n年会在苏州举行。".encode())}
    response = client.put(f"/api/documents/{old['id']}", files=upload)
    assert response.status_code == 201
    new = response.json()
    assert response.headers["location"] == f"/api/documents/{new['id']}"
    listed = [entry["id"] for entry in client.get("/api/documents").json()]
    assert new["id"] in listed
    assert old["id"] not in listed
    for method in ("GET", "DELETE"):
        gone = client.request(method, f"/api/documents/{old['id']}")
        problem(gone, 410)
        assert gone.json()["replaced_by"] == new["id"]
    problem(client.put(f"/api/documents/{old['id']}", files=upload), 410)
    problem(client.put("/api/documents/none", files=upload), 404)
    page = client.get(f"/read/{old['id']}")
    assert page.status_code == 410
    assert f'href="/read/{new["id"]}"' in page.text
    again = client.put(f"/api/documents/{new['id']}", files=upload)
    assert (again.status_code, again.json()) == (200, new)
    client.delete(f"/api/documents/{new['id']}")


def test_uploads_of_one_name_stand_beside_each_other(client: httpx.Client) -> None:
    both = [add(client, "报告.md", f"# 报告\n\n{who}的报告。".encode()).json() for who in "甲乙"]
    listed = [entry["id"] for entry in client.get("/api/documents").json()]
    for entry in both:
        assert entry["id"] in listed
        client.delete(f"/api/documents/{entry['id']}")
