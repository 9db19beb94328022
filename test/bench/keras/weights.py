"""Gives a Keras InceptionV3 the weights that come with Twofold."""

import json
import re
import struct

import numpy as np

WEIGHTS = {
    "conv2d": ["kernel"],
    "batch_normalization": ["beta", "moving_mean", "moving_variance"],
}


def read(path):
    """Tensors of the shipped file, as float32(8 bits) * scale + min, each operation rounded to float32."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    scales = json.loads(header.pop("__metadata__")["quantization"])
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(body[start:end], np.uint8).astype(np.float32)
        scale = scales[name]
        tensors[name] = (values * np.float32(scale["scale"]) + np.float32(scale["min"])).reshape(entry["shape"])
    return tensors


def load(model, path):
    """Sets them layer by layer: the file numbers layers from 1, a session of Keras from none."""
    tensors = read(path)
    for layer in model.layers:
        match = re.fullmatch(r"(conv2d|batch_normalization)(?:_(\d+))?", layer.name)
        if match:
            kind, number = match[1], int(match[2] or 0) + 1
            layer.set_weights([tensors[f"{kind}_{number}/{name}:0"] for name in WEIGHTS[kind]])
