"""Who may do what: scopes, sessions, proxies, modes, names, rates, and when a server may start."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from fastapi.testclient import TestClient

from app import main
from corpus.errors import SettingsError
from corpus.segmentation import Segmenter
from service.access import check_start
from service.assembly import Engine
from service.chat import _Chat as Chat
from service.hosts import is_loopback
from service.rates import Rates
from service.scopes import needed
from service.sessions import COOKIE
from service.settings import Settings
from service.tokens import FILE_NAME, add_token, remove_token
from tests.unloaded import FAR, HERE, NEAR, unloaded_server

REQUESTS = [
    ("GET", "/", "ask"),
    ("GET", "/config", "ask"),
    ("POST", "/gradio_api/queue/join", "ask"),
    ("GET", "/gradio_api/queue/data", "ask"),
    ("GET", "/openapi.json", "ask"),
    ("GET", "/embed", "ask"),
    ("GET", "/read/x", "ask"),
    ("POST", "/api/ask", "ask"),
    ("POST", "/api/ask/stream", "ask"),
    ("POST", "/api/feedback", "ask"),
    ("POST", "/api/search", "search"),
    ("GET", "/search", "search"),
    ("GET", "/documents", "search"),
    ("GET", "/api/documents", "search"),
    ("GET", "/api/documents/x", "search"),
    ("GET", "/anything/else", "search"),
    ("POST", "/api/documents", "write"),
    ("DELETE", "/api/documents/x", "write"),
    ("PATCH", "/api/documents/x", "write"),
    ("POST", "/anything/else", "write"),
    ("POST", "/read/x", "write"),
]
ORDER = ("ask", "search", "write")

Make = Callable[..., TestClient]


@pytest.fixture
def make(tmp_path: Path, segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Make a client of a server over an empty data directory; its model is never loaded."""
    clients = []

    def made(client: tuple[str, int] = NEAR, base: str = HERE, **settings: object) -> TestClient:
        app = unloaded_server(monkeypatch, segmenter, tmp_path, **settings)
        clients.append(TestClient(app, base_url=base, client=client, follow_redirects=False))
        return clients[-1]

    yield made
    for client in clients:
        client.close()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_without_tokens_a_server_on_loopback_is_open(make: Make) -> None:
    client = make()
    for method, path, _ in REQUESTS:
        assert client.request(method, path).status_code not in (401, 403, 421, 429), path


def test_every_scope_has_its_requests_and_no_more(make: Make, tmp_path: Path) -> None:
    secrets = {scope: add_token(tmp_path, scope, scope) for scope in ORDER}
    client = make()
    for method, path, scope in REQUESTS:
        none = client.request(method, path)
        assert none.status_code == 401, path
        assert none.headers["www-authenticate"].startswith("Bearer")
        assert none.headers["content-type"] == "application/problem+json"
        for held, secret in secrets.items():
            answer = client.request(method, path, headers=bearer(secret))
            if ORDER.index(held) >= ORDER.index(scope):
                assert answer.status_code not in (401, 403), (path, held)
            else:
                assert answer.status_code == 403, (path, held)
                assert "insufficient_scope" in answer.headers["www-authenticate"]
    for path in ("/healthz", "/ui/style.css", "/sign-in", "/widget.js"):
        assert client.get(path).status_code == 200, path
    assert client.get("/readyz").status_code == 503


def test_spellings_of_a_path_do_not_lower_what_it_takes(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "ask")
    client = make()
    for path in (
        "/api/documents/",
        "//api/documents",
        "/api//documents",
        "/api/ask/../documents",
        "/ui/../api/documents",
        "/ui/%2e%2e/api/documents",
        "/assets/..%2fapi/documents",
        "/API/documents",
        "/%61pi/documents",
    ):
        for headers in ({}, bearer(secret)):
            assert client.get(path, headers=headers).status_code in (401, 403, 404, 307), path
            posted = client.post(path, headers=headers, json={"title": "x", "text": "y"})
            assert posted.status_code in (401, 403, 404, 405, 307), path


def test_a_removed_or_unknown_token_is_refused(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "write")
    add_token(tmp_path, "b", "ask")
    client = make()
    assert client.get("/documents", headers=bearer(secret)).status_code == 200
    remove_token(tmp_path, "a")
    answer = client.get("/documents", headers=bearer(secret))
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]
    for value in ("Bearer", "Bearer ", "Basic " + secret, secret, "Bearer é".encode()):
        assert client.get("/documents", headers={"Authorization": value}).status_code == 401


def test_what_is_open_to_those_without_a_token(make: Make, tmp_path: Path) -> None:
    add_token(tmp_path, "a", "write")
    client = make(anonymous="ask")
    assert client.get("/openapi.json").status_code == 200
    assert client.post("/api/search").status_code == 401
    assert client.post("/api/documents").status_code == 401


