"""Everything a request passes before it reaches a route, in order."""

import logging
from collections.abc import Callable

from fastapi import FastAPI

from qa.answer import Answer
from service.access import Access
from service.assembly import Engine
from service.callers import Callers, Forwarded
from service.hosts import Hosts, is_loopback
from service.limits import MAX_JSON, UPLOAD_SPARE, BodyLimit, is_upload
from service.load import Load
from service.logs import Logged, log_question
from service.metrics import Measured, Metrics
from service.origins import Origins
from service.prefix import Prefix
from service.sessions import Sessions
from service.settings import Settings
from service.tokens import TokenFile


def guard(app: FastAPI, engine: Engine) -> None:
    """Put the guards before `app`."""
    settings = engine.settings
    app.state.tokens = TokenFile(settings.data)
    app.state.sessions = Sessions()
    asked = settings.access == "token" or not (is_loopback(settings.host) or settings.insecure)
    callers = Callers(settings, app.state.tokens, app.state.sessions, always=asked)
    metrics = app.state.metrics = Metrics(engine.library)
    engine.answered = _answered(metrics, settings.log_questions)
    # The last one added is the first one passed.
    app.add_middleware(Load, settings=settings, shed=lambda why: metrics.shed.labels(why).inc())
    app.add_middleware(BodyLimit, limit_for=lambda method, path: _limit(method, path, settings))
    app.add_middleware(Access, settings=settings, callers=callers, limited=metrics.limited.inc)
    app.add_middleware(Origins, allowed=settings.allowed_origins, root_path=settings.root_path)
    app.add_middleware(Hosts, settings=settings)
    app.add_middleware(Measured, metrics=metrics)
    level = logging.INFO if settings.log_format == "json" else logging.DEBUG
    app.add_middleware(Logged, level=level)
    app.add_middleware(Forwarded, trusted=settings.trusted_proxies)
    if settings.root_path:
        app.add_middleware(Prefix, root_path=settings.root_path)


def _answered(metrics: Metrics, log_questions: bool) -> Callable[[str, Answer], None]:
    def note(question: str, answer: Answer) -> None:
        outcome = answer.reason.value if answer.reason else "answered"
        metrics.answers.labels(outcome).inc()
        if log_questions:
            log_question(question, outcome)

    return note


def _limit(method: str, path: str, settings: Settings) -> int:
    adds = is_upload(method, path, settings.root_path)
    return settings.max_upload + UPLOAD_SPARE if adds else MAX_JSON
