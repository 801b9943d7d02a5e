"""The commands that look after the store: `doctor`, `backup` and `restore`."""

import argparse
import json
from dataclasses import asdict

from service.settings import Settings
from service.terminal import say, tell

OK, FAILURE = 0, 3


def doctor(given: argparse.Namespace, settings: Settings) -> int:
    """Examine the store; with --repair make anew what can be made from the documents' texts."""
    from index.doctor import drop_index, examine

    faults = examine(settings.data)
    if given.repair and [fault.kind for fault in faults] == ["index"]:
        drop_index(settings.data)
        faults = examine(settings.data)
        tell("The index is made anew at the next question; restart a running server.")
    hopeless = {fault.document for fault in faults if not fault.mendable}
    mended = sorted({fault.document for fault in faults if fault.mendable} - hopeless)
    # Rows must be where the tables say before anything is written.
    if given.repair and mended and "" not in hopeless:
        from service.assembly import assemble

        library = assemble(settings).library
        for document in mended:
            library.mend(document)
        faults = examine(settings.data)
        tell(f"Made anew: {', '.join(mended)}.")
    if given.json:
        say(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            say(f"{fault.kind:<10}  {fault.detail}")
        say("sound" if not faults else f"{len(faults)} faults")
    return FAILURE if faults else OK


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
