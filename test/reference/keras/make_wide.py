"""Reference data for a head whose kernel is updated by row: make_wide.py OUT.json

20 steps of the tutorial's optimiser on a head of 5,000 -> 40 -> 1. Weights and pictures are given by formulas, which keeps
the file small; of the large kernel every 997th weight is stored.

Needs tensorflow-cpu 2.15.1 (PyPI). The tests read the JSON file only.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

FEATURES, UNITS, BATCH, STEPS, EVERY = 5000, 40, 8, 20, 997


def wave(count, frequency, phase, scale):
    return (scale * np.sin(np.arange(count, dtype=np.float64) * frequency + phase)).astype(np.float32)


def numbers(values):
    return [float(value) for value in np.asarray(values).ravel()]


def main():
    hidden = keras.layers.Dense(UNITS, activation="relu")
    output = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((FEATURES,)), hidden, output])
    hidden.set_weights([wave(FEATURES * UNITS, 0.37, 0, 0.02).reshape(FEATURES, UNITS), np.zeros(UNITS, np.float32)])
    output.set_weights([wave(UNITS, 0.91, 1, 0.3).reshape(UNITS, 1), np.zeros(1, np.float32)])
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-3), loss="binary_crossentropy")
    losses = []
    for step in range(STEPS):
        x = np.abs(wave(BATCH * FEATURES, 0.7, step, 1 / 9)).reshape(BATCH, FEATURES)
        y = ((np.arange(BATCH) + step) % 2).astype(np.float32).reshape(BATCH, 1)
        losses.append(float(model.train_on_batch(x, y)))
    kernel, bias = hidden.get_weights()
    output_kernel, output_bias = output.get_weights()
    with open(sys.argv[1], "w") as file:
        json.dump(
            {
                "keras": keras.__version__,
                "loss": losses,
                "every": EVERY,
                "kernel": numbers(kernel.ravel()[::EVERY]),
                "bias": numbers(bias),
                "outputKernel": numbers(output_kernel),
                "outputBias": numbers(output_bias),
            },
            file,
        )


main()
