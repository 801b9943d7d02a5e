"""What a candidate is judged by: what it speaks of, and what speaks against it."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from corpus.folding import fold
from index.entry import StoredSentence
from qa.candidate import LEANS_BACK, Candidate
from qa.kinds import Kind, has_designation, shows
from qa.lexicon import Name, squeeze
from qa.opposites import opposes
from qa.question import APART, Need, Question, share
from qa.ranges import falls

_ASKS_WHICH = frozenset({Kind.WHICH, Kind.LIST, Kind.MODEL, Kind.NAME, Kind.PERSON})
_SOME = re.compile(
    r"多家|多个|多种|多款|若干|一系列|部分|不少|诸多|众多|各类|某些|一些|"
    r"several|various|a number of"
)
_WHICH_OF = re.compile(r"哪([两二三四五六七八九十])")
_LISTS = re.compile(r"[、:：]|包括|例如|比如|分别|依次|如[^何今果]|such as|including")
_AT_ONCE = 6
"""Characters within which 「多家」 says of what there are several."""
_AND = r"\s*(?:和|与|跟|及|以及|还有|、|and)\s*"
_PART = re.compile(r"(?<![a-z0-9])[a-z]+\d[a-z0-9]*")
_SENTENCE_END = re.compile(r"(?<=[。!?;])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def features(question: Question, candidate: Candidate, dense: float) -> dict[str, float]:
    """Return what shows whether a candidate answers.

    Args:
        question: the question.
        candidate: the sentence.
        dense: its cosine with the question, standardised over all candidates.

    """
    folded = candidate.folded
    known = [need for need in question.needs if need.known and not need.topic]
    spoken = [need for need in known if speaks_of(folded, need)]
    inherited = [need for need in known if need in spoken or speaks_of(candidate.context, need)]
    topics = [name for name in question.names if name.topic]
    return {
        "dense": dense,
        "passage": candidate.passage_score,
        "own_needs": share(known, spoken),
        "context_needs": share(known, inherited),
        "rarest_need": _part_of_rarest(known, spoken),
        "topic_own": _part(name in candidate.named for name in topics),
        "kind": float(
            shows(question.wanted, folded, question.folded, fold(candidate.sentence.header))
            and not is_vague(question, candidate)
        ),
        "defines": float(question.kind is Kind.DEFINITION and _defines(question, folded)),
        "other_topic": missing_topics(question, candidate),
        "part_missing": float(misses_part(question, candidate)),
        "name_missing": missing_names(question, candidate),
        "rival": rivals(question, candidate),
        "other_year": float(is_of_another_year(question, candidate)),
        "year_elsewhere": float(stands_under_another_year(question, candidate)),
        "opposite": float(opposes(question.folded, folded)),
        "in_range": falls(question.quantities, folded),
        "strict_missing": float(lacks_strict(question, candidate)),
        "asks": float(folded.endswith("?")),
        "short": float(len(folded) < 8 or is_column_names(candidate.sentence)),
    }


def _part(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _part_of_rarest(needs: Sequence[Need], spoken: Sequence[Need]) -> float:
    """Return 1 if the rarest of the needs is spoken of, less for a commoner one, 0 for none."""
    highest = max((need.weight for need in needs), default=0.0)
    return max((need.weight for need in spoken), default=0.0) / highest if highest else 0.0


def _defines(question: Question, folded: str) -> bool:
    """Tell whether a text explains what the question names: X(…), X是…, X指…."""
    words = {word for need in question.needs for word in need.alternatives | {need.word}}
    return any(
        re.search(
            rf"{re.escape(word)}(?:[（(][^\d]|是|指|,是|，是|为)|[（(]{re.escape(word)}[)）]",
            folded,
        )
        for word in words
        if word in folded
    )


def matched(needs: Sequence[Need], folded: str) -> float:
    """Return the part of the known needs' weight that a folded text speaks of, 0 to 1."""
    known = [need for need in needs if need.known]
    return share(known, [need for need in known if speaks_of(folded, need)])


def speaks_of(folded: str, need: Need) -> bool:
    """Tell whether a folded text has a need's word or one that would do as well.

    A deputy (副总裁) is not whom a question asks for.
    """
    for word in need.alternatives:
        if word in folded and _stands(folded, word):
            return True
    return need.numbered and squeeze(need.word) in squeeze(folded)


def _stands(folded: str, word: str) -> bool:
    """Tell whether a word in a text stands there without 副 before it, which makes it another."""
    for apart in APART:
        folded = folded.replace(apart + word, "")
    return word in folded


def missing_topics(question: Question, candidate: Candidate) -> float:
    """Return how far a sentence is from the question's topics: 1 for another one, 0 for the same.

    The topic named first is whom the question is about; the others count half. Where several are
    compared, each by a sentence of its own, any of them will do.
    """
    asked = [name for name in question.names if name.topic]
    if not asked:
        return 0.0
    about = {*candidate.topics, *candidate.named, *_headed(candidate)}
    if not about or (asked[0] in about and len(asked) == 1):
        return 0.0
    missing = [name not in about for name in asked]
    if question.kind is Kind.COMPARISON:
        return float(all(missing))
    numbered = [name for name in asked if name.introduced]
    others = any(topic.introduced for topic in candidate.topics)
    if numbered and others and not about.intersection(numbered):
        # One of an enumeration is asked about, and this goes on about another.
        return 1.0
    return 1.0 if missing[0] else 0.5 * sum(missing) / len(missing)


def _headed(candidate: Candidate) -> set[Name]:
    """Return the names in a sentence's headings, save those in whose place it is about another.

    Under 「钧曜电池与烁原新能：…」 a sentence about the one is not about the other.
    """
    own = set(candidate.topics)
    both = own.intersection(candidate.headings)
    if not both:
        return set(candidate.headings)
    return {
        name
        for name in candidate.headings
        if name in own or not any(name.is_like(other) for other in both)
    }


