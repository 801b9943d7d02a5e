"""One transformer layer, as BERT-like encoders have them, usable apart from its model."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn import functional


class Layer(nn.Module):
    """A BERT layer (attention and feed-forward part, each followed by its norm).

    Args:
        width: of the states.
        heads: of the attention.
        inner: width inside the feed-forward part.

    """

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=1e-12)
        self.inner = nn.Linear(width, inner)
        self.outer = nn.Linear(inner, width)
        self.outer_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        """Return new states.

        Args:
            states: (texts, tokens, width).
            mask: (texts, tokens), true where there is a token; or (texts, tokens, tokens), true
                where the first attends to the second.
            dropout: part of the values dropped, in training.

        """
        texts, tokens, width = states.shape

        def split(values: Tensor) -> Tensor:
            return values.view(texts, tokens, self.heads, width // self.heads).transpose(1, 2)

        attended = functional.scaled_dot_product_attention(
            split(self.query(states)),
            split(self.key(states)),
            split(self.value(states)),
            attn_mask=mask[:, None, None, :] if mask.dim() == 2 else mask[:, None],
        )
        attended = attended.transpose(1, 2).reshape(texts, tokens, width)
        attended = functional.dropout(self.attended(attended), dropout, self.training)
        states = self.attended_norm(states + attended)
        inner = functional.gelu(self.inner(states))
        outer = functional.dropout(self.outer(inner), dropout, self.training)
        normed: Tensor = self.outer_norm(states + outer)
        return normed


def layers_of(bert: Any) -> list[Layer]:
    """Return the layers of a `transformers.BertModel`; weights are shared with it, not copied."""
    shape = (
        bert.config.hidden_size,
        bert.config.num_attention_heads,
        bert.config.intermediate_size,
    )
    return [_sharing(Layer(*shape), source) for source in bert.encoder.layer]


def _sharing(layer: Layer, source: Any) -> Layer:
    layer.query = source.attention.self.query
    layer.key = source.attention.self.key
    layer.value = source.attention.self.value
    layer.attended = source.attention.output.dense
    layer.attended_norm = source.attention.output.LayerNorm
    layer.inner = source.intermediate.dense
    layer.outer = source.output.dense
    layer.outer_norm = source.output.LayerNorm
    return layer


def unpacked(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights as numbers; matrices are kept as bytes with a scale a row."""
    return {
        name: value.float() * weights[f"{name}.scale"]
        if f"{name}.scale" in weights
        else value.float()
        for name, value in weights.items()
        if not name.endswith(".scale")
    }
