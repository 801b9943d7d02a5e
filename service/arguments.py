"""The command line's words: subcommands, their arguments, and a flag for every setting."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from service.settings import TABLE, Setting
from service.token_command import token_arguments

MAX_LIMIT = 100

_EPILOG = (
    "Exit codes: 0 done, 1 the documents do not answer, 2 wrong usage or input, 3 failure. "
    "A setting --x-y can also be given as WENJU_X_Y or as x_y in wenju.toml."
)


def parser(names: Iterable[str], describe: Callable[[str], str]) -> argparse.ArgumentParser:
    """Make the parser for the commands `names`; `describe` gives a line about each."""
    settings = _settings_parser()
    top = argparse.ArgumentParser(
        prog="wenju", description="问据: ask your documents, get the evidence.", epilog=_EPILOG
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        command = commands.add_parser(
            name,
            help=describe(name),
            description=describe(name) + ".",
            epilog=_EPILOG,
            parents=[settings],
            allow_abbrev=False,
        )
        _ARGUMENTS[name](command)
    return top


def flags_of(given: argparse.Namespace) -> dict[str, str]:
    """Return the settings given as flags, by name."""
    return {
        name: value
        for name in TABLE
        if (value := getattr(given, f"setting_{name}", None)) is not None
    }


def _settings_parser() -> argparse.ArgumentParser:
    settings = argparse.ArgumentParser(add_help=False)
    group = settings.add_argument_group("settings")
    group.add_argument("--config", type=Path, metavar="FILE", help="configuration file to read")
    for row in TABLE.values():
        _add_flag(group, row)
    return settings


def _add_flag(group: "argparse._ArgumentGroup", row: Setting) -> None:
    destination = f"setting_{row.name}"
    text = row.help.replace("%", "%%")
    metavar = row.name.upper()
    if not row.kind.is_switch:
        group.add_argument(row.flag, dest=destination, metavar=metavar, help=text)
        return
    off = "--no-" + row.flag.removeprefix("--")
    group.add_argument(row.flag, dest=destination, action="store_const", const="true", help=text)
    group.add_argument(off, dest=destination, action="store_const", const="false", help="or not")


def _limit(text: str) -> int:
    limit = int(text)
    if not 1 <= limit <= MAX_LIMIT:
        raise argparse.ArgumentTypeError(f"must be from 1 to {MAX_LIMIT}")
    return limit


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def _restriction(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--document",
        dest="documents",
        action="append",
        default=[],
        metavar="ID",
        help="look only here; may be repeated",
    )


def _serve(command: argparse.ArgumentParser) -> None:
    pass


def _ask(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", metavar="QUESTION")
    _json(command)
    _restriction(command)


def _search(command: argparse.ArgumentParser) -> None:
    command.add_argument("query", metavar="QUERY")
    command.add_argument("--limit", type=_limit, default=10, metavar="N", help="passages at most")
    _json(command)
    _restriction(command)


def _add(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    _following(command)


def _sync(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="FOLDER")
    _following(command)


def _following(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    command.add_argument("--watch", action="store_true", help="go on until interrupted")
    _json(command)


def _doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repair", action="store_true", help="make anew what can be")
    _json(command)


def _backup(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE")
    _json(command)


def _restore(command: argparse.ArgumentParser) -> None:
    _backup(command)
    command.add_argument("--force", action="store_true", help="replace the documents there are")


def _list(command: argparse.ArgumentParser) -> None:
    _json(command)


def _remove(command: argparse.ArgumentParser) -> None:
    command.add_argument("documents", nargs="+", metavar="ID")
    _json(command)


def _eval(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument(
        "--contexts",
        type=Path,
        metavar="FILE",
        help="ask a SQuAD-format file's questions over this aligned file's contexts",
    )
    command.add_argument(
        "--over",
        nargs="+",
        default=[],
        type=Path,
        metavar="DOCUMENT",
        help="ask of these documents alone, not of the library",
    )
    _json(command)


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "serve": _serve,
    "ask": _ask,
    "search": _search,
    "add": _add,
    "sync": _sync,
    "list": _list,
    "remove": _remove,
    "doctor": _doctor,
    "backup": _backup,
    "restore": _restore,
    "eval": _eval,
    "feedback": _json,
    "token": token_arguments,
}
