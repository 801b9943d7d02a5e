"""Full and read-only disks, cut and flipped bytes: an error that says so, never another text."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import WenjuError
from index import store
from index.library import INDEX_FILE
from index.store import FILE_NAME
from tests.index.samples import CHIPS, COOKING, Open, ask, rank

ROOT = Path(store.__file__).parents[1]
DOCUMENTS = {document.id: document for document in (CHIPS, COOKING)}
FULL = """
import sys
from contextlib import closing
from pathlib import Path
from corpus.errors import StoreError
from index.store import Store, set_meta, get_meta

def write(value):
    try:
        with store.writing() as connection:
            set_meta(connection, "value", value)
    except StoreError as error:
        print(error)

def read():
    again = Store(Path(sys.argv[1]))
    with again.reading() as connection:
        print(len(get_meta(connection, "value")))
    again.close()

import subprocess
store = Store(Path(sys.argv[1]))
write("a" * 1000)
write("b" * 3_000_000)
read()
subprocess.run(["mount", "-o", "remount,size=32m", sys.argv[1]], check=True)
write("c" * 3_000_000)
read()
"""
READ_ONLY = """
import sys
from contextlib import closing
from pathlib import Path
from corpus.errors import StoreError
from index.store import Store

try:
    made = Store(Path(sys.argv[1]))
    with made.writing():
        pass
except StoreError as error:
    print(error)
"""


def can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0


mounting = pytest.mark.skipif(not can_mount(), reason="needs the right to mount in a namespace")


def inside(mount: str, code: str, directory: Path) -> list[str]:
    """Run Python code where `mount` was done, and return the lines it prints."""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-ec", f'{mount}; exec "$0" -c "$1" "$D"', sys.executable, code],
        cwd=ROOT,
        env={**os.environ, "D": str(directory)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


@mounting
def test_a_full_disk_keeps_what_was_committed(tmp_path: Path) -> None:
    lines = inside('mount -t tmpfs -o size=1m tmpfs "$D"', FULL, tmp_path)
    assert lines == [
        f"The disk that holds {tmp_path} is full. Nothing of this change was kept.",
        "1000",
        "3000000",
    ]


@mounting
@pytest.mark.parametrize("filled", [False, True])
def test_a_read_only_directory_is_named(tmp_path: Path, filled: bool) -> None:
    if filled:
        store.Store(tmp_path).close()
    mount = 'mount --bind "$D" "$D"; mount -o remount,ro,bind "$D"'
    lines = inside(mount, READ_ONLY, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(f"{tmp_path} cannot be written.")


@pytest.fixture
def content(open_library: Open, directory: Path) -> bytes:
    """A sound store's file, everything in it and no log beside it."""
    library = open_library()
    library.add_all(list(DOCUMENTS.values()))
    rank(library, "芯片")
    ask(directory, "PRAGMA wal_checkpoint(TRUNCATE)")
    library._store.close()
    return (directory / FILE_NAME).read_bytes()


def served(open_library: Open) -> bool:
    """Whether the library opens; then all that it shows must be what was added."""
    try:
        library = open_library()
        with library.view() as view:
            for entry in view.entries():
                assert view.document(entry.id) == DOCUMENTS[entry.id]
            assert len(view.entries()) == len(DOCUMENTS)
            found = view.rank(view.encoder.encode_queries(["芯片"])[0], ["芯片"], 9)
            for hit in view.hits(found):
                assert hit.text == DOCUMENTS[hit.document].text[hit.start : hit.end]
            for sentence in view.sentences([each.passage for each in found]):
                text = DOCUMENTS[sentence.document].text
                assert sentence.text == text[sentence.start : sentence.end]
    except WenjuError:
        return False
    finally:
        if "library" in locals():
            library._store.close()
    return True


def put(directory: Path, content: bytes) -> None:
    for left in directory.glob(f"{FILE_NAME}-*"):
        left.unlink()
    (directory / FILE_NAME).write_bytes(content)


def test_flipped_bits_are_never_served(content: bytes, directory: Path, open_library: Open) -> None:
    dice = random.Random(20260)
    refused = 0
    for _ in range(60):
        place = dice.randrange(len(content))
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << dice.randrange(8)
        put(directory, bytes(spoilt))
        refused += not served(open_library)
    put(directory, content)
    assert served(open_library)
    assert refused


def test_a_letter_changed_in_a_value_is_refused(
    content: bytes, directory: Path, open_library: Open
) -> None:
    place = content.index("旗舰".encode())
    put(directory, content[:place] + "将".encode() + content[place + 3 :])
    with pytest.raises(WenjuError, match=r"is damaged \(documents .*Run wenju doctor --repair"):
        rank(open_library(), "芯片")


@pytest.mark.parametrize(
    ("key", "value"), [("dimension", "385"), ("stamp", "1x"), ("generation", "-")]
)
def test_a_spoilt_number_is_named(
    content: bytes, directory: Path, open_library: Open, key: str, value: str
) -> None:
    put(directory, content)
    (directory / INDEX_FILE).unlink()
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
        connection.commit()
    with pytest.raises(WenjuError, match="is damaged"):
        rank(open_library(), "芯片")


def test_cut_files_are_never_served(content: bytes, directory: Path, open_library: Open) -> None:
    dice = random.Random(20261)
    for _ in range(20):
        put(directory, content[: dice.randrange(1, len(content))])
        assert not served(open_library)


def test_a_spoilt_index_changes_nothing(
    content: bytes, directory: Path, open_library: Open
) -> None:
    expected = rank(open_library(), "旗舰芯片")
    path = directory / INDEX_FILE
    sound = path.read_bytes()
    dice = random.Random(20262)
    for number in range(40):
        place = dice.randrange(len(sound))
        flipped = sound[:place] + bytes([sound[place] ^ 1 << number % 8]) + sound[place + 1 :]
        path.write_bytes(sound[:place] if number % 2 else flipped)
        assert rank(open_library(), "旗舰芯片") == expected
        assert path.read_bytes() == sound
