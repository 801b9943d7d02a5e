"""Questions to begin with: written ones for the bundled article, else made from headings."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from corpus.document import Section
from corpus.errors import DocumentNotFound
from index.view import View
from qa.answer import Answer
from service.words import WORDS

_NUMBERING = re.compile(
    r"^(?:第[\d一二三四五六七八九十]+[章节条]\s*|\d+(?:\.\d+)*[、.．]?\s+|[\d一二三四五六七八九十]+[、.．]\s*)"
)
_SUBJECT = re.compile(r"^([^：:（(]{2,12})([：:（(])")
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


_ASKED = re.compile(r"[？?]$")
_SEVERAL = re.compile(r"[与和、及]")
_WORDING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"流程|步骤|手续|程序$"), "{heading}是怎样的？"),
    (re.compile(r"限额|金额|补贴|天数|费用|价格|时限|期限|工时"), "{heading}是多少？"),
    (re.compile(r"时间$"), "{heading}是什么时候？"),
    (re.compile(r"(?:原因|目的|意义|定义|范围|条件|要求|标准)$"), "{heading}是什么？"),
    (
        re.compile(r"(?:方案|种类|类型|职责|功能|特点|优势|客户|产品)$"),
        "{heading}有哪些？",
    ),
    (re.compile(r"假期?$"), "{heading}有几天？"),
)
"""How one asks about what a heading names, by the heading's last words; first come, first asked."""


def suggest(view: View, language: str, limit: int) -> list[str]:
    """Return up to `limit` questions about what the documents' headings name.

    Every document has its turn, the newest first; headings that say how to ask come before those
    that one can only ask about.
    """
    turns: list[list[str]] = []
    for entry in reversed(view.entries()):
        written = _written(entry.source, language)
        turns.append([*written] or _questions(view, entry.id, language))
    questions = [each for turn in zip_longest(*turns) for each in turn if each]
    return list(dict.fromkeys(questions))[:limit]


def follow(view: View, answer: Answer, language: str, limit: int) -> list[str]:
    """Return up to `limit` questions that may follow an answer.

    The same question about another subject of the document, then what the next sections are about.
    """
    if not answer.citations:
        return []
    cited = answer.citations[0]
    try:
        sections = view.sections(cited.document)
        text = view.document(cited.document).text
    except DocumentNotFound:
        return []
    here = next((s for s in sections if s.start <= cited.start < s.end), None)
    said = text[here.start : here.end] if here else ""
    same = _other_subjects(answer.question_used, sections, said)
    after = [s for s in sections if s.start > cited.start and s.level > 1]
    onward = [_worded(topic, language) for s in after if (topic := _topic(s.path[-1]))]
    return list(dict.fromkeys([*same[: limit - 1], *onward]))[:limit]


def _other_subjects(question: str, sections: Sequence[Section], said: str) -> list[str]:
    """Put other subjects into a question: those of headings beside, and like, its own subject's.

    Those that the cited section speaks of come alone, where it speaks of any: the question is
    likelier to have an answer there.
    """
    for section in sections:
        own = _SUBJECT.match(_NUMBERING.sub("", section.path[-1])) if section.path else None
        if not own or own[1] not in question:
            continue
        beside = [
            other[1]
            for each in sections
            if each.path[:-1] == section.path[:-1] and each.path != section.path
            if (other := _SUBJECT.match(_NUMBERING.sub("", each.path[-1])))
            and other[2] == own[2]
            and other[1] not in question
        ]
        near = [name for name in beside if name in said] or beside
        return [question.replace(own[1], name) for name in near]
    return []


def _questions(view: View, document: str, language: str) -> list[str]:
    topics = [
        topic
        for section in view.sections(document)
        if section.level > 1 and (topic := _topic(section.path[-1]))
    ]
    plain = WORDS[language]["example_heading"]
    asked = [_worded(topic, language) for topic in dict.fromkeys(topics)]
    return sorted(asked, key=lambda each: any(each == plain.format(heading=t) for t in topics))


def _worded(topic: str, language: str) -> str:
    if _ASKED.search(topic):
        return topic
    if language == "zh" and not _SEVERAL.search(topic):
        for pattern, wording in _WORDING:
            if pattern.search(topic):
                return wording.format(heading=topic)
    return WORDS[language]["example_heading"].format(heading=topic)


def _written(source: str, language: str) -> tuple[str, ...]:
    return WRITTEN.get(source, {}).get(language, ())


def _topic(heading: str) -> str:
    bare = _NUMBERING.sub("", heading).strip()
    subject = _SUBJECT.match(bare)
    topic = subject[1] if subject else bare
    return topic if 2 <= len(topic) <= _LONGEST else ""
