"""The `wenju` command: what each subcommand does."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from corpus.errors import WenjuError
from service.adding import add, sync
from service.arguments import flags_of, parser
from service.feedback import kept
from service.scoring import evaluate
from service.settings import Settings, read_settings
from service.terminal import answer_lines, bar, decoded, hit_lines, log_to_stderr, say, tell
from service.token_command import token
from service.upkeep import backup, doctor, restore

if TYPE_CHECKING:
    from service.assembly import Parts

OK, NOT_ANSWERED, USAGE, FAILURE = 0, 1, 2, 3

KEEP_ALIVE = 75
"""Seconds for which an idle connection stays open: longer than clients and proxies (nginx: 60) keep
theirs, so that it is they who close it, and no request meets a connection that is just closed."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Answers are Chinese whatever the terminal's locale pretends.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    try:
        given = parser(COMMANDS, _describe).parse_args(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        settings = read_settings(flags_of(given), config=given.config)
        log_to_stderr(settings.log_level if given.command == "serve" else "warning")
        if settings.log_format == "json":
            from service.logs import log_as_json

            log_as_json()
        return COMMANDS[given.command](given, settings)
    except WenjuError as error:
        return _complain(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever was reading has seen enough.
        sys.stdout = None
        return OK


def serve(given: argparse.Namespace, settings: Settings) -> int:
    """Run the server until it is told to stop."""
    import uvicorn

    from service.server import make_server

    config = uvicorn.Config(
        make_server(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        return OK
    except SystemExit:
        return FAILURE
    return OK if server.started else FAILURE


def ask(given: argparse.Namespace, settings: Settings) -> int:
    """Answer one question."""
    from service.questions import clean_question

    question = clean_question(decoded(given.question))
    parts = _seeded(settings)
    from qa.ask import ask as answer_question
    from service.wire import answer_json

    with parts.library.view() as view:
        began = time.perf_counter()
        answer = answer_question(view, question, (), given.documents, reader=parts.reader)
        elapsed = round((time.perf_counter() - began) * 1000, 1)
    if given.json:
        say(answer_json(answer, elapsed).model_dump_json(indent=2))
    else:
        say("\n".join(answer_lines(answer)))
    return OK if answer.answerable else NOT_ANSWERED


def search(given: argparse.Namespace, settings: Settings) -> int:
    """Find passages."""
    from service.questions import clean_question

    query = clean_question(decoded(given.query), "query")
    parts = _seeded(settings)
    from qa.search import search as find
    from service.wire import hits_json

    with parts.library.view() as view:
        began = time.perf_counter()
        hits = find(view, query, given.limit, given.documents)
        elapsed = round((time.perf_counter() - began) * 1000, 1)
    if given.json:
        say(hits_json(hits, elapsed).model_dump_json(indent=2))
        return OK
    for line in hit_lines(hits):
        say(line)
    return OK


def list_documents(given: argparse.Namespace, settings: Settings) -> int:
    """List the documents."""
    parts = _seeded(settings)
    from service.wire import entry_json

    with parts.library.view() as view:
        entries = view.entries()
    if given.json:
        shaped = [entry_json(entry).model_dump() for entry in entries]
        say(json.dumps(shaped, ensure_ascii=False, indent=2))
        return OK
    for entry in entries:
        say(f"{entry.id}  {entry.added_at[:10]}  {entry.characters:>9,}  {entry.title}")
    return OK


def remove(given: argparse.Namespace, settings: Settings) -> int:
    """Remove documents."""
    from service.assembly import assemble

    library = assemble(settings).library
    code = OK
    for document in given.documents:
        try:
            library.remove(document)
        except WenjuError as error:
            code = max(code, _complain(error))
        else:
            say(json.dumps({"removed": document}) if given.json else f"removed  {document}")
    return code


def feedback(given: argparse.Namespace, settings: Settings) -> int:
    """Show what readers thought of answers."""
    verdicts = list(kept(settings.data))
    if given.json:
        say(json.dumps([asdict(each) for each in verdicts], ensure_ascii=False, indent=2))
        return OK
    for each in verdicts:
        comment = f"  ({each.comment})" if each.comment else ""
        say(f"{each.at}  {each.verdict:<4}  {each.question}{comment}")
    return OK


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "serve": serve,
    "ask": ask,
    "search": search,
    "add": add,
    "sync": sync,
    "list": list_documents,
    "remove": remove,
    "doctor": doctor,
    "backup": backup,
    "restore": restore,
    "eval": evaluate,
    "feedback": feedback,
    "token": token,
}
"""Every subcommand by its name."""


def _describe(name: str) -> str:
    return (COMMANDS[name].__doc__ or "").split("\n")[0].rstrip(".")


def _complain(error: WenjuError) -> int:
    from service.problems import exit_code

    tell(f"wenju: {error}")
    return exit_code(error)


def _seeded(settings: Settings) -> "Parts":
    from service.assembly import assemble, seed

    parts = assemble(settings)
    with bar("bundled article") as progress:
        seed(parts, settings, progress)
    return parts