def test_unreadable_tokens_let_nobody_in(make: Make, tmp_path: Path) -> None:
    client = make()
    assert client.get("/documents").status_code == 200
    (tmp_path / FILE_NAME).write_text("[", encoding="utf-8")
    assert client.get("/documents").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_signing_in_with_a_token(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "小王", "write")
    client = make()
    page = client.get("/documents?lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in?next=/documents%3Flang%3Den"
    assert client.post("/sign-in", data={"token": "wrong"}).status_code == 401
    own = {"Origin": HERE}
    signed = client.post(
        "/sign-in", data={"token": f" {secret} ", "next": "/documents?lang=en"}, headers=own
    )
    assert (signed.status_code, signed.headers["location"]) == (303, "/documents?lang=en")
    cookie = signed.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/"))
    assert "secure" not in cookie
    assert secret not in signed.text + str(signed.headers)
    page = client.get("/documents")
    assert 'class="upload"' in page.text
    assert secret not in page.text
    assert "小王" in client.get("/sign-in").text
    assert client.post("/sign-out", headers=own).status_code == 303
    assert client.get("/documents").status_code == 401


def test_a_session_over_tls_and_below_a_path(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "ask")
    client = make(root_path="/wenju", allowed_hosts=("wiki.example",), base="http://wiki.example")
    own = {"Origin": "https://wiki.example"}
    signed = client.post("/wenju/sign-in", data={"token": secret}, headers=own)
    cookie = signed.headers["set-cookie"].lower()
    assert "secure" in cookie
    assert "path=/wenju" in cookie
    assert signed.headers["location"] == "/wenju/"


@pytest.mark.parametrize(
    "goal", ["https://evil.example", "//evil.example", "/\\evil.example", "/\n/x", "x", "/" * 3000]
)
def test_signing_in_leads_nowhere_else(make: Make, tmp_path: Path, goal: str) -> None:
    secret = add_token(tmp_path, "a", "ask")
    signed = make().post("/sign-in", data={"token": secret, "next": goal})
    assert signed.headers["location"] == "/"


def test_a_cookie_changes_things_from_our_own_pages_alone(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "write")
    client = make()
    signed = client.post("/sign-in", data={"token": secret})
    assert COOKIE in signed.cookies
    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ):
        assert client.delete("/api/documents/x", headers=headers).status_code == 403, headers
    for headers in ({"Origin": HERE}, {"Sec-Fetch-Site": "same-origin"}):
        assert client.delete("/api/documents/x", headers=headers).status_code == 404, headers
    # A page of another site cannot sign its visitor in as somebody else either.
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert make().post("/sign-in", data={"token": secret}, headers=foreign).status_code == 403


def test_a_proxys_user_counts_from_the_proxy_alone(make: Make) -> None:
    chosen = {"user_header": "x-user", "trusted_proxies": ("10.0.0.0/8",)}
    named = {"X-User": "li"}
    through = make(client=("10.1.2.3", 1), **chosen)
    assert through.get("/documents", headers=named).status_code == 200
    assert through.post("/api/documents", headers=named).status_code == 403
    assert through.get("/documents").status_code == 401
    around = make(client=FAR, **chosen)
    assert around.get("/documents", headers=named).status_code == 401
    claimed = {**named, "X-Forwarded-For": "10.1.2.3"}
    assert around.get("/documents", headers=claimed).status_code == 401
    writing = make(client=("10.1.2.3", 1), user_scope="write", **chosen)
    assert writing.post("/api/documents", headers=named).status_code == 503


@pytest.mark.parametrize(
    ("mode", "path", "method", "status"),
    [
        ("read_only", "/documents", "GET", 200),
        ("read_only", "/api/documents", "POST", 403),
        ("read_only", "/api/documents/x", "DELETE", 403),
        ("ask_only", "/documents", "GET", 403),
        ("ask_only", "/api/search", "POST", 403),
        ("ask_only", "/openapi.json", "GET", 200),
        ("ask_only", "/healthz", "GET", 200),
    ],
)
def test_modes(make: Make, mode: str, path: str, method: str, status: int) -> None:
    answer = make(mode=mode).request(method, path)
    assert answer.status_code == status
    if status == 403:
        assert mode.replace("_", "-") in answer.json()["detail"]


def test_a_mode_hides_what_it_forbids(make: Make) -> None:
    full, reading = make(), make(mode="read_only")
    assert 'class="upload"' in full.get("/documents").text
    shown = reading.get("/documents").text
    assert 'class="upload"' not in shown
    assert 'href="/documents"' in shown
    assert 'href="/documents"' not in make(mode="ask_only").get("/read/x").text


@pytest.mark.parametrize(("mode", "shown"), [("full", True), ("ask_only", False)])
def test_a_mode_hides_it_in_the_chat_too(tmp_path: Path, mode: str, shown: bool) -> None:
    engine = SimpleNamespace(settings=Settings(data=tmp_path, mode=mode))
    head = Chat(cast(Engine, engine)).header("zh")
    assert ("/documents" in head) is shown
    assert ("/search" in head) is shown


