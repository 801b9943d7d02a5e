"""Access tokens: made by `wenju token`, kept in the data directory as hashes, never as secrets."""

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import InvalidInput, StoreError
from service.scopes import SCOPES

FILE_NAME = "tokens.json"
PREFIX = "wenju_"
"""Begins every token, so that scanners for leaked secrets can know one."""
_BYTES = 32
"""Of randomness: too many to try, so a fast hash is enough at rest."""
_NAME = re.compile(r"[\w.@ -]{1,64}")
_LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept.

    Attributes:
        name: what its owner is called in logs and lists.
        scope: "ask", "search" or "write".
        digest: SHA-256 of the secret, in hexadecimal.
        added_at: when, ISO 8601 in UTC.

    """

    name: str
    scope: str
    digest: str
    added_at: str


def add_token(directory: Path, name: str, scope: str) -> str:
    """Make a token, keep its hash, and return its secret, which is known nowhere else.

    Raises:
        InvalidInput: the name is taken or cannot be used.
        StoreError: the file cannot be read or written.

    """
    if not _NAME.fullmatch(name):
        raise InvalidInput("A token's name is 1 to 64 letters, digits, spaces or . @ - _", "name")
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with _changing(directory):
        kept = read_tokens(directory)
        if any(token.name == name for token in kept):
            raise InvalidInput(f"There is a token {name} already; remove it first.", "name")
        _write(directory, [*kept, Token(name, scope, digest_of(secret), now)])
    return secret


def remove_token(directory: Path, name: str) -> None:
    """Remove a token; whoever uses it is refused from now on.

    Raises:
        InvalidInput: there is none of that name.
        StoreError: the file cannot be read or written.

    """
    with _changing(directory):
        kept = read_tokens(directory)
        left = [token for token in kept if token.name != name]
        if len(left) == len(kept):
            raise InvalidInput(f"There is no token {name}.", "name")
        _write(directory, left)


def read_tokens(directory: Path) -> tuple[Token, ...]:
    """Return all tokens, oldest first.

    Raises:
        StoreError: the file cannot be read, or is not what was written.

    """
    path = directory / FILE_NAME
    try:
        tokens = tuple(Token(**row) for row in json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{path} cannot be read ({type(error).__name__}); nobody is let in."
        ) from error
    if any(token.scope not in SCOPES for token in tokens):
        raise StoreError(f"{path} has a scope that is none of {' '.join(SCOPES)}.")
    return tokens


def digest_of(secret: str) -> str:
    """Return the hash under which a secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def find_token(tokens: Iterable[Token], secret: str) -> Token | None:
    """Return the token that `secret` is; every one is compared, each in constant time."""
    digest = digest_of(secret)
    found = None
    for token in tokens:
        if hmac.compare_digest(token.digest, digest):
            found = token
    return found


class TokenFile:
    """The tokens as they are now: read again when the file has changed.

    Args:
        directory: the data directory.

    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / FILE_NAME
        self._stamp: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def tokens(self) -> tuple[Token, ...]:
        """Return all tokens.

        Raises:
            StoreError: the file cannot be read.

        """
        try:
            state = os.stat(self._path)
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"{self._path} cannot be read; nobody is let in.") from error
        if stamp != self._stamp:
            self._tokens, self._stamp = read_tokens(self._directory), stamp
        return self._tokens


@contextmanager
def _changing(directory: Path) -> Iterator[None]:
    """Keep other processes from changing the file meanwhile."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / f"{FILE_NAME}.lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise StoreError(f"Another process is changing {directory / FILE_NAME}.") from error
    except OSError as error:
        raise StoreError(f"{directory} cannot be written: {error.strerror}.") from error


def _write(directory: Path, tokens: Iterable[Token]) -> None:
    """Replace the file in one step; only its owner may read it."""
    body = json.dumps([asdict(token) for token in tokens], ensure_ascii=False, indent=1)
    # mkstemp gives mode 0600.
    file, name = tempfile.mkstemp(prefix=FILE_NAME, dir=directory)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(body + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, directory / FILE_NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
