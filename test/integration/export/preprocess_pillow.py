"""Reads pictures with an export's preprocess.py. Prints the pixels of each as a list of bytes in hexadecimal, or null.

    preprocess_pillow.py FOLDER_OF_PREPROCESS SIZE RESIZE PICTURE...
"""
import json
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from preprocess import load

size, resize = int(sys.argv[2]), sys.argv[3]
answers = []
for path in sys.argv[4:]:
    pixels = load(path, size, resize)
    assert pixels.dtype == np.float32 and pixels.shape == (size, size, 3)
    answers.append(np.rint(pixels * 255).astype("uint8").tobytes().hex())
print(json.dumps(answers))
