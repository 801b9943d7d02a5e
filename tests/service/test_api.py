import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.serving import ARTICLE, Served

ALLWINNER = "全志科技2025年归母净利润预告是多少？"


def problem(response: httpx.Response, status: int, field: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    if field:
        assert body["field"] == field
        assert field in [fault["field"] for fault in body["errors"]]
    return body


def test_healthz_and_readyz(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_connection_outlasts_its_clients_patience(server: Served) -> None:
    # Clients drop idle connections after some five seconds; a server that does so at the same
    # moment loses the request that is just being sent.
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    for pause in (7, 0):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
        first = connection.sock
        time.sleep(pause)
    # A closed connection would have been opened again.
    assert connection.sock is first
    connection.close()


def test_ask_answers_with_an_exact_quote(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": ALLWINNER})
    assert response.status_code == 200
    body = response.json()
    assert body["answerable"] is True
    assert body["reason"] is None
    assert body["related"] == []
    assert 0 <= body["confidence"] <= 1
    assert body["elapsed_ms"] > 0
    assert "2.51亿元至2.95亿元" in body["answer"]
    text = ARTICLE.read_text(encoding="utf-8")
    for citation in body["citations"]:
        start, end = citation["start"], citation["end"]
        assert citation["quote"] == text[start:end]
        assert citation["url"] == f"/read/{citation['document']}#c{start}-{end}"
        assert f"[{citation['marker']}]" in body["answer"]


def test_follow_up_is_completed_from_history(client: httpx.Client) -> None:
    history = [
        {"role": "user", "content": ALLWINNER},
        {"role": "assistant", "content": "2.51亿元至2.95亿元 [1]"},
    ]
    body = client.post("/api/ask", json={"question": "那瑞芯微呢？", "history": history}).json()
    assert "10.23亿元" in body["answer"]
    assert "瑞芯微" in body["question_used"]
    assert body["question_used"] != "那瑞芯微呢？"


def test_refusal_has_a_reason_and_no_citations(client: httpx.Client) -> None:
    body = client.post("/api/ask", json={"question": "今天上海天气怎么样？"}).json()
    assert body["answerable"] is False
    assert body["citations"] == []
    assert body["reason"] in ("off_topic", "not_stated")
    assert body["answer"]


def test_unknown_document_restricts_to_nothing(client: httpx.Client) -> None:
    asked = {"question": ALLWINNER, "documents": ["0" * 16], "generate": True}
    body = client.post("/api/ask", json=asked).json()
    assert body["answerable"] is False
    searched = {"query": "全志", "documents": ["0" * 16]}
    assert client.post("/api/search", json=searched).json()["hits"] == []


def test_control_characters_are_taken_out(client: httpx.Client) -> None:
    body = client.post(
        "/api/ask", json={"question": "全志\x00科技\u202e2025年归母净利润？\x1b"}
    ).json()
    assert "\x00" not in body["question_used"]
    assert "2.51亿元" in body["answer"]


def test_lone_surrogate_does_no_harm(client: httpx.Client) -> None:
    response = client.post(
        "/api/ask",
        content=rb'{"question": "\ud800"}',
        headers={"content-type": "application/json"},
    )
    problem(response, 422, "question")


def events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    for block in response.text.strip().split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_stream_gives_citations_tokens_and_the_whole(client: httpx.Client) -> None:
    response = client.post("/api/ask/stream", json={"question": ALLWINNER})
    assert response.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in events(response)]
    assert names[0] == "citations"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"token"}
    told = list(events(response))
    whole = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "token") == whole["answer"]
    assert told[0][1] == whole["citations"]


def test_stream_refuses_bad_input_before_it_streams(client: httpx.Client) -> None:
    problem(client.post("/api/ask/stream", json={"question": " "}), 422, "question")


