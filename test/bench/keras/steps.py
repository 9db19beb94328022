"""Forward passes of the base to mixed7, or training steps of the head alone, on one batch.

Options: {"part": "forward" | "head", "weights": nsfwjs.safetensors}
"""

import numpy as np
from keras import Input
from keras.models import Model

from protocol import options, serve
from tutorial import BATCH, SIZE, add_head, base_model, compiled

given = options()
rng = np.random.default_rng(1)
if given["part"] == "forward":
    base = base_model(given["weights"])
    model = Model(base.input, base.get_layer("mixed7").output)
    pictures = rng.random((BATCH, SIZE, SIZE, 3), dtype=np.float32)

    def work():
        model.predict_on_batch(pictures)

else:
    inputs = Input((7, 7, 768))
    model = compiled(inputs, add_head(inputs))
    features = np.maximum(rng.random((BATCH, 7, 7, 768), dtype=np.float32) - 0.5, 0)
    labels = np.arange(BATCH, dtype=np.float32) % 2

    def work():
        model.train_on_batch(features, labels)


serve(work)
