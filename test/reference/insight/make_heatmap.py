"""Reference data for the heat map of main/model/head/attribution.ts: make_heatmap.py OUT.json

Needs PyTorch (Debian: python3-torch). The logit's gradient comes from PyTorch's autograd. The tests read the JSON only.
"""

import json
import sys

import torch

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)
CELLS, CHANNELS, PICTURES = 9, 4, 6


def case(units):
    widths = [CELLS * CHANNELS, *units, 1]
    layers = [torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    x = torch.rand(PICTURES, widths[0]).requires_grad_()
    z = x
    for layer in layers[:-1]:
        z = torch.relu(layer(z))
    logits = layers[-1](z)
    (gradient,) = torch.autograd.grad(logits.sum(), x)
    cells = (x * gradient).reshape(PICTURES, CELLS, CHANNELS).sum(2)
    return {
        "units": units,
        # Keras' order: [inputs, outputs].
        "kernels": [layer.weight.T.tolist() for layer in layers],
        "biases": [layer.bias.tolist() for layer in layers],
        "features": x.tolist(),
        "logits": logits.flatten().tolist(),
        "cells": cells.tolist(),
    }


with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"torch": torch.__version__, "cases": [case([8]), case([8, 5])]}, file)
