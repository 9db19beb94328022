"""Reference data for class weights: make_class_weight.py OUT.json

Needs tensorflow-cpu 2.15.1 and scikit-learn (PyPI). The tests read the JSON file only.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from sklearn.utils.class_weight import compute_class_weight

keras.utils.set_random_seed(7)
random = np.random.RandomState(7)

# 21 pictures in batches of 8: the last one is smaller. 5 of class 0, 16 of class 1.
BATCH, EPOCHS, FEATURES, UNITS, RATE = 8, 4, 24, 16, 1e-3
labels = random.permutation([0] * 5 + [1] * 16).astype("float32")
x = random.normal(size=(21, FEATURES)).astype("float32")
validation = random.normal(size=(6, FEATURES)).astype("float32")
validation_labels = np.asarray([0, 0, 1, 1, 1, 1], "float32")


def weights_of(model):
    names = ["kernel1", "bias1", "kernel2", "bias2"]
    return {name: value.tolist() for name, value in zip(names, model.get_weights())}


def train(class_weight, initial=None):
    inputs = keras.Input((FEATURES,))
    hidden = keras.layers.Dense(UNITS, activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
    if initial is not None:
        model.set_weights(initial)
    before = model.get_weights()
    model.compile(keras.optimizers.RMSprop(RATE), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x,
        labels[:, None],
        batch_size=BATCH,
        epochs=EPOCHS,
        shuffle=False,
        class_weight=class_weight,
        validation_data=(validation, validation_labels[:, None]),
        verbose=0,
    ).history
    return before, {
        "classWeight": None if class_weight is None else [class_weight[0], class_weight[1]],
        "loss": history["loss"],
        "accuracy": history["accuracy"],
        "valLoss": history["val_loss"],
        "final": weights_of(model),
    }


initial, unweighted = train(None)
balanced = compute_class_weight("balanced", classes=np.asarray([0, 1]), y=labels.astype(int)).tolist()
runs = [
    unweighted,
    train({0: balanced[0], 1: balanced[1]}, initial)[1],
    train({0: 3.0, 1: 0.5}, initial)[1],
]
with open(sys.argv[1], "w") as file:
    json.dump(
        {
            "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
            "batch": BATCH,
            "rate": RATE,
            "x": x.tolist(),
            "y": labels.tolist(),
            "validation": {"x": validation.tolist(), "y": validation_labels.tolist()},
            "balanced": balanced,
            "initial": dict(zip(["kernel1", "bias1", "kernel2", "bias2"], [w.tolist() for w in initial])),
            "runs": runs,
        },
        file,
    )
    file.write("\n")
