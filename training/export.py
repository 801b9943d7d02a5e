"""Write a trained reader as the file the product loads: bytes with a scale a row.

python -m training.export CHECKPOINT [OUT]
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from qa.reader import WEIGHTS


def packed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights with matrices as int8 and a scale a row; vectors in half precision."""
    found: dict[str, Tensor] = {}
    for name, value in weights.items():
        if value.dim() == 2 and value.shape[0] > 2:
            scale = value.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
            found[name] = (value / scale).round().to(torch.int8)
            found[f"{name}.scale"] = scale.half().float()
        else:
            found[name] = value.half()
    return {name: value.contiguous() for name, value in found.items()}


def export(checkpoint: Path, out: Path) -> None:
    """Write the reader of a checkpoint to `out`."""
    weights = torch.load(checkpoint, map_location="cpu", weights_only=True)["reader"]
    layers = len({name.split(".")[1] for name in weights if name.startswith("layers.")})
    inner, width = weights["layers.0.inner.weight"].shape
    shape = {"width": width, "heads": width // 32, "inner": inner, "layers": layers}
    save_file(packed(weights), out, {key: str(value) for key, value in shape.items()})


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else WEIGHTS)
