"""Migrations: from nothing to the newest tables, once."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from index.schema import MIGRATIONS, migrate


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        yield made


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row[0] for row in rows if not row[0].startswith("sqlite_")}


def test_a_new_database_gets_all_tables(connection: sqlite3.Connection) -> None:
    migrate(connection)
    assert version(connection) == len(MIGRATIONS)
    assert tables(connection) == {"meta", "documents", "sections", "passages", "sentences"} | {
        "origins",
        "replacements",
        "seals",
    }


def test_a_second_time_changes_nothing(connection: sqlite3.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO meta VALUES ('a', 'b')")
    migrate(connection)
    assert connection.execute("SELECT * FROM meta").fetchall() == [("a", "b")]


def test_a_step_that_fails_leaves_the_steps_before_it(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "CREATE TABLE more (a); CREATE TABLE more (a);"
    monkeypatch.setattr("index.schema.MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert not connection.in_transaction
    assert version(connection) == len(MIGRATIONS)
    assert "more" not in tables(connection)


def test_several_at_once(tmp_path: Path) -> None:
    together = Barrier(6)

    def run(_: int) -> int:
        path = tmp_path / "new.sqlite"
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            together.wait()
            migrate(connection)
            return version(connection)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(6))) == [len(MIGRATIONS)] * 6
