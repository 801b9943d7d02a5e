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
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path

from corpus.errors import SettingsError

CONFIG_FILE = "wenju.toml"
VARIABLE_PREFIX = "WENJU_"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
"""What an address leaves out, by scheme."""
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Kind:
    """What values a setting takes.

    Attributes:
        article: the kind in words, for messages.
        read: turns a string into the value; raises ValueError.
        check: turns a TOML value, with the folder relative paths start from, into the value;
            raises ValueError.
        is_switch: whether its flag can stand without a value.

    """

    article: str
    read: Callable[[str], Any]
    check: Callable[[Any, Path], Any]
    is_switch: bool = False


def _of_type(kind: type, convert: Callable[[Any], Any]) -> Callable[[Any, Path], Any]:
    def check(value: Any, folder: Path) -> Any:
        if type(value) is not kind:
            raise ValueError
        return convert(value)

    return check


def _path(value: Any, folder: Path) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError
    return folder / Path(value).expanduser()


def _paths(value: Any, folder: Path) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise ValueError
    return tuple(_path(item, folder) for item in value)


def _switch(value: str) -> bool:
    switches = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in switches:
        raise ValueError
    return switches[value.lower()]


def _port(value: str | int) -> int:
    if not 0 <= int(value) <= 65535:
        raise ValueError
    return int(value)


def _positive(value: str | int) -> int:
    if int(value) < 1:
        raise ValueError
    return int(value)


def _level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError
    return value.lower()


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


def _on_off(value: str) -> str:
    if value.lower() not in ("on", "off"):
        raise ValueError
    return value.lower()


def _sub_path(value: str) -> str:
    trimmed = value.rstrip("/")
    if trimmed and (not trimmed.startswith("/") or any(char in trimmed for char in "?#\\\"'<> ")):
        raise ValueError
    return trimmed


def read_origin(text: str) -> str:
    """Return an origin in its one spelling: scheme and host in lower case, no default port.

    Raises:
        ValueError: it is not `scheme://host` or `scheme://host:port`.

    """
    parts = urlsplit(text.strip().lower().rstrip("/"))
    bare = parts.path or parts.query or parts.fragment or "@" in parts.netloc or "*" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or bare:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc.removesuffix(DEFAULT_PORTS[parts.scheme])}"


def _origins(values: Iterable[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError
    return tuple(read_origin(value) for value in values)


def _origin_list(value: Any, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    return _origins(value)


def _from_string(value: str) -> Path:
    return _path(value, Path())


def _from_list(value: str) -> tuple[Path, ...]:
    return tuple(_from_string(part) for part in value.split(os.pathsep) if part)


PATH = Kind("a path", _from_string, _path)
PATHS = Kind("a list of paths", _from_list, _paths)
TEXT = Kind("some text", _filled, _of_type(str, _filled))
SWITCH = Kind("true or false", _switch, _of_type(bool, bool), is_switch=True)
PORT = Kind("a port number from 0 to 65535", _port, _of_type(int, _port))
SIZE = Kind("a number of bytes, 1 or more", _positive, _of_type(int, _positive))
LEVEL = Kind("one of " + " ".join(LOG_LEVELS), _level, _of_type(str, _level))
ON_OFF = Kind("on or off", _on_off, _of_type(str, _on_off))
SUB_PATH = Kind('"" or a path that begins with /', _sub_path, _of_type(str, _sub_path))

ORIGINS = Kind(
    "a list of origins like https://wiki.example",
    lambda value: _origins(value.replace(",", " ").split()),
    _origin_list,
)


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
