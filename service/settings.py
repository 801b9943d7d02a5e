"""Settings: one table, read once from flags, environment, `wenju.toml` and defaults.

A setting `x_y` is the flag `--x-y`, the variable `WENJU_X_Y` and the key `x_y`. A name that is none
of them is an error rather than a silence.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_data_path

from corpus.errors import SettingsError
from service.kinds import (
    COUNT,
    HEADER,
    HOSTS,
    LEVEL,
    LOG_LEVELS,
    NETWORKS,
    ON_OFF,
    ORIGINS,
    PATH,
    PATHS,
    PORT,
    POSITIVE,
    SIZE,
    SUB_PATH,
    SWITCH,
    TEXT,
    Kind,
    choice,
)

CONFIG_FILE = "wenju.toml"
VARIABLE_PREFIX = "WENJU_"


def _about(kind: Kind, text: str) -> dict[str, Any]:
    return {"kind": kind, "help": text}


def _data() -> Path:
    return user_data_path("wenju", appauthor=False)


def _cache() -> Path:
    return user_cache_path("wenju", appauthor=False)


@dataclass(frozen=True)
class Settings:
    """All settings; the fields are the table of their names, defaults, kinds and descriptions."""

    data: Path = field(default_factory=_data, metadata=_about(PATH, "where everything lives"))
    host: str = field(default="127.0.0.1", metadata=_about(TEXT, "address to listen on"))
    port: int = field(default=7860, metadata=_about(PORT, "port to listen on; 0 takes a free one"))
    model: str = field(
        default="multilingual-e5-small",
        metadata=_about(TEXT, "encoder: the bundled one, a folder, or a name on a hub"),
    )
    cache: Path = field(
        default_factory=_cache,
        metadata=_about(PATH, "where the bundled model is unpacked (245 MB)"),
    )
    reader: str = field(
        default="on",
        metadata=_about(ON_OFF, "on or off: judge question and passage together"),
    )
    bundled: bool = field(
        default=True, metadata=_about(SWITCH, "whether a new data directory gets the article")
    )
    vocabulary: tuple[Path, ...] = field(
        default=(), metadata=_about(PATHS, "files of extra words, one a line")
    )
    log_level: str = field(
        default="info", metadata=_about(LEVEL, "what is logged: " + " ".join(LOG_LEVELS))
    )
    max_upload: int = field(
        default=64 * 2**20, metadata=_about(SIZE, "largest document over HTTP, in bytes")
    )
    allowed_origins: tuple[str, ...] = field(
        default=(),
        metadata=_about(ORIGINS, "sites whose pages may ask and frame the chat, such as a wiki"),
    )
    root_path: str = field(
        default="", metadata=_about(SUB_PATH, "path under which a reverse proxy publishes this")
    )
    access: str = field(
        default="auto",
        metadata=_about(choice("auto", "token"), "token: ask for one even if none was made yet"),
    )
    anonymous: str = field(
        default="none",
        metadata=_about(
            choice("none", "ask", "search"), "what may be done without a token where they are used"
        ),
    )
    insecure: bool = field(
        default=False, metadata=_about(SWITCH, "let a whole network in without tokens")
    )
    allowed_hosts: tuple[str, ...] = field(
        default=(), metadata=_about(HOSTS, "names under which this server may be called")
    )
    user_header: str = field(
        default="", metadata=_about(HEADER, "header in which trusted proxies name the user")
    )
    user_scope: str = field(
        default="search",
        metadata=_about(choice("ask", "search", "write"), "what users of that header may do"),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(), metadata=_about(NETWORKS, "addresses whose forwarding headers count")
    )
    mode: str = field(
        default="full",
        metadata=_about(choice("full", "read_only", "ask_only"), "what the server does at all"),
    )
    rate_limit: int = field(
        default=240, metadata=_about(COUNT, "requests a minute and client; 0 for no limit")
    )
    concurrency: int = field(
        default=4, metadata=_about(POSITIVE, "questions and searches worked on at once")
    )
    queue_length: int = field(
        default=16, metadata=_about(COUNT, "how many more may wait; beyond, 503 is answered")
    )
    queue_seconds: int = field(
        default=20, metadata=_about(POSITIVE, "how long one may wait before 503 is answered")
    )
    request_seconds: int = field(
        default=60, metadata=_about(POSITIVE, "how long a question or search may take")
    )
    log_format: str = field(
        default="text", metadata=_about(choice("text", "json"), "how log lines are written")
    )
    log_questions: bool = field(
        default=False, metadata=_about(SWITCH, "write what people ask into the log")
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    name: str
    kind: Kind
    help: str

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return VARIABLE_PREFIX + self.name.upper()


TABLE: dict[str, Setting] = {
    row.name: Setting(row.name, row.metadata["kind"], row.metadata["help"])
    for row in fields(Settings)
}
"""Every setting by its name."""


def read_settings(
    flags: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
    folder: Path | None = None,
) -> Settings:
    """Read the settings: a flag beats a variable, a variable the file, the file the default.

    Args:
        flags: values from the command line by setting name.
        environment: the environment; the process's own when None.
        config: a configuration file; when None, `wenju.toml` in `folder` or else in the data
            directory, and none at all if there is neither.
        folder: the current directory.

    Raises:
        SettingsError: a name is unknown, a value is of the wrong kind, or the file is unreadable.

    """
    environment = os.environ if environment is None else environment
    folder = Path.cwd() if folder is None else folder
    values = _from_environment(environment)
    values.update(_strings(flags or {}, lambda row: row.flag))
    if config is None and environment.get(VARIABLE_PREFIX + "CONFIG"):
        config = Path(environment[VARIABLE_PREFIX + "CONFIG"])
    if config is None:
        data = values.get("data") or Settings().data
        places = (folder / CONFIG_FILE, data / CONFIG_FILE)
        config = next((place for place in places if place.is_file()), None)
    return Settings(**{**(_from_file(config) if config else {}), **values})


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {row.variable: name for name, row in TABLE.items()}
    given: dict[str, str] = {}
    for variable, value in environment.items():
        if not variable.startswith(VARIABLE_PREFIX) or variable == VARIABLE_PREFIX + "CONFIG":
            continue
        if variable not in known:
            raise SettingsError(_unknown("variable", variable, known))
        if value:
            given[known[variable]] = value
    return _strings(given, lambda row: row.variable)


def _strings(given: Mapping[str, str], name: Callable[[Setting], str]) -> dict[str, Any]:
    values = {}
    for key, value in given.items():
        row = TABLE[key]
        try:
            values[key] = row.kind.read(value)
        except ValueError:
            raise SettingsError(f'{name(row)} must be {row.kind.article}, not "{value}".') from None
    return values


def _from_file(path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    values = {}
    for key, value in given.items():
        if key not in TABLE:
            raise SettingsError(f"{path}: {_unknown('key', key, TABLE)}")
        try:
            values[key] = TABLE[key].kind.check(value, path.parent)
        except ValueError:
            raise SettingsError(
                f"{path}: {key} must be {TABLE[key].kind.article}, not {value!r}."
            ) from None
    return values


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"Unknown {what} {name}.{hint} Known: {', '.join(known)}."
