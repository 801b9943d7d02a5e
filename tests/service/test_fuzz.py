"""Requests made up at random, from the interface's own description and from strings of any kind."""

import json

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks

from tests.qa.questions import STRINGS
from tests.service.conftest import Attacked

CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@given(question=STRINGS, earlier=STRINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_question_breaks_the_server(writer: httpx.Client, question: str, earlier: str) -> None:
    history = [{"role": "user", "content": earlier}, {"role": "assistant", "content": earlier}]
    answer = _post(writer, "/api/ask", {"question": question, "history": history})
    assert answer.status_code in (200, 422), answer.text
    found = _post(writer, "/api/search", {"query": question, "limit": 3})
    assert found.status_code in (200, 422), found.text
    if answer.status_code == 200:
        for citation in answer.json()["citations"]:
            text = writer.get(f"/api/documents/{citation['document']}").json()["text"]
            assert citation["quote"] == text[citation["start"] : citation["end"]]


HALF = "\ud800"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/ask", {"question": f"瑞芯微{HALF}营收多少", "documents": [HALF]}),
        ("POST", "/api/ask", {"question": "那呢", "history": [{"role": "user", "content": HALF}]}),
        ("POST", "/api/ask", {"question": "那呢", "history": [{"role": HALF, "content": ""}]}),
        ("POST", "/api/ask/stream", {"question": f"瑞芯微{HALF}营收多少", "documents": [HALF]}),
        ("POST", "/api/search", {"query": f"{HALF}营收", "documents": [HALF]}),
        ("POST", "/api/documents", {"title": f"题{HALF}", "text": f"文{HALF}字。", "format": HALF}),
        ("POST", "/api/feedback", {"verdict": "up", "question": HALF, "comment": HALF}),
        ("POST", "/api/feedback", {"verdict": HALF, "question": HALF, HALF: HALF}),
        ("PATCH", "/api/documents/unknown", {"title": HALF}),
    ],
)
def test_half_a_character_does_no_harm(
    writer: httpx.Client, method: str, path: str, body: object
) -> None:
    headers = {"content-type": "application/json"}
    answer = writer.request(method, path, content=json.dumps(body), headers=headers)
    assert answer.status_code in (200, 201, 204, 400, 404, 422), answer.text
    assert HALF not in answer.content.decode()


def _post(client: httpx.Client, path: str, body: object) -> httpx.Response:
    # In escapes, halves of surrogate pairs can be sent as well; in UTF-8 they cannot.
    return client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ask"),
        ("POST", "/api/ask/stream"),
        ("POST", "/api/search"),
        ("GET", "/api/documents"),
        ("GET", "/api/documents/{document}"),
        ("DELETE", "/api/documents/{document}"),
        ("PATCH", "/api/documents/{document}"),
        ("POST", "/api/documents"),
    ],
)
def test_the_description_holds(attacked: Attacked, method: str, path: str) -> None:
    url = f"{attacked.served.url}/openapi.json"
    operation = schemathesis.openapi.from_url(url, headers=attacked.token)[path][method]

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def hold(case: schemathesis.Case) -> None:
        response = case.call(headers=attacked.token)
        assert response.status_code < 500
        # The description has no shape for single events of a stream.
        known = CHECKS[:-1] if path.endswith("/stream") else CHECKS
        case.validate_response(response, checks=known)

    hold()
