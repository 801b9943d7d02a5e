"""Questions over documents as the fit sees them: what candidates show, and which hold answers.

A document's own questions, questions about anything else, and those over documents of a sentence or
two.
"""

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.document import Document
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from index.view import View
from qa import topic
from qa.candidate import Candidate
from qa.description import with_name
from qa.evaluation.items import Item, squeeze
from qa.evidence import candidates, read
from qa.followup import complete
from qa.lexicon import lexicon_of
from qa.question import Question, clean, is_strange, understand
from qa.reader import Reader
from qa.refusal import signals
from qa.weights import mode_of

Array = npt.NDArray[np.float64]

OFF_TOPIC = Path(__file__).with_name("calibration") / "off_topic.txt"
NOTES = Path(__file__).with_name("calibration") / "notes.jsonl"
"""Documents of a few sentences or rows, asked plainly: what longer ones show may be missing."""
STRANGERS = 8
"""Questions about anything else that are asked of each document too."""
STRANGER = "off_topic"
"""The type of the questions about anything else."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as the fit sees it.

    Attributes:
        type: its type in the question file.
        answerable: whether the document answers it.
        features: of its candidates, shape (candidates, features).
        holding: which of them hold some of the answer.
        topic: what its topic is judged by.
        signals: what refusal is judged by, as candidates are ranked now.
        ranked: gives the signals when they are ranked by other weights.
        names: of the signals, in order.

    """

    type: str
    answerable: bool
    features: Array
    holding: npt.NDArray[np.bool_]
    topic: Array
    signals: Array
    ranked: Callable[[Array], Array]
    names: tuple[str, ...]

    def under(self, weights: Array) -> "Sample":
        """Return the sample with the signals that ranking weights lead to."""
        return replace(self, signals=self.ranked(weights))


def strangers(place: int) -> list[Item]:
    """Return some questions that no document of ours answers; others for each place."""
    lines = OFF_TOPIC.read_text("utf-8").splitlines()
    chosen = [lines[(place * STRANGERS + n) % len(lines)] for n in range(STRANGERS)]
    return [
        Item(f"off-{n}", "", STRANGER, (), line, False, (), ()) for n, line in enumerate(chosen)
    ]


Both = tuple[Sample, Sample]
"""A question with the reader, and without."""


def gather(
    questions: Sequence[Item],
    document: Document,
    encoder: Encoder,
    segmenter: Segmenter,
    reader: Reader,
) -> list[Both]:
    """Return questions' samples over a document."""
    with tempfile.TemporaryDirectory() as directory:
        library = Library(Path(directory), encoder, segmenter)
        entry, _ = library.add(document)
        with library.view() as view:
            text = view.document(entry.id).text
            return [_sample(item, view, text, reader) for item in questions]


def gather_notes(encoder: Encoder, segmenter: Segmenter, reader: Reader) -> list[Both]:
    """Return the samples of the shortest documents."""
    found: list[Both] = []
    for line in NOTES.read_text("utf-8").splitlines():
        note = json.loads(line)
        document = load_text(note["text"], "note.md", "markdown")
        items = [_noted(asked) for asked in note["asked"]]
        found += gather(items, document, encoder, segmenter, reader)
    return found


def _noted(asked: dict[str, Any]) -> Item:
    said = [asked["answer"]] if asked["answer"] else []
    answer = tuple((each,) for each in said)
    return Item("note", "", "note", (), asked["question"], bool(said), answer, tuple(said))


def _sample(item: Item, view: View, text: str, reader: Reader) -> Both:
    lexicon = lexicon_of(view)
    asked = with_name(clean(item.question), view, lexicon)
    used = complete(asked, item.history, lexicon, lambda text: is_strange(text, view, lexicon))
    question = understand(used, view, lexicon)
    found = candidates(question, view, lexicon)
    evidence = [
        (at.start(), at.end()) for e in item.evidence for at in re.finditer(re.escape(e), text)
    ]
    first_read = read(question, found, view, reader)
    return _seen(item, question, first_read, evidence), _seen(item, question, found, evidence)


def _seen(
    item: Item, question: Question, found: Sequence[Candidate], evidence: Sequence[tuple[int, int]]
) -> Sample:
    names = mode_of(found[0].was_read).ranking
    features = np.array([[c.features[name] for name in names] for c in found])
    told = signals(question, found)

    def ranked(weights: Array) -> Array:
        scores = features @ weights
        order = np.argsort(-scores, kind="stable")
        chosen = [replace(found[n], score=float(scores[n])) for n in order]
        return np.array(list(signals(question, chosen).values()))

    return Sample(
        item.type,
        item.answerable,
        features,
        np.array([_holds(c, item, evidence) for c in found]),
        np.array(list(topic.signals(question, found).values())),
        np.array(list(told.values())),
        ranked,
        tuple(told),
    )


def _holds(candidate: Candidate, item: Item, evidence: Sequence[tuple[int, int]]) -> bool:
    said = squeeze(candidate.sentence.text)
    sentence = candidate.sentence
    return any(a < sentence.end and sentence.start < b for a, b in evidence) and any(
        squeeze(each) in said for group in item.answer for each in group
    )
