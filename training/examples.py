"""Training and held-out examples from reading-comprehension files.

An example is a question, a passage, and the answer's range in the passage, or None where the
passage does not answer. Passages are cut as the product cuts them. Articles are split by their
questions' identity, so that an article told in two files never stands on both sides.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jieba.posseg

from corpus.folding import simplify
from corpus.loading import load_file, load_text
from corpus.passages import structure
from index.prepared import passage_context

FOLDS = 5
HELD_OUT_FILES = ("cmrc2018_trial", "drcd_test_part")
"""Never trained on."""
SPLIT_FILES = ("cmrc2018_dev_part", "drcd_dev", "squad2_zh", "xquad_zh")
"""Split by article; fold 0 is held out."""

OWN = Path(__file__).with_name("data")
"""Documents of the project's own, each with a question file beside it."""
UNSEEN = (
    "dialysis",
    "games",
    "gamestudio",
    "harbour",
    "hotelgroup",
    "hydrogen",
    "sensors",
    "streaming",
    "telecom_staff",
    "tires",
)
"""Those of them that are kept for fitting what weighs the readers' word."""
OWN_NEGATIVES = 2
"""Passages of the same document that do not answer, to a question: those most like it."""
FAR = 0.5
"""How often another of the document's passages is shown too."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ENTITIES = {"nr": "person", "ns": "place", "nt": "body", "nz": "thing", "nrt": "person"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A context with its questions.

    Attributes:
        file: where it is from, without the extension.
        article: its article's number in that file.
        title: the article's title, "" if none.
        context: the text, simplified.
        questions: each with its id, words, and answer ranges (none: not answerable).

    """

    file: str
    article: int
    title: str
    context: str
    questions: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a passage.

    Attributes:
        question: the question.
        passage: the passage, under its headings.
        span: the answer's range in `passage`, or None.
        head: characters of `passage` that its headings take.
        tempting: the range of what might be taken for an answer and is none, or None.

    """

    question: str
    passage: str
    span: tuple[int, int] | None
    head: int = 0
    tempting: tuple[int, int] | None = None


def read(path: Path) -> list[Paragraph]:
    """Read a file in SQuAD's format; text simplified where that keeps its length."""
    data = json.loads(path.read_text("utf-8"))["data"]
    found = []
    for number, article in enumerate(data):
        title = simplify(str(article.get("title") or "").replace("_", " "))
        for paragraph in article["paragraphs"]:
            context = _simplified(paragraph["context"])
            questions = tuple(_question(q) for q in paragraph["qas"] if len(q["question"]) > 3)
            found.append(Paragraph(path.stem, number, title, context, questions))
    return found


def _simplified(text: str) -> str:
    simple = simplify(text)
    return simple if len(simple) == len(text) else text


def _question(record: dict[str, Any]) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    answers = [] if record.get("is_impossible") else record["answers"]
    spans = {(int(a["answer_start"]), int(a["answer_start"]) + len(a["text"])) for a in answers}
    return str(record["id"]), simplify(record["question"]), tuple(sorted(spans))


def folds(paragraphs: Sequence[Paragraph]) -> dict[tuple[str, int], int]:
    """Assign each article, by file and number, to a fold.

    Articles that share a question go together.
    """
    owner: dict[str, tuple[str, int]] = {}
    group: dict[tuple[str, int], tuple[str, int]] = {}

    def root(article: tuple[str, int]) -> tuple[str, int]:
        while group.setdefault(article, article) != article:
            article = group[article]
        return article

    for paragraph in paragraphs:
        article = (paragraph.file, paragraph.article)
        for identity, _, _ in paragraph.questions:
            other = owner.setdefault(identity, article)
            group[root(article)] = root(other)
    return {
        article: int(sha256(repr(root(article)).encode()).hexdigest(), 16) % FOLDS
        for article in list(group)
    }


def cut(paragraph: Paragraph) -> list[tuple[int, int]]:
    """Return the ranges of a context's passages, cut as the product cuts them."""
    document = load_text(paragraph.context, "context", "text")
    if document.text != paragraph.context:
        return [(0, len(paragraph.context))]
    return [(p.start, p.end) for p in structure(document).passages]


def examples(
    paragraphs: Iterable[Paragraph], english: dict[str, str], random_: random.Random
) -> Iterator[Example]:
    """Yield training examples: answers, other passages without them, and questions spoilt."""
    kept = [(paragraph, cut(paragraph)) for paragraph in paragraphs]
    names = _names(question for p, _ in kept for _, question, _ in p.questions)
    strangers = [p.context[a:b] for p, parts in kept for a, b in parts]
    for paragraph, parts in kept:
        for identity, question, spans in paragraph.questions:
            wordings = [question, *([english[identity]] if identity in english else [])]
            for words in wordings:
                yield from _of_question(paragraph, parts, words, spans, names, strangers, random_)