def missing_names(question: Question, candidate: Candidate) -> float:
    """Return the part of the question's names, topics aside, that a sentence and its context lack.

    「OPPO那副XR眼镜续航几个小时」 is not answered by a sentence about another maker's.
    """
    text = f"{candidate.context}\n{candidate.folded}"
    others = [name for name in question.names if not name.topic]
    return _part(not any(spelling in text for spelling in name.names) for name in others)


def rivals(question: Question, candidate: Candidate) -> float:
    """Return the part of the question's coined names in whose place a sentence has others.

    「溪口厂的厂长是谁」 is not answered by 「雁坪厂厂长是…」, however near the two stand.
    """
    own = [name for name in candidate.named if name.coined]
    if all(any(name.overlaps(asked) for asked in question.names) for name in own):
        return 0.0
    asked = [name for name in question.names if name.coined]
    return _part(not any(name.overlaps(other) for other in own) for name in asked)


def is_vague(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence says that there are some where the question asks which.

    「与多家车企合作」 names none; nor does one that has no names but the question's own, and no
    designations.
    """
    if says_only_some(question, candidate):
        return True
    if question.kind not in _ASKS_WHICH or not _SOME.search(candidate.folded):
        return False
    named = set(candidate.named) - set(question.names) - set(candidate.topics)
    return not named and not has_designation(candidate.folded, question.folded)


def says_only_some(question: Question, candidate: Candidate) -> bool:
    """Tell whether of what a question asks by name a sentence says that there are several.

    「与多家车企合作」, where it is asked which, and lists none after that.
    """
    some = _SOME.search(candidate.folded)
    if counted := _WHICH_OF.search(question.folded):
        # 「哪两家车厂」 is not answered by 「与两家车厂合作」.
        some = some or re.search(rf"(?<!第){counted[1]}[家位名]", candidate.folded)
    if question.kind not in _ASKS_WHICH or not some:
        return False
    after = candidate.folded[some.end() :]
    asked = (need for need in question.needs if not need.topic)
    return any(speaks_of(after[:_AT_ONCE], n) for n in asked) and not _LISTS.search(after)


def is_column_names(sentence: StoredSentence) -> bool:
    """Tell whether a sentence is a table's header row: it names values and has none."""
    return sentence.kind == "row" and not sentence.header


def lacks_strict(question: Question, candidate: Candidate) -> bool:
    """Tell whether neither a sentence nor what stands above it has an attribute asked for by name.

    The sentence before may have spoken of revenue; this one speaks of profit.
    """
    before = candidate.context.split("\n", 1)[0]
    return lacks_attribute(question, f"{before}\n{candidate.folded}")


def lacks_attribute(question: Question, folded: str) -> bool:
    """Tell whether a text lacks an attribute that a question asks for by name.

    Of two side by side (营收和净利润) one is enough: another sentence may tell the other.
    """
    strict = [need for need in question.needs if need.strict]
    spoken = [need for need in strict if speaks_of(folded, need)]
    missing = [need for need in strict if need not in spoken]
    return any(not any(_are_joined(question, need, other) for other in spoken) for need in missing)


def _are_joined(question: Question, one: Need, other: Need) -> bool:
    """Tell whether a question has two words side by side, joined by 和 or the like."""
    words = (re.escape(one.word), re.escape(other.word))
    return any(
        re.search(f"{first}{_AND}{second}", question.folded)
        for first, second in (words, words[::-1])
    )


def misses_part(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence is not about a part number that the question has.

    Neither it nor what it inherits names it, or another one of its line was named since. 「P5」 is
    in 「P4至P6」.
    """
    if not question.parts or falls(question.quantities, candidate.folded) > 0:
        return False
    heading, _, before = squeeze(candidate.context).partition("\n")
    own = squeeze(candidate.folded)
    told = [*_SENTENCE_END.split(before), *(() if LEANS_BACK.match(own) else (own,))]
    return any(
        part not in own and _is_about_another(part, told[::-1], heading) for part in question.parts
    )


def _is_about_another(part: str, told: Sequence[str], heading: str) -> bool:
    """Tell whether the nearest text that names a part, or one beside it, names another.

    Args:
        part: the part number.
        told: a sentence and those before it, the nearest first, all squeezed; without one that
            leans on the one before (「其…比KF-35低」).
        heading: what stands above them, squeezed.

    """
    above = part in heading
    listed = _PART.findall(heading) if above else []
    for text in told:
        if part in text:
            return False
        if any(o in listed or _line(o) == _line(part) for o in _PART.findall(text)):
            return True
    return not above


def _line(part: str) -> str:
    """Return the letters that a part number begins with: bes of bes2800 and bes2500yp."""
    return "".join(takewhile(str.isalpha, part))


def is_of_another_year(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence names years, and none of those asked for."""
    years = set(_YEAR.findall(candidate.folded))
    return bool(question.years and years and not years & set(question.years))


def stands_under_another_year(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence without years stands where another year than the asked one is told.

    Above it may be headings (「2025年年度回顾」), column names, or its block's earlier sentences.
    """
    if not question.years or _YEAR.search(candidate.folded):
        return False
    heading, _, before = candidate.context.partition("\n")
    around = set(_YEAR.findall(heading))
    if candidate.sentence.kind == "row" or around & set(question.years):
        around.update(_YEAR.findall(before))
    else:
        # What was told of last counts: 「2024年…。2025年预计收入…。扣非净利润预计…。」
        told = (set(_YEAR.findall(text)) for text in _SENTENCE_END.split(before)[::-1])
        around = next(filter(None, told), around)
    return bool(around) and not around & set(question.years)
