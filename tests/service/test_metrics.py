"""What operators see: figures at /metrics, a line a request, and no word of anybody's question."""

import json
import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.segmentation import Segmenter
from qa.answer import Answer, Reason
from service.logs import JsonLines
from service.tokens import add_token
from tests.unloaded import HERE, NEAR, unloaded_server

SECRET = "绝密的问题"


def refusal(reason: Reason) -> Answer:
    return Answer(False, "", (), SECRET, reason, 0.5)


def test_figures(tmp_path: Path, segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    app = unloaded_server(monkeypatch, segmenter, tmp_path, rate_limit=2)
    with_token = {"Authorization": f"Bearer {add_token(tmp_path, 'a', 'search')}"}
    client = TestClient(app, base_url=HERE, client=NEAR)
    assert client.get("/metrics").status_code == 401
    for path in ("/read/one", "/read/two", "/nothing"):
        client.get(path, headers=with_token)
    client.post("/api/ask", headers=with_token)
    app.state.engine.answered("x", refusal(Reason.OFF_TOPIC))
    shown = client.get("/metrics", headers=with_token)
    assert shown.headers["content-type"].startswith("text/plain")
    for line in (
        'wenju_requests_total{method="GET",route="/read/{document}",status="404"} 2.0',
        'wenju_requests_total{method="GET",route="other",status="404"} 1.0',
        'wenju_requests_total{method="POST",route="other",status="429"} 1.0',
        'wenju_request_seconds_count{route="/read/{document}"} 2.0',
        'wenju_answers_total{outcome="off_topic"} 1.0',
        "wenju_limited_total 1.0",
        "wenju_documents 0.0",
        "wenju_passages 0.0",
    ):
        assert line in shown.text.splitlines(), line
    assert "process_resident_memory_bytes" in shown.text


@pytest.mark.parametrize("told", [False, True])
def test_a_line_a_request_without_the_question_unless_asked_for(
    tmp_path: Path,
    segmenter: Segmenter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    told: bool,
) -> None:
    caplog.set_level(logging.DEBUG, "service")
    app = unloaded_server(monkeypatch, segmenter, tmp_path, log_questions=told, log_format="json")
    client = TestClient(app, base_url=HERE, client=NEAR)
    answer = client.get(f"/search?q={SECRET}", headers={"X-Request-ID": "abc-1"})
    assert answer.headers["x-request-id"] == "abc-1"
    client.post("/api/ask", json={"question": SECRET})
    odd = client.get("/x%0Ay", headers={"X-Request-ID": "a b\t"})
    assert len(odd.headers["x-request-id"]) == 32
    app.state.engine.answered(SECRET, refusal(Reason.EMPTY))
    written = [JsonLines().format(record) for record in caplog.records]
    assert all("\n" not in line for line in written)
    shaped = [json.loads(line) for line in written]
    first = next(line for line in shaped if line.get("path") == "/search")
    assert (first["method"], first["status"], first["caller"]) == ("GET", 200, "127.0.0.1")
    assert first["ms"] > 0
    assert any(SECRET in line for line in written) is told