def test_search_gives_exact_passages(client: httpx.Client) -> None:
    body = client.post("/api/search", json={"query": "AI眼镜 SoC", "limit": 3}).json()
    text = ARTICLE.read_text(encoding="utf-8")
    assert len(body["hits"]) == 3
    scores = [hit["score"] for hit in body["hits"]]
    assert all(0 <= score <= 1 for score in scores)
    for hit in body["hits"]:
        assert hit["text"] == text[hit["start"] : hit["end"]]
        assert all(hit["start"] <= s < e <= hit["end"] for s, e in hit["highlights"])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/ask", {}, "question"),
        ("/api/ask", {"question": ""}, "question"),
        ("/api/ask", {"question": " \n\t　"}, "question"),
        ("/api/ask", {"question": "\x00\x07\u200b"}, "question"),
        ("/api/ask", {"question": "长" * 2001}, "question"),
        ("/api/ask", {"question": 3}, "question"),
        ("/api/ask", {"question": "x", "history": "x"}, "history"),
        (
            "/api/ask",
            {"question": "x", "history": [{"role": "system", "content": "x"}]},
            "history.0.role",
        ),
        (
            "/api/ask",
            {"question": "x", "history": [{"role": "user", "content": "x" * 20_001}]},
            "history.0.content",
        ),
        (
            "/api/ask",
            {"question": "x", "history": [{"role": "user", "content": ""}] * 51},
            "history",
        ),
        ("/api/ask", {"question": "x", "documents": [1]}, "documents.0"),
        ("/api/search", {"query": ""}, "query"),
        ("/api/search", {"query": "x", "limit": 0}, "limit"),
        ("/api/search", {"query": "x", "limit": 101}, "limit"),
        ("/api/search", {"query": "x", "limit": "ten"}, "limit"),
    ],
)
def test_invalid_field_is_named(client: httpx.Client, path: str, body: object, field: str) -> None:
    problem(client.post(path, json=body), 422, field)


@pytest.mark.parametrize("path", ["/api/ask", "/api/search", "/api/documents", "/api/ask/stream"])
@pytest.mark.parametrize("content", [b"{broken", b"", b"\xff\xfe", b"[" * 100_000])
def test_malformed_json_is_400(client: httpx.Client, path: str, content: bytes) -> None:
    response = client.post(path, content=content, headers={"content-type": "application/json"})
    if content:
        problem(response, 400)
    else:
        assert response.status_code in (400, 422)


def test_other_content_types_are_415(client: httpx.Client) -> None:
    headers = {"content-type": "text/plain"}
    problem(client.post("/api/ask", content=b'{"question": "x"}', headers=headers), 415)
    problem(client.post("/api/documents", content=b"x", headers=headers), 415)


def test_ten_megabyte_question_is_413(client: httpx.Client) -> None:
    problem(client.post("/api/ask", json={"question": "长" * 3_400_000}), 413)


def test_body_of_unknown_length_is_cut_off(client: httpx.Client) -> None:
    chunks = (b"x" * 65536 for _ in range(40))
    headers = {"content-type": "application/json"}
    problem(client.post("/api/ask", content=chunks, headers=headers), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/nothing/at/all", 404),
        ("GET", "/read/0000000000000000/x", 404),
        ("GET", "/docs", 404),
        ("GET", "/api/ask", 405),
        ("PUT", "/api/documents", 405),
        ("POST", "/healthz", 405),
        ("POST", "/search", 405),
        ("DELETE", "/", 405),
    ],
)
def test_unknown_paths_and_methods(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    problem(response, status)
    if status == 405:
        assert response.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/upload",
        "/gradio_api/run/answer",
        "/gradio_api/call/answer",
        "/monitoring",
        "/ui/..%2f..%2fapp.py",
    ],
)
def test_nothing_else_of_the_frame_work_is_open(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, json={"data": []}).status_code in (404, 405)


def test_openapi_describes_everything(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/healthz",
        "/readyz",
        "/api/ask",
        "/api/ask/stream",
        "/api/search",
        "/api/feedback",
        "/api/documents",
        "/api/documents/{document}",
    }
    asked = described["paths"]["/api/ask"]["post"]["responses"]
    assert asked["200"]["content"]["application/json"]["schema"]["$ref"].endswith("AnswerJson")
    assert "application/problem+json" in asked["422"]["content"]
    assert "multipart/form-data" in json.dumps(described["paths"]["/api/documents"]["post"])
    assert "HTTPValidationError" not in json.dumps(described)
