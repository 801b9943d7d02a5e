"""What values a setting may take, and how each is read from a string or from TOML."""

import ipaddress
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


def _count(value: str | int) -> int:
    if int(value) < 0:
        raise ValueError
    return int(value)


def _header(value: str) -> str:
    if value and not all(char.isascii() and (char.isalnum() or char == "-") for char in value):
        raise ValueError
    return value.lower()


def choice(*names: str) -> "Kind":
    """Return the kind of setting that is one of `names`, in whatever case it is written."""

    def read(value: str) -> str:
        if value.lower() not in names:
            raise ValueError
        return value.lower()

    return Kind("one of " + " ".join(names), read, _of_type(str, read))


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


def read_host(text: str) -> str:
    """Return a host name or address as it stands in a Host header: lower case, without the port.

    Raises:
        ValueError: it is no host.

    """
    if any(char in text for char in "/@?#\\ *") or not text.strip():
        raise ValueError(text)
    bare = text if text.count(":") < 2 or text.startswith("[") else f"[{text}]"
    name = urlsplit(f"//{bare.lower()}").hostname
    if not name:
        raise ValueError(text)
    return name.rstrip(".")


def _hosts(values: Iterable[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError
    return tuple(read_host(value) for value in values)


def _networks(values: Iterable[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError
    return tuple(str(ipaddress.ip_network(value)) for value in values)


def _list_of(article: str, read: Callable[[Iterable[Any]], tuple[str, ...]]) -> "Kind":
    def check(value: Any, folder: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError
        return read(value)

    return Kind(article, lambda value: read(value.replace(",", " ").split()), check)


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
COUNT = Kind("a whole number, 0 or more", _count, _of_type(int, _count))
POSITIVE = Kind("a whole number, 1 or more", _positive, _of_type(int, _positive))
HEADER = Kind("the name of an HTTP header", _header, _of_type(str, _header))
LEVEL = choice(*LOG_LEVELS)
ON_OFF = choice("on", "off")
SUB_PATH = Kind('"" or a path that begins with /', _sub_path, _of_type(str, _sub_path))

ORIGINS = _list_of("a list of origins like https://wiki.example", _origins)
HOSTS = _list_of("a list of host names like wenju.example", _hosts)
NETWORKS = _list_of("a list of addresses or networks like 10.0.0.0/8", _networks)
