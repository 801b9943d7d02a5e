"""Train the encoder's last layers for questions, so that they come near what answers them.

    python -m training.query DATA OUT --cache DIR [--steps N]

DATA holds the reading-comprehension files named in `FILES`; OUT receives what is embedded, so that
a stopped run need not embed it again. The layers are written to `index/query_layers.safetensors`.

Sentences and passages are embedded by the encoder as it is: only questions move (a dual encoder
with one side frozen; Karpukhin et al., "Dense Passage Retrieval", EMNLP 2020). The loss is the
negative log-likelihood of the sentences, and of the passages, that answer: among those of the same
document, and among all. What is written lies between the layers as they were and as trained
(Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022), so that questions
of other kinds are served no worse.
"""

import argparse
import json
import logging
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from corpus.document import Document
from corpus.folding import simplify
from corpus.loading import load_file, load_text
from corpus.passages import structure
from index.encoder import Encoder, Vectors
from index.layers import layers_of
from index.model import DEFAULT_MODEL
from index.prepared import passage_context
from index.query_layers import SHARED, WEIGHTS, pooled
from training.examples import folds, own_documents, read
from training.export import packed

FILES = ("cmrc2018_dev_part", "drcd_dev")
"""Trained on, but for the articles of fold 0; nothing that XQuAD's questions are asked over."""
STEPS = 300
BATCH = 48
OWN_PART = 2 / 3
"""Part of a batch that is asked of the project's own documents: few, and nearest to the product."""
RATE = 1e-4
DROPOUT = 0.1
TEMPERATURE = 0.02
ANYWHERE = 0.5
"""How much the likelihood among all texts counts beside that among the document's own."""
OF_PASSAGES = 0.5
"""How much passages count beside sentences."""
NEAR = 1.0
"""How much a question's distance from where it was counts."""
MOVED = 0.7
"""How far from the layers as they were to those as trained the written ones lie."""
EMBEDDED_AT_A_TIME = 512

log = logging.getLogger("query")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the places of the sentences and passages that answer it."""

    text: str
    own: bool
    document: int
    sentences: tuple[int, ...]
    passages: tuple[int, ...]


@dataclass(slots=True)
class Texts:
    """Sentences and passages of all documents, each with its document's number."""

    sentences: list[str] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    of_sentence: list[int] = field(default_factory=list)
    of_passage: list[int] = field(default_factory=list)
    documents: int = 0

    def add(self, document: Document) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Add a document; return the ranges of its sentences and of its passages, in order."""
        parts = structure(document)
        inside = [sentence for passage in parts.passages for sentence in passage.sentences]
        self.sentences += [document.text[each.start : each.end] for each in inside]
        self.passages += [passage_context(document, parts, each) for each in parts.passages]
        self.of_sentence += [self.documents] * len(inside)
        self.of_passage += [self.documents] * len(parts.passages)
        self.documents += 1
        return [(s.start, s.end) for s in inside], [(p.start, p.end) for p in parts.passages]


def asked_of(data: Path, texts: Texts) -> Iterator[Asked]:
    """Yield the questions to train on; adds what they are asked of to `texts`."""
    paragraphs = [each for name in FILES for each in read(data / f"{name}.json")]
    fold = folds(paragraphs)
    for paragraph in paragraphs:
        document = load_text(paragraph.context, "context", "text")
        if fold[paragraph.file, paragraph.article] and document.text == paragraph.context:
            asked = [(question, spans[:1]) for _, question, spans in paragraph.questions]
            yield from _placed(document, asked, texts, own=False)
    for path in own_documents():
        yield from _own(path, texts)


def _own(path: Path, texts: Texts) -> Iterator[Asked]:
    """Yield the questions of one of the project's own documents; none out of a conversation."""
    document = load_file(path)
    questions = path.with_suffix(".jsonl")
    records = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    asked = []
    for record in records:
        found = [(document.text.find(span), len(span)) for span in record.get("span", ())]
        if record["answerable"] and not record["history"]:
            spans = tuple((at, at + length) for at, length in found if at >= 0)
            asked.append((record["question"], spans))
    yield from _placed(document, asked, texts, own=True)


def _placed(
    document: Document,
    asked: Sequence[tuple[str, Sequence[tuple[int, int]]]],
    texts: Texts,
    *,
    own: bool,
) -> Iterator[Asked]:
    """Yield the questions of which some sentence holds some of the answer."""
    first_sentence, first_passage = len(texts.sentences), len(texts.passages)
    sentences, passages = texts.add(document)
    for question, spans in asked:
        holding = _overlapping(sentences, spans, first_sentence)
        among = _overlapping(passages, spans, first_passage)
        if holding and among:
            yield Asked(question, own, texts.documents - 1, holding, among)


def _overlapping(
    ranges: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]], first: int
) -> tuple[int, ...]:
    return tuple(
        first + n
        for n, (start, end) in enumerate(ranges)
        if any(start < last and begin < end for begin, last in spans)
    )