def _of_question(
    paragraph: Paragraph,
    parts: Sequence[tuple[int, int]],
    question: str,
    spans: Sequence[tuple[int, int]],
    names: dict[str, tuple[str, ...]],
    strangers: Sequence[str],
    random_: random.Random,
) -> Iterator[Example]:
    head = f"{paragraph.title}\n" if paragraph.title and random_.random() < 0.5 else ""
    texts = [head + paragraph.context[start:end] for start, end in parts]
    holding = {
        n: (s - parts[n][0] + len(head), e - parts[n][0] + len(head))
        for s, e in spans[:1]
        for n, (start, end) in enumerate(parts)
        if start <= s and e <= end
    }
    others = sorted(
        (n for n in range(len(parts)) if n not in holding),
        key=lambda n: -_shared(question, texts[n]),
    )
    if spans and not holding:
        return
    for n, span in holding.items():
        yield Example(question, texts[n], span, len(head))
        spoilt = spoil(question, texts[n], names, random_)
        if spoilt and random_.random() < 0.35:
            yield Example(spoilt, texts[n], None, len(head), span)
    # Where nothing answers, the passage most like the question is the one to be told apart.
    for n in others[: 1 if spans else 2]:
        if not spans or random_.random() < 0.7:
            yield Example(question, texts[n], None, len(head))
    if spans and random_.random() < 0.1:
        yield Example(question, random_.choice(strangers), None)


def _shared(question: str, text: str) -> int:
    return sum(question[n : n + 2] in text for n in range(len(question) - 1))


def _names(questions: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for question in questions:
        for word, flag in jieba.posseg.cut(question):
            if flag in _ENTITIES and len(word) > 1:
                found[_ENTITIES[flag]].add(word)
    return {kind: tuple(sorted(words)) for kind, words in found.items()}


def spoil(
    question: str, passage: str, names: dict[str, tuple[str, ...]], random_: random.Random
) -> str | None:
    """Return the question with a number or name of the passage put wrong, or None if it has none.

    「2024年…」 becomes another year; 「华沙…」 another place: near in words, and not answered.
    """
    choices: list[tuple[str, str]] = []
    for number in _NUMBER.findall(question):
        if number in passage and len(number) > 1:
            other = str(int(float(number)) + random_.choice((-3, -2, -1, 1, 2, 3)))
            choices.append((number, other))
    for word, flag in jieba.posseg.cut(question):
        if flag in _ENTITIES and word in passage and len(word) > 1:
            other = random_.choice(names[_ENTITIES[flag]])
            if other not in passage:
                choices.append((word, other))
    if not choices:
        return None
    old, new = random_.choice(choices)
    return question.replace(old, new)


def own_documents() -> list[Path]:
    """Return the project's own documents to train on, those that are kept unseen left out."""
    return sorted(
        path for path in OWN.iterdir() if path.suffix in (".txt", ".md") and path.stem not in UNSEEN
    )


def own_examples(document: Path, random_: random.Random) -> Iterator[Example]:
    """Yield examples of a document with a question file beside it.

    In the file `span` is what answers, `trap` what might be taken for an answer and is none.
    Questions that go on from a conversation are left out: the reader sees completed ones.
    """
    loaded = load_file(document)
    parts = structure(loaded)
    contexts = [passage_context(loaded, parts, passage) for passage in parts.passages]
    heads = [
        len(context) - (passage.end - passage.start)
        for context, passage in zip(contexts, parts.passages, strict=True)
    ]

    def places(words: Iterable[str]) -> dict[int, tuple[int, int]]:
        return {
            n: (at - passage.start + heads[n], at - passage.start + heads[n] + len(each))
            for each in words
            for at in [loaded.text.find(each)]
            for n, passage in enumerate(parts.passages)
            if passage.start <= at and at + len(each) <= passage.end
        }

    for line in document.with_suffix(".jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        holding, tempting = places(record.get("span", ())), places(record.get("trap", ()))
        if record["history"] or (record["answerable"] and not holding):
            continue
        question = simplify(record["question"])
        for n, span in holding.items():
            yield Example(question, simplify(contexts[n]), span, heads[n])
        for n, span in tempting.items():
            yield Example(question, simplify(contexts[n]), None, heads[n], span)
        others = sorted(
            (n for n in range(len(contexts)) if n not in holding and n not in tempting),
            key=lambda n: -_shared(question, contexts[n]),
        )
        count = OWN_NEGATIVES - (1 if holding or tempting else 0)
        near, far = others[:count], others[count:]
        for n in [*near, *(random_.sample(far, 1) if far and random_.random() < FAR else ())]:
            yield Example(question, simplify(contexts[n]), None, heads[n])
