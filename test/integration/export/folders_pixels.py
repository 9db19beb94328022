"""Lists a folders export as Keras' flow_from_directory does, and reads every picture as Keras' load_img does. JSON.

    folders_pixels.py FOLDER SIZE RESIZE CLASS CLASS
"""
import json
import sys

import numpy as np
from keras_preprocessing.image import ImageDataGenerator, load_img

folder, size, resize, classes = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
answers = []
for side in ("train", "validation"):
    listed = ImageDataGenerator().flow_from_directory(
        f"{folder}/{side}", target_size=(size, size), classes=classes, class_mode="binary", shuffle=False
    )
    for path, label in zip(listed.filepaths, listed.classes):
        picture = load_img(path, target_size=(size, size), interpolation=resize)
        pixels = np.asarray(picture, "uint8").tobytes().hex()
        answers.append({"path": path, "side": side, "label": int(label), "pixels": pixels})
print(json.dumps(answers))
