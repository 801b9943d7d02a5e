"""Train the reader.

    python -m training.train DATA OUT [--steps N] [--minutes M]

DATA holds the reading-comprehension files named in `examples.py`; OUT receives `checkpoint.pt`
(every few minutes; a stopped run goes on from it) and, at the end, `reader.pt`. Works on a GPU if
there is one.
"""

import argparse
import json
import logging
import math
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from index.lower import token_ranges
from qa.network import JOIN, ReaderNetwork, joined
from training.examples import SPLIT_FILES, Example, examples, folds, own_examples, read

BATCH = 16
RATE = 2e-4
WARM_UP = 0.06
DROPOUT = 0.1
MOST_TOKENS = 320
"""Of a passage; a longer one is cut."""
OWN = Path(__file__).with_name("data")
"""Documents of the project's own, each with a question file beside it."""
OWN_REPEATED = 2
"""How often those count: they are few, and nearest to what is asked of the product."""
EVERY = 100
"""Steps between checkpoints."""

_ENDS_SENTENCE = re.compile(r"[。！？!?；;\n]")

log = logging.getLogger("train")


@dataclass(frozen=True, slots=True)
class Pair:
    """An example as tokens: places into the texts' states, and the answer's first and last token.

    `first` and `last` count from the passage's first token; -1 where it does not answer.
    """

    question: int
    passage: int
    first: int
    last: int