def embedded(encoder: Encoder, texts: Sequence[str], kept: Path) -> Vectors:
    """Return the vectors of some texts, read from `kept` as far as they are there."""
    done: list[Vectors] = [np.load(kept)] if kept.exists() else []
    at = sum(map(len, done))
    while at < len(texts):
        done.append(encoder.encode_passages(texts[at : at + EMBEDDED_AT_A_TIME]))
        at += len(done[-1])
        np.save(kept, np.concatenate(done))
        log.info("%s: %d of %d embedded", kept.stem, at, len(texts))
    return np.concatenate(done)


def lower_states(encoder: Encoder, texts: Sequence[str]) -> list[Tensor]:
    """Return the states of questions' tokens below the layers that are trained."""
    found = []
    with encoder.network() as (tokenizer, bert), torch.inference_mode():
        for text in texts:
            tokens = tokenizer(
                encoder.prefixes.query + simplify(text), truncation=True, return_tensors="pt"
            )
            states = bert(**tokens, output_hidden_states=True).hidden_states[SHARED]
            found.append(states[0].clone())
    return found


class Examples:
    """What is trained on, as tensors.

    Args:
        asked: the questions.
        states: of each question's tokens.
        texts: what they are asked of.
        vectors: of its sentences, and of its passages.

    """

    def __init__(
        self,
        asked: Sequence[Asked],
        states: Sequence[Tensor],
        texts: Texts,
        vectors: tuple[Vectors, Vectors],
    ) -> None:
        self.asked = asked
        self._states = states
        self._kinds = (
            (torch.from_numpy(vectors[0]), torch.tensor(texts.of_sentence), 1.0),
            (torch.from_numpy(vectors[1]), torch.tensor(texts.of_passage), OF_PASSAGES),
        )

    def batch(self, places: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return some questions' states, (questions, tokens, width), and where tokens are."""
        rows = [self._states[place] for place in places]
        states = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        lengths = torch.tensor([len(row) for row in rows])
        return states, torch.arange(states.shape[1])[None] < lengths[:, None]

    def loss(self, vectors: Tensor, places: Sequence[int]) -> Tensor:
        """Return the mean loss of some questions' vectors."""
        of = torch.tensor([self.asked[place].document for place in places])[:, None]
        total = torch.zeros(())
        for kind, (texts, documents, weight) in enumerate(self._kinds):
            logits = vectors @ texts.T / TEMPERATURE
            right = torch.full_like(logits, -torch.inf)
            for row, place in enumerate(places):
                answer = (self.asked[place].sentences, self.asked[place].passages)[kind]
                right[row, list(answer)] = logits[row, list(answer)]
            within = logits.masked_fill(documents[None] != of, -torch.inf)
            held = right.logsumexp(dim=1)
            likely = within.logsumexp(dim=1) - held + ANYWHERE * (logits.logsumexp(dim=1) - held)
            total = total + weight * likely.mean()
        return total


def train(layers: nn.ModuleList, examples: Examples, steps: int) -> None:
    """Train layers in place."""
    chance = random.Random(0)
    torch.manual_seed(0)
    own = [n for n, each in enumerate(examples.asked) if each.own]
    other = [n for n, each in enumerate(examples.asked) if not each.own]
    with torch.no_grad():
        begun = [pooled(layers, *examples.batch([n])) for n in range(len(examples.asked))]
    optimizer = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 50) * (1 - step / steps)
    )
    from_own = round(BATCH * OWN_PART)
    for step in range(steps):
        places = chance.sample(own, from_own) + chance.sample(other, BATCH - from_own)
        vectors = pooled(layers, *examples.batch(places), dropout=DROPOUT)
        before = torch.cat([begun[place] for place in places])
        loss = examples.loss(vectors, places)
        moved = (1 - (vectors * before).sum(dim=1)).mean()
        (loss + NEAR * moved).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        if not (step + 1) % 25:
            log.info("step %d, loss %.3f, moved %.3f", step + 1, loss.item(), moved.item())


def main() -> None:
    """Embed, train, and write the layers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    os.environ["HF_HUB_OFFLINE"] = "1"
    arguments.out.mkdir(parents=True, exist_ok=True)
    encoder, texts = Encoder(DEFAULT_MODEL, arguments.cache), Texts()
    asked = list(asked_of(arguments.data, texts))
    log.info("%d questions, %d sentences", len(asked), len(texts.sentences))
    vectors = (
        embedded(encoder, texts.sentences, arguments.out / "sentences.npy"),
        embedded(encoder, texts.passages, arguments.out / "passages.npy"),
    )
    states = lower_states(encoder, [each.text for each in asked])
    with encoder.network() as (_, bert):
        layers = nn.ModuleList(layers_of(bert)[SHARED:]).train().requires_grad_(True)
    before = {name: value.clone() for name, value in layers.state_dict().items()}
    train(layers, Examples(asked, states, texts, vectors), arguments.steps)
    after = layers.state_dict()
    between = {name: value.lerp(after[name], MOVED) for name, value in before.items()}
    save_file(packed(between), WEIGHTS)


if __name__ == "__main__":
    main()
