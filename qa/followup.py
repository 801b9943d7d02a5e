"""Completing a question from the conversation, by rule and so the same way every time."""

import re
from collections.abc import Callable, Sequence

from corpus.folding import fold, to_mainland
from qa.answer import Turn
from qa.lexicon import Lexicon, Name

_LEADING = re.compile(
    r"^(?:那么|那|还有|另外|以及|然后|再|and |what about |how about |so )\s*", re.IGNORECASE
)
_TRAILING = re.compile(r"(?:呢|如何|怎么样|怎样)?\s*[?？。!！~]*$")
_PRONOUN_ZH = re.compile(
    r"它们的|它的|它们|它家|它|他们的|他们|他家|该公司|该企业|这家公司|那家公司|这家|那家(?!\w*公司)|这款芯片|这颗芯片|"
    r"其(?!他|它|中|实|次|余)|上述|前者|后者"
)
_DEMONSTRATIVE_ZH = re.compile(
    r"^(?:这|那)(?:个|些|种|款|项|次|类|份|颗|家)?|也是用这个|这个|^其中|^[他她]|呢[,，]"
)
_NEW_TOPIC = re.compile(
    r"[换換](?:一?[个個])?(?:问题|問題|话题|話題|事|题目|題目)|\bnew question\b", re.I
)
_PRONOUN_EN = re.compile(
    r"\b(?:its|their|his|her|it|they|them|he|she|this|that|these|those)\b", re.I
)
_POSSESSIVE_EN = re.compile(r"\b(?:its|their|his|her)\b", re.I)
_ORDINAL = re.compile(
    r"第([一二三四五六七八九十\d]+)(?:个|种|项|类|款|家|点|条|步)?(?!大|名|季|章|届)|"
    r"(最后|中间)(?:一|那)?(?:个|种|项|类|款|家|点|条)?|"
    r"\b(?:the )?(first|second|third|fourth|fifth|last)(?: one| item| factor| scenario)?\b",
    re.IGNORECASE,
)
_ORDINAL_WORDS = {
    **{word: place for place, word in enumerate("一二三四五六七八九十")},
    **{str(number): number - 1 for number in range(1, 21)},
    **{word: place for place, word in enumerate(("first", "second", "third", "fourth", "fifth"))},
    "最后": -1,
    "last": -1,
}
_ITEM_BREAK = re.compile(
    r"[、；;\n]|，(?=第)|,(?! ?\d)|，|\band\b|\s+和\s*|(?<=\S)和(?=\S)|及|以及"
)
_COUNT_BEHIND = re.compile(
    r"(?<=..)(?:等?[两二三四五六七八九十\d]+(?:大|个|种|类|项|点|家|款|条|方面)[\u4e00-\u9fff]{0,2}|等)$"
)
"""What ends an enumeration: 「甲、乙、丙三种」."""
_ASKED = re.compile(
    r"(?:都|主要|大家|一共|共|到底|分别)*(?:是|有|做|用|选|排|占|达到|达|属于|算)*"
    r"(?:什么|哪|多少|几|谁|怎么|怎样|如何|第几|为什么|为何|好在|优势|优点|缺点)|[?？]"
)
"""Where a question stops saying what it is about and begins to ask."""
_ACROSS = re.compile(
    r"^哪[一几些两]?家|^哪些(?:公司|厂商|企业)|各家|各自|[三四五六七八九十]家|所有(?:公司|厂商|企业)|"
    r"\b(?:which|all) (?:\w+ )?(?:compan|vendor|firm)",
    re.IGNORECASE,
)
"""Asks across what there is, and so of nothing in particular."""
_MARKER = re.compile(r"\s*\[\d+\]")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_SHORT = 14
"""Characters; a question this short that names nothing leans on the conversation."""


def complete(
    question: str,
    history: Sequence[Turn],
    lexicon: Lexicon,
    strange: Callable[[str], bool] = lambda text: False,
) -> str:
    """Return `question` with what it leaves to the conversation put into words.

    A question that stands by itself is returned unchanged, whatever was talked about before.

    Args:
        question: the new question.
        history: the conversation so far, oldest first.
        lexicon: tells names.
        strange: tells whether a question is about what the documents do not know, and so goes on
            from nothing that they answered.

    """
    topic = ""
    answer = ""
    for turn in history:
        if turn.role == "user":
            topic = _complete_one(turn.content, topic, answer, lexicon, strange)
        else:
            answer = _MARKER.sub("", turn.content)
    return _complete_one(question, topic, answer, lexicon, strange)


