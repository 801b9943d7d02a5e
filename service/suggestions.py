"""Questions to begin with: written ones for the bundled article, else made from headings."""

import re

from index.view import View
from service.words import WORDS

_NUMBERING = re.compile(
    r"^(?:第?[\d一二三四五六七八九十]+[章节、.．]?\s+|\d+(?:\.\d+)*[、.．]?\s*)"
)
_SUBJECT = re.compile(r"^([^：:（(]{2,12})[：:（(]")
_LONGEST = 24


WRITTEN: dict[str, dict[str, tuple[str, ...]]] = {
    "edge_ai.md": {
        "zh": (
            "全志科技2025年归母净利润预告是多少？",
            "AI眼镜的SoC方案有哪几种？",
            "瑞芯微的营收预计是多少？",
        ),
        "en": (
            "What revenue does Rockchip expect for 2025?",
            "Which SoC schemes do AI glasses use?",
            "How did Espressif lower the barrier to AI development?",
        ),
    }
}
"""Questions about the bundled articles, by file name and language."""


def suggest(view: View, language: str, limit: int) -> list[str]:
    """Return up to `limit` questions about what the documents' headings name."""
    entries = view.entries()
    if written := [text for entry in entries for text in _written(entry.source, language)]:
        return written[:limit]
    topics: list[str] = []
    for entry in entries:
        for section in view.sections(entry.id):
            if section.level > 1 and (topic := _topic(section.path[-1])) and topic not in topics:
                topics.append(topic)
    step = max(1, len(topics) // limit)
    chosen = topics[::step][:limit]
    return [WORDS[language]["example_heading"].format(heading=topic) for topic in chosen]


def _written(source: str, language: str) -> tuple[str, ...]:
    return WRITTEN.get(source, {}).get(language, ())


def _topic(heading: str) -> str:
    bare = _NUMBERING.sub("", heading).strip()
    subject = _SUBJECT.match(bare)
    topic = subject[1] if subject else bare
    return topic if 2 <= len(topic) <= _LONGEST else ""
