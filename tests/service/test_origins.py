"""Pages of other origins: refused, unless the setting names them; and what is shared with those."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.kinds import read_origin
from service.origins import Origins

WIKI = "https://wiki.example"
OTHER = "https://evil.example"
OWN = "http://wenju.example"


@pytest.fixture
def guarded() -> Iterator[TestClient]:
    """A small application behind the middleware that serves run behind, published at /wenju."""
    app = FastAPI()

    @app.api_route("/wenju/api/ask", methods=["GET", "POST", "OPTIONS"])
    @app.api_route("/wenju/api/documents", methods=["GET", "POST"])
    @app.delete("/wenju/api/documents/x")
    def route() -> dict[str, bool]:
        return {"reached": True}

    app.add_middleware(Origins, allowed=(WIKI,), root_path="/wenju")
    with TestClient(app, base_url=OWN) as client:
        yield client


@pytest.mark.parametrize("origin", [OTHER, "null", "http://wiki.example", f"{WIKI}:8443", "x"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/wenju/api/ask"),
        ("POST", "/wenju/api/documents"),
        ("DELETE", "/wenju/api/documents/x"),
        ("OPTIONS", "/wenju/api/ask"),
    ],
)
def test_foreign_pages_change_and_ask_nothing(
    guarded: TestClient, origin: str, method: str, path: str
) -> None:
    answer = guarded.request(method, path, headers={"Origin": origin})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-origin" not in answer.headers


def test_foreign_pages_may_not_read(guarded: TestClient) -> None:
    answer = guarded.get("/wenju/api/documents", headers={"Origin": OTHER})
    assert "access-control-allow-origin" not in answer.headers


def test_an_allowed_origin_may_ask(guarded: TestClient) -> None:
    preflight = guarded.options(
        "/wenju/api/ask",
        headers={"Origin": WIKI, "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == WIKI
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = guarded.post("/wenju/api/ask", headers={"Origin": f"{WIKI}:443"})
    assert answer.json() == {"reached": True}
    assert answer.headers["access-control-allow-origin"] == f"{WIKI}:443"
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


def test_an_allowed_origin_may_not_change_documents(guarded: TestClient) -> None:
    assert guarded.post("/wenju/api/documents", headers={"Origin": WIKI}).status_code == 403


@pytest.mark.parametrize("origin", [None, OWN, f"{OWN}:80", "https://wenju.example"])
def test_own_pages_and_programs_do_as_they_like(guarded: TestClient, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    assert guarded.post("/wenju/api/documents", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Wiki.Example:443", WIKI),
        (" http://10.0.0.2:8080/ ", "http://10.0.0.2:8080"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text", ["*", "wiki.example", "https://*.example", "https://a/b", "ftp://a", "https://u@a", ""]
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_origin(text)


def test_the_server_refuses_a_foreign_upload(client: httpx.Client) -> None:
    pasted = {"title": "x.txt", "text": "外来的文档。"}
    before = client.get("/api/documents").json()
    answer = client.post("/api/documents", json=pasted, headers={"Origin": OTHER})
    assert answer.status_code == 403
    assert client.get("/api/documents").json() == before


def test_only_allowed_origins_may_frame(client: httpx.Client) -> None:
    policy = client.get("/embed").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "*" not in policy
