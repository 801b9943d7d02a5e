"""Who may do what: three scopes, each with all that is below it, and what every path asks for."""

from dataclasses import dataclass
from typing import Final

NONE, ASK, SEARCH, WRITE = 0, 1, 2, 3
SCOPES: Final = {"none": NONE, "ask": ASK, "search": SEARCH, "write": WRITE}
"""Scopes by name. ask: put questions and read what they cite; search: also search and list;
write: also add, rename and remove documents."""
NAMES: Final = {level: name for name, level in SCOPES.items()}
MODES: Final = {"full": WRITE, "read_only": SEARCH, "ask_only": ASK}
"""The widest scope that a server in each mode grants to anyone."""
HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one path asks for.

    Attributes:
        path: the path; one that ends with a slash stands for all below it.
        reads: scope that reading it takes.
        changes: scope that any other method takes.
        always: whether it is there in every mode.

    """

    path: str
    reads: int
    changes: int
    always: bool = False


RULES: Final = (
    Rule("/healthz", NONE, NONE),
    Rule("/readyz", NONE, NONE),
    Rule("/sign-in", NONE, NONE),
    Rule("/sign-out", NONE, NONE),
    Rule("/ui/", NONE, NONE),
    Rule("/widget.js", NONE, NONE),
    Rule("/favicon.ico", NONE, NONE),
    Rule("/robots.txt", NONE, NONE),
    Rule("/", ASK, ASK),
    Rule("/config", ASK, ASK),
    Rule("/theme.css", ASK, ASK),
    Rule("/manifest.json", ASK, ASK),
    Rule("/assets/", ASK, ASK),
    Rule("/gradio_api/", ASK, ASK),
    Rule("/embed", ASK, ASK),
    Rule("/read/", ASK, WRITE),
    Rule("/openapi.json", ASK, ASK),
    Rule("/api/ask", ASK, ASK),
    Rule("/api/ask/stream", ASK, ASK),
    Rule("/api/feedback", ASK, ASK),
    Rule("/api/search", SEARCH, SEARCH),
    Rule("/metrics", SEARCH, WRITE, always=True),
)
"""The first that fits counts."""
_OTHERWISE: Final = Rule("", SEARCH, WRITE)
"""What no rule names lists or changes documents, or will."""


def rule_for(path: str) -> Rule:
    """Return the rule for a path below the published one."""
    asked = path or "/"
    return next((rule for rule in RULES if _fits(rule.path, asked)), _OTHERWISE)


def _fits(pattern: str, path: str) -> bool:
    return path == pattern or (len(pattern) > 1 and pattern[-1] == "/" and path.startswith(pattern))


def needed(method: str, path: str) -> int:
    """Return the scope that a request takes."""
    rule = rule_for(path)
    return rule.reads if method in HARMLESS else rule.changes
