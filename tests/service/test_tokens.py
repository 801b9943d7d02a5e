"""Tokens at rest: made once, kept as hashes, removed at once."""

import json
import os
import stat
from pathlib import Path

import pytest

from app import main
from corpus.errors import InvalidInput, StoreError
from service.sessions import Sessions
from service.tokens import (
    FILE_NAME,
    TokenFile,
    add_token,
    digest_of,
    find_token,
    read_tokens,
    remove_token,
)


def test_a_secret_is_shown_once_and_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--data", str(tmp_path / "data")]
    assert main(["token", "add", "小王", "--scope", "write", *folder]) == 0
    secret = capsys.readouterr().out.strip()
    assert len(secret) > 40
    kept = (tmp_path / "data" / FILE_NAME).read_text(encoding="utf-8")
    assert secret not in kept
    assert digest_of(secret) in kept
    assert main(["token", "list", "--json", *folder]) == 0
    listed = capsys.readouterr().out
    assert [(row["name"], row["scope"]) for row in json.loads(listed)] == [("小王", "write")]
    assert secret not in listed
    assert digest_of(secret) not in listed
    assert main(["token", "add", "小王", *folder]) == 2
    assert main(["token", "remove", "小王", *folder]) == 0
    assert main(["token", "remove", "小王", *folder]) == 2
    assert main(["token", "add", *folder]) == 2
    assert read_tokens(tmp_path / "data") == ()


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        add_token(tmp_path, "a", "ask")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    leftovers = [path.name for path in tmp_path.iterdir()]
    assert sorted(leftovers) == [FILE_NAME, f"{FILE_NAME}.lock"]


@pytest.mark.parametrize("name", ["", " " * 65, "a\nb", "a/b", "<b>", "x" * 65])
def test_names_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        add_token(tmp_path, name, "ask")


def test_the_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    tokens = TokenFile(tmp_path)
    assert tokens.tokens() == ()
    first, second = add_token(tmp_path, "a", "ask"), add_token(tmp_path, "b", "write")
    assert [find_token(tokens.tokens(), each).name for each in (first, second)] == ["a", "b"]
    for wrong in ("", "a", first[:-1], first + "x", digest_of(first), "\udcff"):
        assert find_token(tokens.tokens(), wrong) is None
    remove_token(tmp_path, "a")
    assert find_token(tokens.tokens(), first) is None
    assert find_token(tokens.tokens(), second).scope == "write"


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "x"}]', "\x00"])
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=FILE_NAME):
        TokenFile(tmp_path).tokens()
    with pytest.raises(StoreError):
        add_token(tmp_path, "x", "write")


def test_a_session_ends_with_its_token_and_cannot_be_forged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_token(tmp_path, "a", "ask")
    add_token(tmp_path, "b", "write")
    small, large = read_tokens(tmp_path)
    sessions = Sessions()
    value = sessions.make(small)
    assert sessions.read(value, (small, large)) == small
    assert sessions.read(value, (large,)) is None
    assert Sessions().read(value, (small, large)) is None
    other = sessions.make(large)
    mixed = other.split(".")[0] + "." + value.split(".")[1]
    for forged in ("", ".", "x.y", value[:-1], value + "0", mixed, "é" + value, value + "é"):
        assert sessions.read(forged, (small, large)) is None
    monkeypatch.setattr("time.time", lambda: 9e9)
    assert sessions.read(value, (small, large)) is None
