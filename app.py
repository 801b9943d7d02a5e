"""The application: the rooms put together as a server, and as the `wenju` command."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.settings import Settings

__all__ = ["create_app", "main"]


def create_app(settings: "Settings | None" = None) -> "FastAPI":
    """Make the server: pages, interface and chat over one library.

    Args:
        settings: what to serve and how; read from the environment and `wenju.toml` when None.

    Raises:
        WenjuError: the settings or the data directory cannot be used.

    """
    from service.server import make_server
    from service.settings import read_settings

    return make_server(settings or read_settings())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `wenju` command.

    Args:
        arguments: the words after `wenju`; the process's own when None.

    Returns:
        0 done, 1 the documents do not answer, 2 wrong usage or input, 3 failure, 130 interrupted.

    """
    from service.commands import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
