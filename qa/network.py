"""The reader's network: the encoder's last layers, over question and passage together.

Both go side by side through the encoder's first layers as they are, then through layers of the
reader's own, which began as the encoder's others (a cross-encoder with a span head; Devlin et al.,
"BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from index.layers import Layer

SHARED = 4
"""The encoder's layers that the reader takes as they are, from the first."""

_PARTED = 2
"""The token `</s>`, which stands between question and passage."""

SIDES = 4
"""What a token is: 0 of the question, 1 of the passage, 2 and 3 the same where the other side has
its characters too (the exact-match feature of Chen et al., "Reading Wikipedia to Answer Open-Domain
Questions", ACL 2017)."""


class ReaderNetwork(nn.Module):
    """Upper layers over question and passage, and what is read off them.

    A pair's first token is the question's first; it stands for "no answer here".

    Args:
        width, heads, inner: shape of a layer, as the encoder's.
        layers: how many.

    """

    def __init__(self, width: int, heads: int, inner: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.side = nn.Embedding(SIDES, width)
        self.span = nn.Linear(width, 2)
        self.answers = nn.Linear(width, 1)
        nn.init.zeros_(self.side.weight)
        nn.init.normal_(self.span.weight, std=0.02)
        nn.init.normal_(self.answers.weight, std=0.02)

    def forward(
        self, states: Tensor, mask: Tensor, sides: Tensor, dropout: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Read pairs of question and passage.

        Args:
            states: of the shared layers, question before passage, (texts, tokens, width).
            mask: see `index.layers.Layer`.
            sides: (texts, tokens), see `SIDES`.
            dropout: as for `index.layers.Layer`.

        Returns:
            Logits of where the answer begins and ends, (texts, tokens, 2), a pair's first token
            meaning nowhere; and the logit that the passage answers, (texts, tokens), which means
            something at a pair's first token.

        """
        states = states + self.side(sides)
        for layer in self.layers:
            states = layer(states, mask, dropout)
        return self.span(states), self.answers(states).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Joint:
    """A question's tokens before a passage's: their ids, and what each is, see `SIDES`."""

    ids: list[int]
    sides: list[int]


def joined(
    question: Sequence[int], passage: Sequence[int], found: tuple[Sequence[bool], Sequence[bool]]
) -> Joint:
    """Put a question's tokens before a passage's.

    Args:
        question: token ids with those that begin and end a text.
        passage: the same of the passage; its first gives way to one that parts the two.
        found: which tokens of either the other side has too.

    """
    sides = [*(2 * one for one in found[0]), *(1 + 2 * one for one in found[1])]
    return Joint([*question, _PARTED, *passage[1:]], sides)
