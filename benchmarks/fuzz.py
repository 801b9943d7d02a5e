"""Made-up files to every reader and made-up questions to the question path, as long as one likes.

    python benchmarks/fuzz.py [--seconds 600] [--only pdf,docx,question] [--seed 1]

The time is shared evenly. What is made up and what must hold stand in `tests/corpus/mutations.py`
and `tests/qa/questions.py`, where a short run of each is a test. Prints each target's count and its
slowest case, what failed with the case that did, and exit code 1 if anything failed.
"""

import argparse
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.where import commit, machine
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.reader import Reader
from service.assembly import Parts, stay_local
from service.assembly import seed as bundle
from service.settings import Settings
from tests.corpus.mutations import FORMS, check_file, files
from tests.qa.questions import HISTORIES, STRINGS, check_question

QUESTION = "question"
SLOW = 5.0
"""Seconds of computing from which a case is shown."""
SLICE = 20.0
"""Seconds that a target is given before the next has its turn."""
EXAMPLES = 50
"""Cases for one seed; a new one begins after them, so that time is the only bound."""


@dataclass
class Target:
    """What is fed with made-up input, and what came of it so far.

    Attributes:
        name: a format's extension, or "question".
        cases: the made-up inputs.
        check: asserts what must hold for one.
        slowest: seconds of computing that the slowest case took, and that case.

    """

    name: str
    cases: st.SearchStrategy[object]
    check: Callable[[object], object]
    count: int = 0
    good: int = 0
    slowest: tuple[float, str] = (0.0, "")
    failures: dict[str, str] = field(default_factory=dict)

    def run(self, turn: int, until: float) -> None:
        """Try cases of one seed until they or the time are up."""

        @seed(turn)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(self.cases)
        def hold(case: object) -> None:
            if time.monotonic() > until:
                return
            began = time.process_time()
            self.count += 1
            result = self.check(case)
            self.good += result in ("", True)
            self.slowest = max(self.slowest, (time.process_time() - began, repr(case)[:400]))

        try:
            hold()
        except Exception as error:
            notes = "\n".join(getattr(error, "__notes__", []))
            self.failures.setdefault(type(error).__name__, f"{error}"[:1500] + f"\n{notes[:4000]}")


def readers(names: list[str]) -> Iterator[Target]:
    """Yield a target for each format."""
    for form in FORMS:
        if form in names:
            yield Target(form, files(form), lambda content, form=form: check_file(content, form))


@contextmanager
def questions() -> Iterator[Target]:
    """Give the question path over the bundled article, reader and all."""
    chosen = Settings()
    encoder, segmenter = Encoder(chosen.model, chosen.cache), Segmenter()
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), encoder, segmenter)
        reader = Reader(encoder)
        bundle(Parts(encoder, segmenter, library, reader), chosen)

        def check(case: object) -> bool:
            question, history, read = case
            with library.view() as view:
                return check_question(view, question, history, reader if read else None)

        check(("准备", [], True))
        yield Target(QUESTION, st.tuples(STRINGS, HISTORIES, st.booleans()), check)


def fuzz(targets: list[Target], seconds: float, first: int) -> None:
    """Give every target its turn until the time is up."""
    until, turn = time.monotonic() + seconds, first
    while time.monotonic() < until:
        for target in targets:
            end = min(until, time.monotonic() + min(SLICE, seconds / len(targets)))
            while time.monotonic() < end:
                target.run(turn, end)
                turn += 1


def report(targets: list[Target]) -> int:
    """Print what came of each; return how many failed."""
    for target in targets:
        print(
            f"{target.name:<9} {target.count:>7} cases, {target.good:>7} read or answered, "
            f"slowest {target.slowest[0]:.2f} s, {len(target.failures)} failures"
        )
    for target in targets:
        if target.slowest[0] > SLOW:
            print(f"--- {target.name}: {target.slowest[0]:.1f} s for {target.slowest[1]}")
        for kind, text in target.failures.items():
            print(f"--- {target.name}: {kind}\n{text}")
    return sum(bool(target.failures) for target in targets)


def main() -> int:
    """Fuzz, and print figures."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--seconds", type=float, default=600)
    words.add_argument("--only", default=",".join((*FORMS, QUESTION)))
    words.add_argument("--seed", type=int, default=1)
    chosen = words.parse_args()
    names = chosen.only.split(",")
    if unknown := set(names) - {*FORMS, QUESTION}:
        words.error(f"no such target: {', '.join(sorted(unknown))}")
    stay_local(Settings().model)
    # The PDF library tells of every oddity it meets; here that is every case.
    logging.disable(logging.ERROR)
    targets = list(readers(names))
    if QUESTION in names:
        with questions() as asked:
            targets.append(asked)
            fuzz(targets, chosen.seconds, chosen.seed)
    else:
        fuzz(targets, chosen.seconds, chosen.seed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"machine: {machine()}; commit {commit()}")
    print(f"{(used.ru_utime + used.ru_stime) / 60:.1f} CPU-minutes")
    failed = report(targets)
    print(f"{failed} targets failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
