"""`wenju token`: make, list and remove access tokens."""

import argparse
import json

from corpus.errors import InvalidInput
from service.scopes import SCOPES
from service.settings import Settings
from service.terminal import say, tell
from service.tokens import add_token, read_tokens, remove_token

_GRANTED = [name for name in SCOPES if name != "none"]


def token_arguments(command: argparse.ArgumentParser) -> None:
    """Add the words of `wenju token`."""
    command.add_argument("action", choices=("add", "list", "remove"))
    command.add_argument("name", nargs="?", metavar="NAME", help="whose token; not with list")
    command.add_argument(
        "--scope",
        choices=_GRANTED,
        default="search",
        help="what it is good for, each with what is before it (search)",
    )
    command.add_argument("--json", action="store_true", help="print JSON")


def token(given: argparse.Namespace, settings: Settings) -> int:
    """Make, list or remove access tokens."""
    if given.action == "list":
        _list(settings, given.json)
    elif not given.name:
        raise InvalidInput(f"wenju token {given.action} needs a NAME.")
    elif given.action == "add":
        secret = add_token(settings.data, given.name, given.scope)
        tell("Shown this once; send it as “Authorization: Bearer …”, or sign in with it.")
        made = {"name": given.name, "scope": given.scope, "token": secret}
        say(json.dumps(made, ensure_ascii=False) if given.json else secret)
    else:
        remove_token(settings.data, given.name)
        say(json.dumps({"removed": given.name}) if given.json else f"removed  {given.name}")
    return 0


def _list(settings: Settings, as_json: bool) -> None:
    rows = [
        {"name": each.name, "scope": each.scope, "added_at": each.added_at}
        for each in read_tokens(settings.data)
    ]
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['added_at'][:10]}  {row['scope']:<6}  {row['name']}")
