"""Prints a Keras .h5 as h5py sees it: attributes, groups, and a hash of every array. JSON."""
import hashlib
import json
import sys

import h5py
import numpy as np


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value]
    return value


with h5py.File(sys.argv[1], "r") as file:
    nodes = {"/": {"attributes": {key: plain(value) for key, value in file.attrs.items()}}}

    def visit(name, node):
        entry = {"attributes": {key: plain(value) for key, value in node.attrs.items()}}
        if isinstance(node, h5py.Dataset):
            entry.update(
                dtype=str(node.dtype),
                shape=list(node.shape),
                sha256=hashlib.sha256(np.ascontiguousarray(node[()]).tobytes()).hexdigest(),
            )
        nodes[name] = entry

    file.visititems(visit)
    print(json.dumps(nodes))
