"""Milliseconds a picture from file to pixels of 150 by 150 with Pillow, decoded at full size, on all cores.

Options: {"files": [PATH, ...]}
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from protocol import options, serve

SIZE = (150, 150)
files = options()["files"]
pool = ThreadPoolExecutor(os.cpu_count())


def load(path):
    with Image.open(path) as picture:
        return picture.convert("RGB").resize(SIZE, Image.BILINEAR).tobytes()


def work():
    started = time.perf_counter()
    for _ in pool.map(load, files):
        pass
    return 1000 * (time.perf_counter() - started) / len(files)


serve(work)
