"""The reader's network: the encoder's last layers, over question and passage together.

Question and passage each go through the encoder's first layers by themselves; only the last layers
see them side by side. So a passage's lower states do not depend on the question and can be kept
(MacAvaney et al., "Efficient Document Re-Ranking for Transformers by Precomputing Term
Representations", SIGIR 2020).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from index.layers import Layer

JOIN = 6
"""Layers that question and passage go through apart; the rest see both."""

SIDES = 4
"""What a token is: 0 of the question, 1 of the passage, 2 and 3 the same where the other side has
its characters too (the exact-match feature of Chen et al., "Reading Wikipedia to Answer Open-Domain
Questions", ACL 2017)."""


class ReaderNetwork(nn.Module):
    """Upper layers over question and passage, and what is read off them.

    The first state of a pair is the question's first token; it stands for "no answer here".

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
            states: lower states, question before passage, (pairs, tokens, width).
            mask: (pairs, tokens), true where there is a token.
            sides: (pairs, tokens), see `SIDES`.
            dropout: as for `index.layers.Layer`.

        Returns:
            Logits of where the answer begins and ends, (pairs, tokens, 2), place 0 meaning none;
            and the logit that the passage answers, (pairs,).

        """
        states = states + self.side(sides)
        for layer in self.layers:
            states = layer(states, mask, dropout)
        return self.span(states), self.answers(states[:, 0]).squeeze(-1)


def joined(
    questions: Sequence[Tensor],
    passages: Sequence[Tensor],
    matches: Sequence[tuple[Sequence[bool], Sequence[bool]]],
) -> tuple[Tensor, Tensor, Tensor]:
    """Put each question's states before its passage's.

    Args:
        questions: states of each pair's question, (tokens, width).
        passages: the same of its passage.
        matches: for each pair, which tokens of either the other side has too.

    Returns:
        States, mask and sides, as `ReaderNetwork` takes them.

    """
    rows = [torch.cat(pair) for pair in zip(questions, passages, strict=True)]
    longest = max(map(len, rows))
    states = torch.zeros((len(rows), longest, rows[0].shape[1]))
    mask = torch.zeros((len(rows), longest), dtype=torch.bool)
    sides = torch.zeros((len(rows), longest), dtype=torch.long)
    for n, (row, (asked, told)) in enumerate(zip(rows, matches, strict=True)):
        states[n, : len(row)] = row.float()
        mask[n, : len(row)] = True
        sides[n, : len(row)] = torch.tensor(
            [*(2 * one for one in asked), *(1 + 2 * one for one in told)]
        )
    return states, mask, sides