def test_a_mode_binds_those_with_a_token_too(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "write")
    answer = make(mode="read_only").post("/api/documents", headers=bearer(secret))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("127.9.9.9", 200),
        ("wenju.example", 200),
        ("WENJU.example:443", 200),
        ("wiki.example", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("evil.example:127.0.0.1", 421),
        ("", 421),
        ("localhost@evil.example", 421),
    ],
)
def test_a_server_on_loopback_knows_its_names(make: Make, host: str, status: int) -> None:
    client = make(allowed_hosts=("wenju.example",), allowed_origins=("https://wiki.example",))
    assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_beyond_loopback_any_name_will_do_until_some_are_named(make: Make, tmp_path: Path) -> None:
    add_token(tmp_path, "a", "ask")
    client = make(host="0.0.0.0")
    assert client.get("/healthz", headers={"Host": "any.example"}).status_code == 200
    client = make(host="0.0.0.0", allowed_hosts=("wenju.example",))
    assert client.get("/healthz", headers={"Host": "any.example"}).status_code == 421
    assert client.get("/healthz", headers={"Host": "wenju.example"}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "wenju.example"])
def test_a_network_is_let_in_only_on_purpose(tmp_path: Path, host: str) -> None:
    def chosen(**more: object) -> Settings:
        return Settings(data=tmp_path, host=host, **more)  # type: ignore[arg-type]

    with pytest.raises(SettingsError, match="--insecure"):
        check_start(chosen())
    check_start(chosen(insecure=True))
    check_start(chosen(access="token"))
    check_start(chosen(user_header="x-user", trusted_proxies=("10.0.0.0/8",)))
    with pytest.raises(SettingsError, match="trusted_proxies"):
        check_start(chosen(user_header="x-user"))
    add_token(tmp_path, "a", "ask")
    check_start(chosen())


def test_the_command_says_why_it_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path)]) == 2
    assert "wenju token add" in capsys.readouterr().err


def test_a_network_stays_out_when_the_last_token_goes(make: Make, tmp_path: Path) -> None:
    add_token(tmp_path, "a", "ask")
    client = make(host="0.0.0.0", client=FAR)
    remove_token(tmp_path, "a")
    assert client.get("/documents").status_code == 401


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_what_is_loopback(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_client_is_slowed_down_and_others_are_not(make: Make, tmp_path: Path) -> None:
    first, second = add_token(tmp_path, "a", "ask"), add_token(tmp_path, "b", "ask")
    client = make(rate_limit=3)
    for _ in range(3):
        assert client.post("/api/ask", headers=bearer(first)).status_code != 429
    refused = client.post("/api/ask", headers=bearer(first))
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert client.get("/openapi.json", headers=bearer(first)).status_code == 200
    assert client.post("/api/ask", headers=bearer(second)).status_code != 429


def test_addresses_are_limited_but_not_the_single_user_of_this_machine(make: Make) -> None:
    near = make(rate_limit=2)
    assert {near.post("/api/ask").status_code for _ in range(6)} == {503}
    far = make(rate_limit=2, host="0.0.0.0", insecure=True, client=FAR)
    assert [far.post("/api/ask").status_code for _ in range(3)] == [503, 503, 429]
    # What a client says of itself does not make it another one.
    claimed = {"X-Forwarded-For": "198.51.100.7"}
    assert far.post("/api/ask", headers=claimed).status_code == 429


def test_guessing_tokens_is_slowed_down(make: Make, tmp_path: Path) -> None:
    secret = add_token(tmp_path, "a", "ask")
    client = make(client=FAR)
    seen = [client.get("/config", headers=bearer(f"wenju_{n}")).status_code for n in range(25)]
    assert seen == [401] * 20 + [429] * 5
    assert client.post("/sign-in", data={"token": "x"}).status_code == 429
    assert client.get("/healthz").status_code == 200
    other = make(client=FAR)
    seen = [other.post("/sign-in", data={"token": f"{n}"}).status_code for n in range(25)]
    assert seen == [401] * 20 + [429] * 5
    assert client.get("/openapi.json", headers=bearer(secret)).status_code == 200
    assert make(client=NEAR).get("/openapi.json", headers=bearer(secret)).status_code == 200


def test_a_bucket_fills_steadily() -> None:
    now = 0.0
    rates = Rates(60, lambda: now)
    assert [rates.take("a") for _ in range(60)] == [0.0] * 60
    assert rates.take("a") == pytest.approx(1.0)
    now = 0.5
    assert rates.take("a") == pytest.approx(0.5)
    now = 1.0
    assert rates.take("a") == 0.0
    assert Rates(0).take("a") == 0.0


def test_what_no_rule_names_takes_the_widest_scopes() -> None:
    assert (needed("GET", "/new"), needed("POST", "/new")) == (2, 3)
    assert needed("GET", "/readyzz") == 2
    assert needed("POST", "/api/asked") == 3
