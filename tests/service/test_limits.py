"""How large a body may be depends on what is done, not only on where."""

import httpx
import pytest

from service.limits import MAX_JSON, is_upload

LARGE = MAX_JSON + 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", "/api/documents/none", 413),
        ("DELETE", "/api/documents/none", 413),
        ("POST", "/api/ask", 413),
        ("PUT", "/api/documents/none", 422),
        ("POST", "/api/documents", 422),
    ],
)
def test_only_documents_may_be_large(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    # As a document it is small enough, but has no title.
    body = b'{"title": "", "text": "' + b"a" * LARGE + b'"}'
    json = {"content-type": "application/json"}
    answer = client.request(method, path, content=body, headers=json)
    assert answer.status_code == status, answer.text


def test_under_a_path() -> None:
    assert is_upload("POST", "/wenju/api/documents", "/wenju")
    assert is_upload("PUT", "/wenju/api/documents/one", "/wenju")
    assert not is_upload("POST", "/other/api/documents", "/wenju")
    assert not is_upload("PUT", "/api/documents")
