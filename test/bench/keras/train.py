"""Trains the tutorial's model on folders of pictures as the tutorial does and prints a line of JSON for every epoch.

Options: {"pictures": FOLDER with train/ and validation/, "weights": nsfwjs.safetensors, "epochs": N, "seed": N}
"""

import json
import sys
import time

import keras
from keras.preprocessing.image import ImageDataGenerator

from tutorial import BATCH, SIZE, add_head, base_model, compiled


class EpochLines(keras.callbacks.Callback):
    """An epoch's duration is from its beginning to the end of its validation."""

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        line = {
            "epoch": epoch + 1,
            "durationMs": 1000 * (time.perf_counter() - self.started),
            "loss": logs["loss"],
            "valLoss": logs["val_loss"],
            "valAccuracy": logs["val_accuracy"],
        }
        print(json.dumps({key: float(value) if key != "epoch" else value for key, value in line.items()}), flush=True)


given = json.loads(sys.argv[1])
keras.utils.set_random_seed(given["seed"])
augmented = ImageDataGenerator(
    rescale=1.0 / 255,
    rotation_range=40,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
)
plain = ImageDataGenerator(rescale=1.0 / 255)


def flow(generator, split):
    return generator.flow_from_directory(
        f"{given['pictures']}/{split}", batch_size=BATCH, class_mode="binary", target_size=(SIZE, SIZE)
    )


training, validation = flow(augmented, "train"), flow(plain, "validation")
base = base_model(given["weights"])
model = compiled(base.input, add_head(base.get_layer("mixed7").output))
model.fit(
    training,
    validation_data=validation,
    steps_per_epoch=len(training),
    epochs=given["epochs"],
    validation_steps=len(validation),
    verbose=0,
    callbacks=[EpochLines()],
)