def _complete_one(
    question: str, topic: str, answer: str, lexicon: Lexicon, strange: Callable[[str], bool]
) -> str:
    if not topic or _NEW_TOPIC.search(question):
        return question
    topic = _of_year(topic, question)
    bare = _TRAILING.sub("", _LEADING.sub("", question.strip()))
    own = _names(bare, lexicon)
    if replaced := _other_name(bare, own, topic, lexicon):
        return replaced
    if picked := _pick_item(question, answer):
        return f"{_subject(topic, '', lexicon, own)}{picked}"
    if _points_back(question) or (_is_short(bare, own) and not strange(question)):
        subject = _subject(topic, answer, lexicon, own)
        return _resolve(question, subject, topic)
    return question


def _of_year(topic: str, question: str) -> str:
    """Put the year that a question asks about in the place of the topic's: 「那2023年呢？」."""
    asked, told = set(_YEAR.findall(question)), set(_YEAR.findall(topic))
    return _YEAR.sub(asked.pop(), topic) if len(asked) == len(told) == 1 else topic


def _names(text: str, lexicon: Lexicon) -> Sequence[Name]:
    return lexicon.find(fold(to_mainland(text)))


def _other_name(bare: str, own: Sequence[Name], topic: str, lexicon: Lexicon) -> str | None:
    """Put a name that is all the question says in the place of the topic's name: 「那全志呢？」."""
    if len(own) != 1 or fold(to_mainland(bare)).strip() not in own[0].names:
        return None
    asked = fold(topic)
    for name in _names(topic, lexicon):
        for spelling in name.names:
            alike = (name.topic, name.coined) == (own[0].topic, own[0].coined)
            if alike and (at := asked.find(spelling)) >= 0:
                if len(asked) != len(topic):
                    return f"{bare} {topic}"
                return topic[:at] + bare + topic[at + len(spelling) :]
    return f"{bare}：{topic}"


def _pick_item(question: str, answer: str) -> str | None:
    """Put the n-th thing of the last answer in the place of 「第二个」."""
    match = _ORDINAL.search(question)
    if not match or not answer:
        return None
    ordinal = next(group for group in match.groups() if group).lower()
    items = [item.strip(" ：:。.") for item in _ITEM_BREAK.split(answer) if item and item.strip()]
    place = len(items) // 2 if ordinal == "中间" else _ORDINAL_WORDS.get(ordinal, len(items))
    if len(items) < 2 or not -len(items) <= place < len(items) or len(items[place]) > 40:
        return None
    picked = _COUNT_BEHIND.sub("", items[place])
    return question[: match.start()] + picked + question[match.end() :]


def _subject(topic: str, answer: str, lexicon: Lexicon, own: Sequence[Name]) -> str:
    """Return what the conversation is about: the topic's names, or those of the answer."""
    asked = [name for name in _names(topic, lexicon) if name not in own]
    answered = [name for name in _names(answer, lexicon) if name not in own]
    topics = [name for name in asked if name.topic] or [name for name in answered if name.topic]
    coined = [name for name in (*asked, *answered) if name.coined]
    chosen = topics[:1] or coined[:1] or asked[:1] or answered[:1]
    return chosen[0].shown if chosen else ""


def _points_back(question: str) -> bool:
    if _PRONOUN_ZH.search(question) or _DEMONSTRATIVE_ZH.search(question.strip()):
        return True
    if _PRONOUN_EN.search(question):
        return True
    return bool(_LEADING.match(question.strip())) or question.rstrip("?？ ").endswith("呢")


def _is_short(bare: str, own: Sequence[Name]) -> bool:
    """Tell whether a question says too little to stand by itself."""
    named = any(name.topic or name.coined for name in own)
    return len(bare) <= _SHORT and not named and not _ACROSS.search(bare)


def _resolve(question: str, subject: str, topic: str) -> str:
    """Put the subject in a pronoun's place, or the whole topic before what names none."""
    rest = _LEADING.sub("", question.strip())
    if subject and _PRONOUN_ZH.search(rest):
        return _PRONOUN_ZH.sub(subject, rest, count=1)
    if subject and _PRONOUN_EN.search(rest):
        possessive = f"{subject}'s"
        rest = _POSSESSIVE_EN.sub(possessive, rest, count=1)
        return rest if possessive in rest else _PRONOUN_EN.sub(subject, rest, count=1)
    lead = _ASKED.split(topic, maxsplit=1)[0].rstrip("?？。！!，, ")
    lead = lead if len(lead) > 1 else topic.rstrip("?？。！! ")
    return f"{lead}，{rest}" if question_reads_on(lead) else f"{lead}{rest}"


def question_reads_on(lead: str) -> bool:
    """Tell whether a comma must stand after `lead` (it ends in a word, not in a particle)."""
    return not lead.endswith(("的", "里", "中", "上", "是", "在"))
