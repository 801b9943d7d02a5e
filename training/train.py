"""Train the reader.

    python -m training.train DATA OUT --model FOLDER [--minutes M] [--begin CHECKPOINT]

DATA holds the reading-comprehension files named in `examples.py`; OUT receives `checkpoint.pt`
every few minutes, and a stopped run goes on from it. Works on a GPU if there is one.
"""

import argparse
import json
import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoTokenizer, BertModel

from corpus.folding import fold
from index.layers import layers_of
from index.lower import LONGEST_QUESTION, Tokens, run, tokens_of
from qa.network import SHARED, Joint, ReaderNetwork, joined
from training.examples import (
    SPLIT_FILES,
    Example,
    examples,
    folds,
    own_documents,
    own_examples,
    read,
)

BATCH = 16
RATE = 1.5e-4
WARM_UP = 80
"""Steps in which the learning rate rises."""
DROPOUT = 0.1
MOST_TOKENS = 200
"""Of a passage; a longer one is cut."""
WHOLE = 0.2
"""How often a passage is shown whole."""
ROOM = (0, 30, 50, 80)
"""Tokens shown beside the sentence that matters."""
BESIDE = 0.4
"""How often those are its neighbours first."""
EVERY = 100
"""Steps between checkpoints."""

Lower = Callable[[Tensor, Tensor], Tensor]
"""Gives the shared layers' states of token ids and their mask."""

_ENDS_SENTENCE = re.compile(r"[。！？!?；;\n]")

log = logging.getLogger("train")


@dataclass(frozen=True, slots=True)
class Pair:
    """An example as tokens: places of its texts, and the first and last token that matter.

    `first` and `last` count from the passage's first token, -1 if none matters; they hold the
    answer where the passage answers, and else what might be taken for it.
    """

    question: int
    passage: int
    first: int
    last: int
    answers: bool
    head: int


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as it is shown once; `first` and `last` are 0 where nothing answers."""

    tokens: Joint
    first: int
    last: int


class Texts:
    """Texts as tokens, each made once.

    Args:
        tokenizer: the encoder's.

    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.places: dict[str, int] = {}
        self.folded: list[str] = []
        self.tokens: list[Tokens] = []
        self.sentences: list[npt.NDArray[np.int64]] = []

    def place(self, text: str, prefix: str, limit: int) -> int:
        """Return a text's place, reading it into tokens the first time."""
        key = prefix + text
        if key not in self.places:
            self.places[key] = len(self.tokens)
            tokens = tokens_of(self.tokenizer, text, prefix, limit)
            self.tokens.append(tokens)
            self.folded.append(fold(text))
            ends_one = [
                bool(_ENDS_SENTENCE.search(text[a:b]))
                for a, b in zip(tokens.starts, tokens.ends, strict=True)
            ]
            self.sentences.append(np.cumsum([0, *ends_one[:-1]]))
        return self.places[key]


def pair_of(example: Example, texts: Texts) -> Pair | None:
    """Return an example as tokens, or None where its answer lies beyond the last token."""
    question = texts.place(example.question, "query: ", LONGEST_QUESTION)
    passage = texts.place(example.passage, "passage: ", MOST_TOKENS)
    span = example.span or example.tempting
    if span is None:
        return Pair(question, passage, -1, -1, False, example.head)
    start, end = span
    tokens = texts.tokens[passage]
    inside = np.flatnonzero((tokens.starts < end) & (tokens.ends > start))
    if not len(inside) or tokens.ends[inside[-1]] < end:
        return None
    ends = (int(inside[0]), int(inside[-1]))
    return Pair(question, passage, *ends, example.span is not None, example.head)


