"""Measure, and write docs/benchmarks.md.

    python benchmarks/report.py [--retrieval] [--out FILE]

Asks every question set of the repository of its document, with the reader and without, and the
plain baseline beside them; with --retrieval also the reading-comprehension files in
../shared/data, where they are. Figures come with 95 % bootstrap intervals.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baseline import median_ms, plain_sentence
from where import commit, machine

from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.evaluation.intervals import interval
from qa.evaluation.items import holds, read_questions
from qa.evaluation.outcomes import Outcome, run
from qa.evaluation.report import QuestionReport, mean, risks, row
from qa.evaluation.squad import evaluate_retrieval
from qa.reader import Reader
from qa.weights import mode_of
from service.assembly import ARTICLES, stay_local
from service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(__file__).with_name("questions")
SHARED = ROOT.parent / "shared" / "data"
OUT = ROOT / "docs" / "benchmarks.md"
RECORDED = OWN / "recorded.json"
"""What the tests hold on to."""


@dataclass(frozen=True, slots=True)
class Set:
    """A question set: what it is asked of, and what its questions were used for."""

    name: str
    questions: Path
    document: Path
    used: str


FITTED = "weights fitted on these questions"
READ = "no weight fitted on these, but rules were written after reading their failures"
UNSEEN = "nothing fitted on these, and no failure read"


SETS = (
    Set("edge_ai", OWN / "edge_ai.jsonl", ARTICLES / "edge_ai.md", FITTED),
    Set("handbook", OWN / "handbook.jsonl", OWN / "handbook.md", FITTED),
    Set("industry", OWN / "industry.jsonl", OWN / "industry.txt", READ),
    Set("manual", OWN / "manual.jsonl", OWN / "manual.md", READ),
    Set("optics", OWN / "optics.jsonl", OWN / "optics.txt", UNSEEN),
    Set("institute", OWN / "institute.jsonl", OWN / "institute.md", UNSEEN),
    Set("eda", OWN / "eda.jsonl", OWN / "eda.txt", UNSEEN),
    Set("water", OWN / "water.jsonl", OWN / "water.md", UNSEEN),
    Set("article", SHARED / "article_questions.jsonl", SHARED / "article.txt", FITTED),
)
WARMING = 10
"""Questions asked before anything is timed."""
RETRIEVAL = (
    ("cmrc2018_trial.json", None),
    ("xquad_zh.json", None),
    ("xquad_en.json", "xquad_zh.json"),
    ("xquad_zh.json", "xquad_en.json"),
    ("drcd_test_part.json", None),
)
"""Files, and for some the aligned one whose contexts are searched."""

FIGURES: tuple[tuple[str, Callable[[Outcome], float | bool | None]], ...] = (
    ("answerable, answered right", lambda o: o.right if o.item.answerable else None),
    (
        "unanswerable, refused",
        lambda o: None if o.item.answerable else not o.answer.answerable,
    ),
    (
        "answerable, wrongly refused",
        lambda o: not o.answer.answerable if o.item.answerable else None,
    ),
    ("citations exact", lambda o: o.exact if o.answer.answerable else None),
    ("answers that cite some of the evidence", lambda o: o.overlap),
)


def main() -> int:
    """Measure and write; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--retrieval", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    settings = Settings()
    stay_local(settings.model)
    encoder, segmenter = Encoder(settings.model, settings.cache), Segmenter()
    encoder.load()
    modes: dict[str, Reader | None] = {"off": None}
    if Reader.fits(settings.model):
        modes = {"on": Reader(encoder), **modes}
    lines = [HEAD.format(commit=commit(), machine=machine())]
    recorded = {}
    for each in SETS:
        if each.questions.is_file():
            print(each.name, file=sys.stderr, flush=True)
            found = _asked(each, encoder, segmenter, modes)
            recorded[each.name] = _counts(found.reports[next(iter(modes))])
            lines += list(_answers(each, found))
    if arguments.out == OUT:
        RECORDED.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    lines += [MEASURED, *(f"- {name}: {mode_of(name == 'on').measured}" for name in modes), ""]
    if arguments.retrieval:
        lines += list(_retrieval(encoder, segmenter, next(iter(modes.values()))))
    lines += [START, LEFT_OUT]
    arguments.out.write_text("\n".join(lines), "utf-8")
    return 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a set: a report a mode, and what is set beside them.

    Attributes:
        reports: by mode.
        plain: for each answerable question without a conversation, whether the baseline is right.
        encoding: milliseconds that the encoder alone takes for a question.

    """

    reports: dict[str, QuestionReport]
    plain: list[bool]
    encoding: float


def _asked(
    each: Set, encoder: Encoder, segmenter: Segmenter, modes: dict[str, Reader | None]
) -> Asked:
    items = read_questions(each.questions)
    with tempfile.TemporaryDirectory() as directory:
        library = Library(Path(directory), encoder, segmenter)
        library.add(load_file(each.document))
        with library.view() as view:
            asked = [item for item in items if item.answerable and not item.history]
            plain = [holds(item, plain_sentence(view, item.question)) for item in asked]
        # Once before anything is timed: what is made at first use is no part of a question's time.
        run(library, items[:WARMING], next(iter(modes.values())))
        reports = {
            name: QuestionReport(each.name, tuple(run(library, items, reader)))
            for name, reader in modes.items()
        }
    return Asked(reports, plain, median_ms([item.question for item in items], encoder))


def _counts(report: QuestionReport) -> dict[str, int]:
    """Return what the tests hold on to."""
    asked = [o for o in report.outcomes if o.item.answerable]
    return {
        "answered right": sum(o.right for o in asked),
        "refused": sum(not o.answer.answerable for o in report.outcomes if not o.item.answerable),
        "wrongly refused": sum(not o.answer.answerable for o in asked),
    }


def _answers(each: Set, found: Asked) -> Iterator[str]:
    reports = found.reports
    count = len(next(iter(reports.values())).outcomes)
    yield f"\n### {each.name}: {count} questions ({each.used})\n"
    yield "| | " + " | ".join(f"reader {name}" for name in reports) + " |"
    yield "| --- |" + " --- |" * len(reports)
    for label, value in FIGURES:
        yield _line(label, [_with_interval(map(value, r.outcomes)) for r in reports.values()])
    yield _line("mean length, characters", [_length(r.outcomes) for r in reports.values()])
    yield _line("the same, one fact asked", [_fact(r.outcomes) for r in reports.values()])
    yield _line(
        "one question, median / 95th percentile, ms",
        ["{:.0f} / {:.0f}".format(*r.milliseconds()) for r in reports.values()],
    )
    for coverage in (0.4, 0.6, 0.8, 1.0):
        yield _line(
            f"wrong among the surest {coverage:.0%}",
            [f"{dict(risks(r.outcomes))[coverage]:.2f}" for r in reports.values()],
        )
    yield (
        f"\nThe encoder alone: {found.encoding:.0f} ms a question. Plain baseline (best sentence "
        f"by fused scores, never refuses) on the {len(found.plain)} answerable ones without a "
        f"conversation: {mean(found.plain) or 0.0:.3f}.\n"
    )
    yield from _by_group(reports)


def _by_group(reports: dict[str, QuestionReport]) -> Iterator[str]:
    yield "| type or language | questions | " + " | ".join(f"right, {n}" for n in reports) + " |"
    yield "| --- | --- |" + " --- |" * len(reports)
    rows = {name: {r.name: r for r in report.rows()} for name, report in reports.items()}
    for name, first in next(iter(rows.values())).items():
        if name == "all":
            continue
        values = []
        for found in rows.values():
            own = found[name]
            right = own.accuracy if own.accuracy is not None else own.refusal_recall
            values.append(f"{right:.2f}" if right is not None else "–")
        yield _line(f"{name} | {first.answerable + first.unanswerable}", values)


def _line(label: str, cells: Iterable[str]) -> str:
    return f"| {label} | " + " | ".join(cells) + " |"


def _with_interval(values: Iterable[float | bool | None]) -> str:
    kept = [float(value) for value in values if value is not None]
    if not kept:
        return "–"
    low, high = interval(kept)
    return f"{mean(kept):.3f} ({low:.2f}–{high:.2f})"


def _length(outcomes: Sequence[Outcome]) -> str:
    return f"{row('', outcomes).length or 0.0:.0f}"


def _fact(outcomes: Sequence[Outcome]) -> str:
    several = {"list", "comparison", "summary", "why_how"}
    return _length([o for o in outcomes if o.item.type not in several])


def _retrieval(encoder: Encoder, segmenter: Segmenter, reader: Reader | None) -> Iterator[str]:
    yield RETRIEVED
    for name, contexts in RETRIEVAL:
        path = SHARED / name
        if not path.is_file():
            continue
        print(name, contexts or "", file=sys.stderr, flush=True)
        over = SHARED / contexts if contexts else None
        found = evaluate_retrieval(encoder, segmenter, path, over, reader)
        sentence = "–" if found.sentence_1 is None else f"{found.sentence_1:.3f}"
        yield _line(
            found.file.removesuffix(".json"),
            [
                str(found.contexts),
                str(found.questions),
                f"{found.recall_1:.3f}",
                f"{found.recall_5:.3f}",
                f"{found.recall_10:.3f}",
                f"{found.mrr_10:.3f}",
                sentence,
            ],
        )
    yield ""


HEAD = """# Benchmarks

