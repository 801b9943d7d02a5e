"""How much is worked on at once: lanes with a few places and a bounded queue; the rest is told 503.

A question takes a thread until it is answered. Without bounds, a crowd would wait for ever and take
every thread from those who only want to read; so whoever cannot be served soon hears it at once.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.limits import is_upload
from service.problems import problem
from service.settings import Settings

_ADDING = 4
"""Documents received and indexed at once."""
_ADDING_QUEUE = 64
_ADDING_SECONDS = 600
_RETRY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """A lane's bounds.

    Attributes:
        places: requests worked on at once.
        queue: requests that may wait.
        queue_seconds: how long one may wait.
        seconds: how long one may be worked on.

    """

    places: int
    queue: int
    queue_seconds: float
    seconds: float


class Lane:
    """Places for requests, given to those who wait in the order they came.

    Args:
        bounds: how many, and for how long.

    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._free = bounds.places
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> bool:
        """Wait for a place; False if there is none in time. Every True wants one `leave`."""
        if self._free:
            self._free -= 1
            return True
        if len(self._waiting) >= self.bounds.queue:
            return False
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait_for(asyncio.shield(place), self.bounds.queue_seconds)
        except TimeoutError:
            return self._given(place)
        except asyncio.CancelledError:
            if self._given(place):
                self.leave()
            raise
        return True

    def _given(self, place: "asyncio.Future[None]") -> bool:
        """Tell whether a place was given after all; if not, wait for it no longer."""
        if place.done():
            return True
        self._waiting.remove(place)
        return False

    def leave(self) -> None:
        """Give the place to whoever has waited longest."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1


class Load:
    """Middleware that lets in as many requests as can be worked on, and answers 503 to the rest.

    Args:
        app: the application.
        settings: the bounds.
        shed: called with "full" or "slow" whenever a request is turned away.

    """

    def __init__(
        self, app: ASGIApp, settings: Settings, shed: Callable[[str], None] = lambda why: None
    ) -> None:
        self._app = app
        self._shed = shed
        asking = Lane(
            Bounds(
                settings.concurrency,
                settings.queue_length,
                settings.queue_seconds,
                settings.request_seconds,
            )
        )
        adding = Lane(Bounds(_ADDING, _ADDING_QUEUE, _ADDING_SECONDS, _ADDING_SECONDS))
        root = settings.root_path
        self._lanes = {
            ("POST", f"{root}/api/ask"): asking,
            ("POST", f"{root}/api/ask/stream"): asking,
            ("POST", f"{root}/api/search"): asking,
            ("GET", f"{root}/search"): asking,
        }
        self._asking, self._adding, self._root = asking, adding, root
        self._work: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when there is a place for it."""
        lane = self._lane(scope)
        if lane is None:
            await self._app(scope, receive, send)
            return
        if lane is self._asking:
            # A body that trickles in must not hold a place meanwhile.
            try:
                receive = await asyncio.wait_for(_whole(receive), lane.bounds.seconds)
            except TimeoutError:
                await problem(408, "The body did not arrive in time.")(scope, receive, send)
                return
        if not await lane.enter():
            await self._turn_away("full", scope, receive, send)
            return
        answer, body = _Answer(send), _Body(receive)
        work = asyncio.create_task(_run(self._app, scope, body.receive, answer.send))
        self._work.add(work)
        work.add_done_callback(lambda task: self._done(task, lane))
        await self._finish(work, body, answer, lane, scope, receive, send)

    async def _finish(
        self,
        work: "asyncio.Task[None]",
        body: "_Body",
        answer: "_Answer",
        lane: Lane,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        try:
            await asyncio.wait({work}, timeout=lane.bounds.seconds)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done():
            work.result()
            return
        answer.stop()
        if not body.ended:
            work.cancel()
        # Else a thread is at work. It cannot be stopped, and keeps its place until it is through.
        if not answer.begun:
            await self._turn_away("slow", scope, receive, send)

    def _lane(self, scope: Scope) -> Lane | None:
        if scope["type"] != "http":
            return None
        method, path = scope["method"], scope["path"]
        if is_upload(method, path, self._root):
            return self._adding
        return self._lanes.get((method, path))

    def _done(self, work: "asyncio.Task[None]", lane: Lane) -> None:
        self._work.discard(work)
        lane.leave()
        if not work.cancelled():
            work.exception()

    async def _turn_away(self, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._shed(why)
        details = {
            "full": "Too many are asking right now; try again in a few seconds.",
            "slow": "This took too long and was given up; try again, or ask for less.",
        }
        headers = {"Retry-After": str(_RETRY_SECONDS)}
        await problem(503, details[why], headers=headers)(scope, receive, send)


class _Body:
    """What an application receives, and whether that was all."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        self.ended = self.ended or not message.get("more_body")
        return message


class _Answer:
    """What an application sends, until it is told to stop."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._stopped = False
        self.begun = False

    async def send(self, message: Message) -> None:
        if not self._stopped:
            self.begun = True
            await self._send(message)

    def stop(self) -> None:
        self._stopped = True


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def _whole(receive: Receive) -> Receive:
    """Read a body to its end, and return what gives it again."""
    messages: deque[Message] = deque()
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body"):
            break

    async def again() -> Message:
        return messages.popleft() if messages else await receive()

    return again