def shown(pair: Pair, texts: Texts, chance: random.Random) -> npt.NDArray[np.int64]:
    """Return which of a passage's tokens are shown: now and then all, else some sentences.

    The product shows the reader only the sentences that similarity put first, under their headings;
    a note of one sentence answers too, so that now and then one alone is shown.
    """
    owner, tokens = texts.sentences[pair.passage], texts.tokens[pair.passage]
    if chance.random() < WHOLE or owner[-1] == 0:
        return np.arange(len(owner))
    last = int(owner[-1])
    kept = set(owner[pair.first : pair.last + 1].tolist() if pair.first >= 0 else ())
    kept = kept or {chance.randint(0, last)}
    size = np.bincount(owner)
    room = chance.choice(ROOM)
    others = list(range(last + 1))
    chance.shuffle(others)
    if chance.random() < BESIDE:
        others = [near for one in sorted(kept) for near in (one + 1, one - 1)] + others
    for one in others:
        if 0 <= one <= last and one not in kept and size[one] <= room:
            kept.add(one)
            room -= size[one]
    above = (tokens.ends <= tokens.starts) | (tokens.starts < pair.head)
    return np.flatnonzero(np.isin(owner, list(kept)) | above)


def row_of(pair: Pair, texts: Texts, chance: random.Random) -> Row:
    """Return a pair as it is shown this time."""
    question, passage = texts.tokens[pair.question], texts.tokens[pair.passage]
    kept = shown(pair, texts, chance)
    passage = passage.only(kept)
    first, last = (
        len(question.ids) + int(np.searchsorted(kept, place)) if pair.answers else 0
        for place in (pair.first, pair.last)
    )
    found = (
        question.found_in(texts.folded[pair.passage]),
        passage.found_in(texts.folded[pair.question]),
    )
    return Row(joined(question.ids.tolist(), passage.ids.tolist(), found), first, last)


