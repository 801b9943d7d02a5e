"""Late interaction: how near each of a question's words comes to some word of a sentence.

Each token of the question has a highest cosine with a token of the text; their mean tells whether
all that is asked is spoken of, in whatever words (MaxSim of Khattab and Zaharia, "ColBERT:
Efficient and Effective Passage Search via Contextualized Late Interaction over BERT", SIGIR 2020).
"""

import re

import numpy as np
import numpy.typing as npt

from corpus.folding import fold
from qa.question import ASKING, Question
from qa.reader import Reading

Array = npt.NDArray[np.float64]

OTHER = 0.5
"""How much a token counts that is part of nothing the evidence must speak of."""
_PARTICLES = re.compile("的|了|在|是|有|和|与")
NAMES = ("soft_own", "soft_all", "soft_least")


def softness(question: Question, reading: Reading, start: int, end: int) -> dict[str, float]:
    """Return how near a sentence's words come to what a question asks.

    Args:
        question: the question.
        reading: of the sentence's passage.
        start: where the sentence begins in the document.
        end: where it ends.

    Returns:
        By the names of `NAMES`: the mean nearness of what is asked of the question's topics; of
        all that it says, headings taken in; and the least of the first.

    """
    own, above = reading.nearest(start, end)
    told, weighty = _weights(question, reading)
    if not told.any():
        return dict.fromkeys(NAMES, 0.0)
    weighty = weighty if weighty.any() else told
    return {
        "soft_own": float(own @ weighty / weighty.sum()),
        "soft_all": float(np.maximum(own, above) @ told / told.sum()),
        "soft_least": float(own[weighty > 0].min()),
    }


def _weights(question: Question, reading: Reading) -> tuple[Array, Array]:
    """Return how much each of a question's tokens counts: with its topics, and without."""
    folded = fold(question.text)
    text = folded if len(folded) == len(question.text) else question.text.lower()
    asking = np.zeros(len(text) + 1, dtype=bool)
    for pattern in (ASKING, _PARTICLES):
        for match in pattern.finditer(text):
            asking[match.start() : match.end()] = True
    pairs = list(zip(*reading.asked, strict=True))
    told = np.array([float(a < b and not asking[a:b].all()) for a, b in pairs])
    needed = np.full(len(pairs), OTHER)
    for need in sorted(question.needs, key=lambda need: need.weight * (not need.topic)):
        for word in need.alternatives:
            for match in re.finditer(re.escape(word), text):
                for place, (a, b) in enumerate(pairs):
                    if a < match.end() and match.start() < b:
                        needed[place] = 0.0 if need.topic else need.weight
    return told, told * needed