Written by `python benchmarks/report.py`. Commit `{commit}`, {machine}, CPU only, default model.
Intervals are 95 % bootstrap intervals over the questions of a set.

## Answers

The question sets and their documents are in `benchmarks/questions/`; ask them anywhere with
`wenju eval QUESTIONS --over DOCUMENT`. The set `article` is not part of the repository.
"""
MEASURED = """
## Unseen questions

The weights that rank sentences and decide refusals were fitted by `training/fit.py` on the sets
marked so. With those questions split in five by type, fitted on four and judged on the fifth,
beside the same judged by weights that saw them:
"""
RETRIEVED = """## Retrieval

`wenju eval FILE`, each context a document of its own, ranked by its best passage. *Sentence*:
whether the best sentence, looked for in the right context, holds the whole answer.

| file | contexts | questions | recall@1 | recall@5 | recall@10 | MRR@10 | sentence |
| --- | --- | --- | --- | --- | --- | --- | --- |"""
START = """
## Start

Measured by hand at `5adfe25`, with other work on the machine: from a fresh clone to `/readyz` 200
in 258 s, 460 MB downloaded (torch's CPU build 192 MB, the model's package 91 MB), 1.8 GB of virtual
environment, 235 MB of model. A later `make run`: 20 s, of which 8 until it listens and 12 for torch
and the model.
"""
LEFT_OUT = """
## What this leaves out

- The sets are small: with 80 questions a share is known to about ± .1, and a type with fewer than
  ten questions says little about the type.
- Documents and questions of one set were written by one hand, so that they are more alike among
  themselves than a company's are. Long documents, many documents at once and scanned ones are not
  measured here.
- An answer counts as right when it holds the expected words; a right quote with a wrong one beside
  it counts too.
"""

if __name__ == "__main__":
    sys.exit(main())
