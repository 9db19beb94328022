"""Pictures a second from file to pixels of 150 by 150 with Pillow, as Keras' load_img does, on all cores.

Options: {"files": [PATH, ...]}
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from protocol import options, serve

SIZE = (150, 150)
files = options()["files"]
pool = ThreadPoolExecutor(os.cpu_count())


def load(path):
    with open(path, "rb") as file:
        picture = Image.open(file)
        if picture.mode != "RGB":
            picture = picture.convert("RGB")
        return np.asarray(picture.resize(SIZE, Image.NEAREST), dtype="float32")


def work():
    started = time.perf_counter()
    for _ in pool.map(load, files):
        pass
    return len(files) / (time.perf_counter() - started)


serve(work)