def padded(rows: Sequence[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """Return token ids, mask and sides of rows filled up to one length, each (rows, tokens)."""
    longest = max(len(row.tokens.ids) for row in rows)
    ids = torch.ones((len(rows), longest), dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.bool)
    sides = torch.zeros((len(rows), longest), dtype=torch.long)
    for n, row in enumerate(rows):
        count = len(row.tokens.ids)
        ids[n, :count] = torch.tensor(row.tokens.ids)
        sides[n, :count] = torch.tensor(row.tokens.sides)
        mask[n, :count] = True
    return ids, mask, sides


def loss_of(reader: ReaderNetwork, lower: Lower, rows: Sequence[Row]) -> Tensor:
    """Return the mean loss: where the answer begins and ends, and whether there is one."""
    first, last = torch.tensor([[row.first for row in rows], [row.last for row in rows]])
    device = reader.side.weight.device
    ids, mask, sides, first, last = (each.to(device) for each in (*padded(rows), first, last))
    spans, answers = reader(lower(ids, mask), mask, sides, DROPOUT)
    # Only the passage's tokens, and the first one of the question, may be pointed at.
    allowed = (sides % 2 == 1) & mask
    allowed[:, 0] = True
    spans = spans.float().masked_fill(~allowed[:, :, None], -1e4)
    pointed = functional.cross_entropy(spans[..., 0], first) + functional.cross_entropy(
        spans[..., 1], last
    )
    said = functional.binary_cross_entropy_with_logits(answers[:, 0].float(), (first > 0).float())
    return pointed / 2 + said


def batches(pairs: Sequence[Pair], texts: Texts, seed: int) -> Iterator[list[Row]]:
    """Yield batches of rows of like length, in a random order."""
    chance = random.Random(seed)
    rows = [row_of(pair, texts, chance) for pair in pairs]
    rows.sort(key=lambda row: len(row.tokens.ids) + chance.gauss(0, 6))
    made = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
    chance.shuffle(made)
    yield from made


def begun_from(bert: Any, begin: Path | None) -> ReaderNetwork:
    """Return a reader that begins as the encoder's upper layers, or as an earlier reader."""
    upper = layers_of(bert)[SHARED:]
    first = upper[0]
    reader = ReaderNetwork(
        first.query.in_features, first.heads, first.inner.out_features, layers=len(upper)
    )
    for own, source in zip(reader.layers, upper, strict=True):
        own.load_state_dict(source.state_dict())
    if begin:
        reader.load_state_dict(torch.load(begin, weights_only=True)["reader"])
    return reader.requires_grad_(True)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train.

    Attributes:
        minutes: how long.
        rate: the highest learning rate.
        last: part of it that is left at the end.
        seed: orders the batches.

    """

    minutes: float
    rate: float = RATE
    last: float = 0.02
    seed: int = 0


def train(
    pairs: Sequence[Pair], texts: Texts, bert: Any, out: Path, begin: Path | None, plan: Plan
) -> None:
    """Train for some minutes; a stopped run goes on from its checkpoint."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    out.mkdir(parents=True, exist_ok=True)
    bert.eval().requires_grad_(False).to(device)
    shared = layers_of(bert)[:SHARED]
    reader = begun_from(bert, begin).to(device).train()
    decayed = [p for p in reader.parameters() if p.dim() > 1]
    plain = [p for p in reader.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
        plan.rate,
    )
    checkpoint = out / "checkpoint.pt"
    step, spent = 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        reader.load_state_dict(saved["reader"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
        log.info("going on from step %d", step)
    began = time.time() - spent
    recent: list[float] = []
    for rows in forever(pairs, texts, plan.seed + step):
        done = (time.time() - began) / (60 * plan.minutes)
        if done >= 1:
            break
        share = min(1.0, (step + 1) / WARM_UP) * (1 - done * (1 - plan.last))
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * share
        loss = loss_of(reader, lambda ids, mask: run(bert, shared, ids, mask), rows)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        step += 1
        recent.append(loss.item())
        if step % EVERY == 0:
            mean = sum(recent[-EVERY:]) / EVERY
            log.info("step %d loss %.3f, %.0f s", step, mean, time.time() - began)
            save(checkpoint, reader, optimizer, step, time.time() - began)
    save(checkpoint, reader, optimizer, step, time.time() - began)


def forever(pairs: Sequence[Pair], texts: Texts, seed: int) -> Iterator[list[Row]]:
    """Yield batches of all pairs, again and again, each time shown anew."""
    for epoch in count():
        log.info("epoch %d", epoch)
        yield from batches(pairs, texts, seed + epoch)


def training_pairs(data: Path, texts: Texts) -> list[Pair]:
    """Return all training pairs; held-out articles and documents are left out."""
    chance = random.Random(1)
    made = list(public_examples(data, chance))
    for document in own_documents():
        made.extend(own_examples(document, chance))
    return [pair for pair in (pair_of(example, texts) for example in made) if pair]


def public_examples(data: Path, chance: random.Random) -> list[Example]:
    """Return the examples of the reading-comprehension files."""
    paragraphs = [p for name in SPLIT_FILES for p in read(data / f"{name}.json")]
    fold = folds(paragraphs)
    kept = [p for p in paragraphs if fold.get((p.file, p.article), 1) != 0]
    english = {}
    for article in json.loads((data / "xquad_en.json").read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            english.update({q["id"]: q["question"] for q in paragraph["qas"]})
    return list(examples(kept, english, chance))


def save(
    path: Path, reader: ReaderNetwork, optimizer: torch.optim.Optimizer, step: int, spent: float
) -> None:
    """Write a checkpoint in one step, so that a killed run leaves the one before."""
    fresh = path.with_suffix(".new")
    state = {"reader": reader.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**state, "step": step, "spent": spent}, fresh)
    fresh.replace(path)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--begin", type=Path, help="a checkpoint whose weights to begin with")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    parser.add_argument("--last", type=float, default=0.02, help="part of it left at the end")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    bert: Any = BertModel.from_pretrained(arguments.model)
    texts = Texts(AutoTokenizer.from_pretrained(arguments.model))
    pairs = training_pairs(arguments.data, texts)
    log.info("%d pairs, %d answered", len(pairs), sum(pair.answers for pair in pairs))
    plan = Plan(arguments.minutes, arguments.rate, arguments.last, arguments.seed)
    train(pairs, texts, bert, arguments.out, arguments.begin, plan)


if __name__ == "__main__":
    main()
