"""Under load: bounded work, bounded waiting, 503 for the rest, and all well again afterwards."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.load import Load
from service.settings import Settings

Client = httpx.AsyncClient


class Work:
    """A route that takes a thread until it is let go, as a question does."""

    def __init__(self, **settings: int) -> None:
        self.go = threading.Event()
        self.at_once = self.most = 0
        self._counting = threading.Lock()
        self.shed: list[str] = []
        routes = [
            Route("/api/ask", self.ask, methods=["POST"]),
            Route("/api/documents", self.ask, methods=["POST"]),
            Route("/api/documents/{document}", self.ask, methods=["PUT"]),
            Route("/healthz", lambda request: PlainTextResponse("ok")),
        ]
        chosen = Settings(**settings)  # type: ignore[arg-type]
        self.app = Load(Starlette(routes=routes), chosen, self.shed.append)

    async def ask(self, request: Request) -> Response:
        body = await request.body()
        await run_in_threadpool(self._work)
        return PlainTextResponse(body)

    def _work(self) -> None:
        with self._counting:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.go.wait(20)
        with self._counting:
            self.at_once -= 1

    def run(self, talk: Callable[[Client], Awaitable[None]]) -> None:
        async def main() -> None:
            transport = httpx.ASGITransport(self.app)
            async with Client(transport=transport, base_url="http://test") as client:
                try:
                    await talk(client)
                finally:
                    self.go.set()

        asyncio.run(main())


async def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in five seconds")


def test_who_finds_no_room_hears_it_at_once_and_the_rest_is_answered() -> None:
    work = Work(concurrency=2, queue_length=3)

    async def talk(client: Client) -> None:
        asked = [
            asyncio.create_task(client.post("/api/ask", content=f"{n}".encode())) for n in range(9)
        ]
        await until(lambda: sum(task.done() for task in asked) == 4)
        turned_away = [task.result() for task in asked if task.done()]
        assert {answer.status_code for answer in turned_away} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in turned_away)
        assert (await client.get("/healthz")).text == "ok"
        work.go.set()
        answers = [await task for task in asked]
        assert sorted(a.text for a in answers if a.status_code == 200) == list("01234")
        again = await asyncio.gather(*(client.post("/api/ask") for _ in range(5)))
        assert {answer.status_code for answer in again} == {200}

    work.run(talk)
    assert work.most == 2
    assert work.shed == ["full"] * 4


def test_documents_that_come_and_that_replace_others_share_their_places() -> None:
    work = Work(queue_length=0)
    ways = [("POST", "/api/documents"), ("PUT", "/api/documents/one")] * 4

    async def talk(client: Client) -> None:
        adding = [asyncio.create_task(client.request(*way)) for way in ways]
        await until(lambda: work.at_once == 4)
        await asyncio.sleep(0.1)
        work.go.set()
        assert {(await task).status_code for task in adding} == {200}

    work.run(talk)
    assert work.most == 4
    assert work.shed == []


def test_waiting_has_an_end() -> None:
    work = Work(concurrency=1, queue_length=5, queue_seconds=1)

    async def talk(client: Client) -> None:
        first = asyncio.create_task(client.post("/api/ask"))
        await until(lambda: work.at_once == 1)
        began = time.monotonic()
        assert (await client.post("/api/ask")).status_code == 503
        assert 0.9 < time.monotonic() - began < 5
        work.go.set()
        assert (await first).status_code == 200
        assert (await client.post("/api/ask")).status_code == 200

    work.run(talk)


def test_what_takes_too_long_is_given_up_but_keeps_its_place_until_it_ends() -> None:
    work = Work(concurrency=1, queue_length=0, request_seconds=1)

    async def talk(client: Client) -> None:
        slow = await client.post("/api/ask")
        assert slow.status_code == 503
        assert "too long" in json.loads(slow.text)["detail"]
        assert (await client.post("/api/ask")).status_code == 503
        work.go.set()
        await until(lambda: work.at_once == 0)
        await asyncio.sleep(0.05)
        assert (await client.post("/api/ask")).status_code == 200

    work.run(talk)
    assert work.shed == ["slow", "full"]


def test_a_body_that_trickles_in_holds_no_place() -> None:
    work = Work(concurrency=1, queue_length=0, request_seconds=1)
    work.go.set()

    async def trickle() -> None:
        scope = {"type": "http", "method": "POST", "path": "/api/ask", "headers": []}
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            await asyncio.sleep(0.2)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await work.app(scope, receive, send)  # type: ignore[arg-type]
        assert sent[0]["status"] == 408

    async def talk(client: Client) -> None:
        slow = asyncio.create_task(trickle())
        await asyncio.sleep(0.3)
        assert (await client.post("/api/ask", content=b"x")).text == "x"
        await slow

    work.run(talk)
    assert work.shed == []
