"""The encoder's last layers as trained for questions: their vectors come near what answers them.

Sentences and passages are embedded by the encoder as it is, so an index does not depend on these.
Written by `training/query.py`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

from index.layers import Layer, unpacked
from index.model import DEFAULT_MODEL

WEIGHTS = Path(__file__).with_name("query_layers.safetensors")
SHARED = 9
"""Layers that questions share with passages; those behind them are their own."""


@cache
def layers_for(model: str) -> tuple[Layer, ...]:
    """Return the layers for a model's questions; none for any but the default one."""
    if model != DEFAULT_MODEL:
        return ()
    with safe_open(WEIGHTS, "pt") as file:
        weights = unpacked({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    inner, width = weights["0.inner.weight"].shape
    count = len({name.split(".")[0] for name in weights})
    layers = tuple(Layer(width, width // 32, inner) for _ in range(count))
    nn.ModuleList(layers).eval().requires_grad_(False).load_state_dict(weights)
    return layers


@torch.inference_mode()
def encoded(
    texts: Sequence[str], tokenizer: Any, bert: Any, layers: Sequence[Layer]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return unit vectors of questions (prefix included), twice of shape (texts, dimension).

    As the model has them, and as these layers do.
    """
    tokens = tokenizer(list(texts), truncation=True, padding=True, return_tensors="pt")
    states = bert(**tokens, output_hidden_states=True).hidden_states
    mask = tokens["attention_mask"].bool()
    plain, near = pooled((), states[-1], mask), pooled(layers, states[SHARED], mask)
    return plain.numpy().astype(np.float32), near.numpy().astype(np.float32)


def pooled(layers: Iterable[nn.Module], states: Tensor, mask: Tensor, dropout: float = 0) -> Tensor:
    """Return unit vectors: the mean of the last states.

    Args:
        layers: those behind the shared ones.
        states: what these give, (texts, tokens, width).
        mask: (texts, tokens), true where there is a token.
        dropout: as for `index.layers.Layer`.

    """
    for layer in layers:
        states = layer(states, mask, dropout)
    return functional.normalize((states * mask[..., None]).sum(dim=1), dim=-1)
