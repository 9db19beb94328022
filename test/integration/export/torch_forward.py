"""Runs a Keras .h5 in PyTorch, from its model_config and weights alone. Prints the output as JSON.

    torch_forward.py MODEL.h5 PIXELS (float32, [n, size, size, 3])
"""
import json
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F

torch.set_grad_enabled(False)


def activate(x, name):
    return {"linear": lambda v: v, "relu": torch.relu, "sigmoid": torch.sigmoid}[name](x)


def pad_same(x, size, strides, value):
    """TensorFlow's SAME: what is odd comes after."""
    pads = []
    for length, window, stride in zip(reversed(x.shape[2:]), reversed(size), reversed(strides)):
        total = max(0, (-(-length // stride) - 1) * stride + window - length)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def run(layer, inputs, weights):
    kind, c = layer["class_name"], layer["config"]
    x = inputs[0]
    if kind == "Conv2D":
        if c["padding"] == "same":
            x = pad_same(x, c["kernel_size"], c["strides"], 0.0)
        x = F.conv2d(x, weights["kernel"].permute(3, 2, 0, 1), weights.get("bias"), stride=c["strides"])
        return activate(x, c["activation"])
    if kind == "BatchNormalization":
        return F.batch_norm(
            x, weights["moving_mean"], weights["moving_variance"], weights.get("gamma"), weights.get("beta"),
            eps=c["epsilon"],
        )
    if kind == "Activation":
        return activate(x, c["activation"])
    if kind == "MaxPooling2D":
        if c["padding"] == "same":
            x = pad_same(x, c["pool_size"], c["strides"], float("-inf"))
        return F.max_pool2d(x, c["pool_size"], c["strides"])
    if kind == "AveragePooling2D":
        if c["padding"] == "valid":
            return F.avg_pool2d(x, c["pool_size"], c["strides"])
        ones = pad_same(torch.ones_like(x), c["pool_size"], c["strides"], 0.0)
        x = pad_same(x, c["pool_size"], c["strides"], 0.0)
        return F.avg_pool2d(x, c["pool_size"], c["strides"]) / F.avg_pool2d(ones, c["pool_size"], c["strides"])
    if kind == "Concatenate":
        return torch.cat(inputs, 1)
    if kind == "Flatten":
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)
    if kind == "Dense":
        return activate(x @ weights["kernel"] + weights.get("bias", 0), c["activation"])
    if kind == "Dropout":
        return x
    raise ValueError(kind)


with h5py.File(sys.argv[1], "r") as file:
    config = json.loads(file.attrs["model_config"])["config"]
    values = {}
    for layer in config["layers"]:
        name = layer["name"]
        group = file["model_weights"][name]
        names = [n.decode() if isinstance(n, bytes) else n for n in group.attrs["weight_names"]]
        weights = {n.split("/")[-1].split(":")[0]: torch.from_numpy(group[n][()]) for n in names}
        if layer["class_name"] == "InputLayer":
            shape = layer["config"]["batch_input_shape"][1:]
            pixels = np.fromfile(sys.argv[2], "<f4").reshape(-1, *shape)
            values[name] = torch.from_numpy(pixels).permute(0, 3, 1, 2)
        else:
            values[name] = run(layer, [values[n[0]] for n in layer["inbound_nodes"][0]], weights)
    print(json.dumps(values[config["output_layers"][0][0]].ravel().tolist()))
