"""The commands that look after the store: `backup` and `restore`."""

import argparse
import json

from service.settings import Settings
from service.terminal import say

OK = 0


def backup(given: argparse.Namespace, settings: Settings) -> int:
    """Write a copy of everything to one file, while the server runs if it does."""
    from index.backup import back_up

    documents = back_up(settings.data, given.file)
    _report(given, documents, f"backed up {documents} documents to {given.file}")
    return OK


def restore(given: argparse.Namespace, settings: Settings) -> int:
    """Put a backup in the place of what is there; a running server goes on with it."""
    from index.backup import restore as put_back

    documents = put_back(settings.data, given.file, force=given.force)
    _report(given, documents, f"restored {documents} documents from {given.file}")
    return OK


def _report(given: argparse.Namespace, documents: int, text: str) -> None:
    say(json.dumps({"file": str(given.file), "documents": documents}) if given.json else text)