class Texts:
    """Texts as tokens and lower states, each made once and kept in a file.

    Args:
        tokenizer: the encoder's.
        bert: the encoder's transformer.
        device: where to compute.
        kept: file of the states.

    """

    def __init__(self, tokenizer: Any, bert: Any, device: str, kept: Path) -> None:
        self.tokenizer = tokenizer
        self.bert = bert
        self.lower = layers_of(bert)[:JOIN]
        self.device = device
        self.kept = kept
        self.places: dict[str, int] = {}
        self.folded: list[str] = []
        self.ids: list[list[int]] = []
        self.starts: list[npt.NDArray[np.int64]] = []
        self.ends: list[npt.NDArray[np.int64]] = []
        self.words: list[tuple[str, ...]] = []
        self.sentences: list[npt.NDArray[np.int64]] = []
        self.states: list[Tensor] = []

    def place(self, text: str, prefix: str, limit: int) -> int:
        """Return a text's place, reading it into tokens the first time."""
        key = prefix + text
        if key not in self.places:
            encoded = self.tokenizer(
                key, truncation=True, max_length=limit, return_offsets_mapping=True
            )
            self.places[key] = len(self.ids)
            self.folded.append(fold(text))
            self.ids.append(encoded["input_ids"])
            offsets = np.array(encoded["offset_mapping"], dtype=np.int64)
            starts, ends, words = token_ranges(text, offsets, len(prefix))
            self.starts.append(starts)
            self.ends.append(ends)
            self.words.append(words)
            ends_one = [
                bool(_ENDS_SENTENCE.search(text[a:b])) for a, b in zip(starts, ends, strict=True)
            ]
            self.sentences.append(np.cumsum([0, *ends_one[:-1]]))
        return self.places[key]

    def read(self) -> None:
        """Compute the lower states of all texts that are not kept yet, in half precision."""
        known: dict[str, Tensor] = {}
        if self.kept.exists():
            known = torch.load(self.kept, weights_only=True)
        keys = list(self.places)
        missing = sorted(
            (n for n, key in enumerate(keys) if key not in known), key=lambda n: -len(self.ids[n])
        )
        began = time.time()
        for start in range(0, len(missing), 32):
            batch = missing[start : start + 32]
            ids, mask = padded([self.ids[n] for n in batch])
            found = self.run(ids.to(self.device), mask.to(self.device)).half().cpu()
            known.update({keys[n]: found[k, mask[k]].clone() for k, n in enumerate(batch)})
            if start % 3200 == 0:
                log.info("lower states %d/%d, %.0f s", start, len(missing), time.time() - began)
        if missing:
            torch.save(known, self.kept)
        self.states = [known[key] for key in keys]

    @torch.no_grad()
    def run(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return lower states of texts given as token ids, (texts, tokens, width)."""
        states: Tensor = self.bert.embeddings(input_ids=ids)
        for layer in self.lower:
            states = layer(states, mask)
        return states

    def matches(self, one: int, other: int) -> list[bool]:
        """Tell of each token of a text whether another text has its characters."""
        folded = self.folded[other]
        return [bool(word) and word in folded for word in self.words[one]]


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return token ids filled up to one length, and the mask of those that are real."""
    longest = max(map(len, rows))
    ids = torch.ones((len(rows), longest), dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.bool)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = torch.tensor(row)
        mask[n, : len(row)] = True
    return ids, mask


def pair_of(example: Example, texts: Texts) -> Pair | None:
    """Return an example as tokens, or None where its answer lies beyond the last token."""
    question = texts.place(example.question, "query: ", 64)
    passage = texts.place(example.passage, "passage: ", MOST_TOKENS)
    if example.span is None:
        return Pair(question, passage, -1, -1)
    start, end = example.span
    inside = np.flatnonzero((texts.starts[passage] < end) & (texts.ends[passage] > start))
    if not len(inside) or texts.ends[passage][inside[-1]] < end:
        return None
    return Pair(question, passage, int(inside[0]), int(inside[-1]))


def shortened(pair: Pair, texts: Texts, chance: random.Random) -> npt.NDArray[np.int64]:
    """Return which of a passage's tokens are shown: half the time all, else some sentences.

    The product shows the reader only the sentences that similarity put first; and a note of one
    sentence answers too, so that now and then one alone is shown.
    """
    owner = texts.sentences[pair.passage]
    if chance.random() < 0.5 or owner[-1] == 0:
        return np.arange(len(owner))
    answer = set(owner[pair.first : pair.last + 1].tolist()) if pair.first >= 0 else set()
    share = 0.0 if chance.random() < 0.3 else 0.4
    kept = {int(n) for n in range(int(owner[-1]) + 1) if chance.random() < share} | answer
    return np.flatnonzero(np.isin(owner, list(kept or {chance.randint(0, int(owner[-1]))})))


def batched(
    pairs: Sequence[Pair], texts: Texts, device: str, chance: random.Random
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return states, mask, sides, and first and last tokens of some pairs."""
    shown = [shortened(pair, texts, chance) for pair in pairs]
    states, mask, sides = joined(
        [texts.states[p.question] for p in pairs],
        [texts.states[p.passage][kept] for p, kept in zip(pairs, shown, strict=True)],
        [
            (
                texts.matches(p.question, p.passage),
                np.array(texts.matches(p.passage, p.question))[kept].tolist(),
            )
            for p, kept in zip(pairs, shown, strict=True)
        ],
    )
    first = torch.zeros(len(pairs), dtype=torch.long)
    last = torch.zeros(len(pairs), dtype=torch.long)
    for n, pair in enumerate(pairs):
        if pair.first >= 0:
            asked = len(texts.states[pair.question])
            first[n] = asked + int(np.searchsorted(shown[n], pair.first))
            last[n] = asked + int(np.searchsorted(shown[n], pair.last))
    moved = (states, mask, sides, first, last)
    return tuple(each.to(device) for each in moved)  # type: ignore[return-value]


def loss_of(reader: ReaderNetwork, batch: tuple[Tensor, Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """Return the mean loss: where the answer begins and ends, and whether there is one."""
    states, mask, sides, first, last = batch
    spans, answers = reader(states, mask, sides, DROPOUT)
    # Only the passage's tokens, and the first one of the question, may be pointed at.
    allowed = (sides % 2 == 1) & mask
    allowed[:, 0] = True
    spans = spans.float().masked_fill(~allowed[:, :, None], -1e4)
    pointed = functional.cross_entropy(spans[..., 0], first) + functional.cross_entropy(
        spans[..., 1], last
    )
    said = functional.binary_cross_entropy_with_logits(answers.float(), (first > 0).float())
    return pointed / 2 + said


def shuffled(pairs: Sequence[Pair], texts: Texts, seed: int) -> Iterator[list[Pair]]:
    """Yield batches of pairs of like length, in a random order."""
    chance = random.Random(seed)
    order = sorted(
        pairs,
        key=lambda p: len(texts.ids[p.question]) + len(texts.ids[p.passage]) + chance.gauss(0, 12),
    )
    batches = [order[n : n + BATCH] for n in range(0, len(order), BATCH)]
    chance.shuffle(batches)
    yield from batches


def begun_from(bert: Any, begin: Path | None) -> ReaderNetwork:
    """Return a reader that begins as the encoder's upper layers, or as an earlier reader."""
    upper = layers_of(bert)[JOIN:]
    first = upper[0]
    reader = ReaderNetwork(
        first.query.in_features, first.heads, first.inner.out_features, layers=len(upper)
    )
    for own, source in zip(reader.layers, upper, strict=True):
        own.load_state_dict(source.state_dict())
    if begin:
        reader.load_state_dict(torch.load(begin, weights_only=True)["reader"])
    return reader


def train(
    data: Path,
    out: Path,
    model: Path,
    begin: Path | None,
    epochs: float,
    minutes: float,
    seed: int = 0,
    rate: float = RATE,
    own: bool = False,
) -> None:
    """Train until `epochs` are done or `minutes` are over; go on from a checkpoint.

    `seed` orders the batches: a later run with the same one sees the same first batches again.
    `rate` is the highest learning rate; with `own`, only the project's own documents are seen.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    out.mkdir(parents=True, exist_ok=True)
    bert: Any = BertModel.from_pretrained(model)
    bert.eval().to(device)
    reader = begun_from(bert, begin).to(device)
    texts = Texts(AutoTokenizer.from_pretrained(model), bert, device, out / "states.pt")
    pairs = training_pairs(data, texts, own)
    answered = sum(p.first >= 0 for p in pairs)
    log.info("%d pairs, %d answered, %d texts", len(pairs), answered, len(texts.ids))
    texts.read()
    steps = int(epochs * math.ceil(len(pairs) / BATCH))
    decayed = [p for p in reader.parameters() if p.dim() > 1]
    plain = [p for p in reader.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], rate
    )
    step = 0
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        reader.load_state_dict(saved["reader"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
        log.info("going on from step %d", step)
    began = time.time()
    chance = random.Random(seed + step)
    reader.train()
    recent: list[float] = []
    while step < steps and time.time() - began < 60 * minutes:
        epoch, skip = divmod(step, math.ceil(len(pairs) / BATCH))
        for number, batch in enumerate(shuffled(pairs, texts, seed + epoch)):
            if number < skip:
                continue
            # A run that ends by its minutes cools down as one that ends by its steps.
            done = max(step / steps, (time.time() - began) / (60 * minutes))
            share = min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - done)
            for group in optimizer.param_groups:
                group["lr"] = rate * share
            loss = loss_of(reader, batched(batch, texts, device, chance))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            step += 1
            recent.append(loss.item())
            if step % EVERY == 0:
                mean = sum(recent[-EVERY:]) / len(recent[-EVERY:])
                log.info("step %d/%d loss %.3f, %.0f s", step, steps, mean, time.time() - began)
                save(checkpoint, reader, optimizer, step)
            if step >= steps or time.time() - began >= 60 * minutes:
                break
    save(checkpoint, reader, optimizer, step)
    torch.save({"reader": reader.state_dict(), "step": step}, out / "reader.pt")


def training_pairs(data: Path, texts: Texts, own: bool) -> list[Pair]:
    """Return all training pairs, or the own documents'; held-out articles are left out."""
    chance = random.Random(1)
    made = [] if own else public_examples(data, chance)
    for document in sorted(OWN.iterdir()):
        if document.suffix in (".txt", ".md") and document.with_suffix(".jsonl").exists():
            for _ in range(OWN_REPEATED):
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


def save(path: Path, reader: ReaderNetwork, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write a checkpoint in one step, so that a killed run leaves the one before."""
    fresh = path.with_suffix(".new")
    torch.save(
        {"reader": reader.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, fresh
    )
    fresh.replace(path)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--begin", type=Path, help="a checkpoint whose weights to begin with")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    parser.add_argument("--own", action="store_true", help="only the project's own documents")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(
        arguments.data,
        arguments.out,
        arguments.model,
        arguments.begin,
        arguments.epochs,
        arguments.minutes,
        arguments.seed,
        arguments.rate,
        arguments.own,
    )


if __name__ == "__main__":
    main()
