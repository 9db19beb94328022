import type { Recipe } from '../../../shared/recipe.ts';

/** The values that the training script contains. */
export interface TrainScriptValues {
  classes: readonly [string, string];
  /** Names of the classes' folders. */
  folders: readonly [string, string];
  recipe: Recipe;
  /** How much a picture of each class counts in the training loss. */
  classWeights: readonly [number, number];
  /** Of the run, for comparison. */
  valLoss: number | null;
  valAccuracy: number | null;
}

/** A Python literal: JSON with the three words that differ. Strings stay ASCII. */
function python(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  // Whole characters instead of JSON's surrogate pairs, which Python would keep as two characters.
  return JSON.stringify(value).replace(
    /[\u{7f}-\u{10ffff}]/gu,
    (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
}

/** `train.py`: repeats a run with Keras, on exported class folders. */
export function trainScript(values: TrainScriptValues): string {
  const { classes, folders, recipe, classWeights, valLoss, valAccuracy } = values;
  const { augmentation: a } = recipe;
  const constants: [string, unknown, string][] = [
    ['CLASSES', classes, 'the model predicts the probability of the second'],
    ['FOLDERS', folders, 'below train/ and validation/'],
    ['SIZE', recipe.size, 'height and width of the input in pixels'],
    ['CUT', recipe.cut, 'layer of InceptionV3 whose output is the input of the head'],
    ['RESIZE', recipe.resize, 'of pictures, by Pillow'],
    ['UNITS', recipe.units, 'of each hidden Dense layer'],
    ['DROPOUT', recipe.dropout, 'after each of them'],
    ['LEARNING_RATE', recipe.learningRate, 'of RMSprop'],
    ['BATCH', recipe.batch, 'pictures per step, over all machines'],
    ['EPOCHS', recipe.epochs, ''],
    ['PATIENCE', recipe.patience, 'epochs without a lower validation loss; None: no early stopping'],
    ['SEED', recipe.seed, ''],
    [
      'CLASS_WEIGHTS',
      classWeights,
      "how much a picture of each class counts in the training loss, as Keras' class_weight",
    ],
    [
      'VARIANTS',
      a.enabled ? a.variants : 0,
      'augmented variants to reuse of each picture; 0: new ones in each epoch',
    ],
  ];
  const lines = constants.map(
    ([name, value, comment]) => `${name} = ${python(value)}${comment === '' ? '' : `  # ${comment}`}`,
  );
  return `${INTRODUCTION}
${lines.join('\n')}
AUGMENTATION = ${augmentation(a)}
# The run in Twofold: ${reached(valLoss, valAccuracy)}
${BODY}`;
}

function augmentation(a: Recipe['augmentation']): string {
  if (!a.enabled) return '{}  # none';
  return `{
    "rotation_range": ${a.rotation},
    "width_shift_range": ${float(a.widthShift)},
    "height_shift_range": ${float(a.heightShift)},
    "shear_range": ${a.shear},
    "zoom_range": ${float(a.zoom)},
    "horizontal_flip": ${python(a.horizontalFlip)},
    "vertical_flip": ${python(a.verticalFlip)},
    "fill_mode": "nearest",
}`;
}

/** Keras takes a whole number as pixels and a fraction as a share. */
const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

function reached(loss: number | null, accuracy: number | null): string {
  if (loss === null || accuracy === null) return 'not known.';
  return `validation loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}.`;
}

const INTRODUCTION = `"""Repeats a run of Twofold with Keras: the same model, pictures, split, preprocessing, augmentation and settings.

    pip install tensorflow pillow scipy
    python train.py --data FOLDERS --base model.h5

FOLDERS is Twofold's export "folders" (train/ and validation/ with one folder per class; test/ is not used). --base is the
source of the frozen base: Twofold's export "keras" (model.h5), or "imagenet" for the official weights of Keras.

To train on several machines, start it on each with TF_CONFIG set, for example on the first of two:
    TF_CONFIG='{"cluster": {"worker": ["first:2222", "second:2222"]}, "task": {"type": "worker", "index": 0}}'
Every machine needs FOLDERS and the base; each reads its own share of every batch. Keras 3 does not support this: with
TensorFlow 2.16 or newer, pip install tf_keras and set TF_USE_LEGACY_KERAS=1.

Random numbers are those of Keras, so the curves are similar to Twofold's but not equal.
"""
import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras
`;

const BODY = `

class Pictures:
    """One side of the split. Batches do not depend on the number of machines; each machine reads its own part of them."""

    def __init__(self, folder, augmentation, shuffle, class_weights=(1, 1)):
        self.generator = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, **augmentation)
        listed = self.generator.flow_from_directory(
            str(folder), target_size=(SIZE, SIZE), classes=FOLDERS, class_mode="binary", shuffle=False
        )
        self.paths, self.labels = listed.filepaths, np.asarray(listed.classes, "float32")
        # Sample weights, which are what Keras makes of class_weight: that takes no distributed data set.
        self.weights = np.asarray(class_weights, "float32")[listed.classes]
        self.shuffle = shuffle

    def steps(self, machines):
        """Batches per epoch. A last one that is too small to share is dropped."""
        full, rest = divmod(len(self.paths), BATCH)
        return full + (1 if rest >= machines else 0)

    def dataset(self, machines, machine):
        """Endless batches of [n, SIZE, SIZE, 3], [n, 1] and [n]: every machines-th picture of each batch."""
        shapes = (
            tf.TensorSpec((None, SIZE, SIZE, 3), tf.float32),
            tf.TensorSpec((None, 1), tf.float32),
            tf.TensorSpec((None,), tf.float32),
        )
        batches = lambda: self.batches(machines, machine)
        return tf.data.Dataset.from_generator(batches, output_signature=shapes).prefetch(2)

    def batches(self, machines, machine):
        epoch = 0
        with ThreadPoolExecutor() as threads:
            while True:
                order = np.arange(len(self.paths))
                if self.shuffle:
                    np.random.RandomState([SEED, epoch]).shuffle(order)
                for step in range(self.steps(machines)):
                    rows = order[step * BATCH : (step + 1) * BATCH][machine::machines]
                    transforms = [self.transform(row, epoch) for row in rows]
                    pictures = list(threads.map(self.read, rows, transforms))
                    yield np.stack(pictures), self.labels[rows, None], self.weights[rows]
                epoch += 1

    def transform(self, row, epoch):
        """Random numbers of one picture in one epoch."""
        draw = epoch % VARIANTS if VARIANTS else epoch
        seed = np.random.SeedSequence([SEED, draw, int(row)]).generate_state(1)[0]
        return self.generator.get_random_transform((SIZE, SIZE, 3), seed=int(seed))

    def read(self, row, transform):
        picture = keras.preprocessing.image.load_img(
            self.paths[row], target_size=(SIZE, SIZE), interpolation=RESIZE
        )
        picture = keras.preprocessing.image.img_to_array(picture)
        return self.generator.standardize(self.generator.apply_transform(picture, transform))


def build_model(source):
    """InceptionV3 up to the cut, frozen, with a new head."""
    if source == "imagenet":
        base = keras.applications.InceptionV3(
            input_shape=(SIZE, SIZE, 3), include_top=False, weights="imagenet"
        )
    else:
        base = keras.models.load_model(source, compile=False)
    base = keras.Model(base.input, base.get_layer(CUT).output)
    base.trainable = False
    # Not as a nested model, so that a saved model has the same layout as Twofold's.
    for layer in base.layers:
        layer.trainable = False
    number = lambda name, index: name if index == 0 else f"{name}_{index}"
    x = keras.layers.Flatten(name="flatten")(base.output)
    for index, units in enumerate(UNITS):
        x = keras.layers.Dense(units, activation="relu", name=number("dense", index))(x)
        if DROPOUT > 0:
            x = keras.layers.Dropout(DROPOUT, name=number("dropout", index))(x)
    x = keras.layers.Dense(1, activation="sigmoid", name=number("dense", len(UNITS)))(x)
    model = keras.Model(base.input, x)
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=LEARNING_RATE),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True, help="the folders export")
    options.add_argument("--base", required=True, help="model.h5 of the Keras export, or imagenet")
    options.add_argument("--out", type=Path, default=Path("trained.h5"), help="file for the best epoch")
    options.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = options.parse_args()

    # The strategy must be created before TensorFlow is used otherwise.
    cluster = json.loads(os.environ.get("TF_CONFIG", "{}"))
    machines = len(cluster.get("cluster", {}).get("worker", [None]))
    machine = cluster.get("task", {}).get("index", 0)
    if machines > 1 and getattr(keras, "__version__", "2").startswith("3"):
        raise SystemExit("Keras 3 can't train on several machines: pip install tf_keras and set TF_USE_LEGACY_KERAS=1.")
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if machines > 1 else tf.distribute.get_strategy()
    keras.utils.set_random_seed(SEED)

    train = Pictures(arguments.data / "train", AUGMENTATION, shuffle=True, class_weights=CLASS_WEIGHTS)
    validation = Pictures(arguments.data / "validation", {}, shuffle=False)
    if min(train.steps(machines), validation.steps(machines)) == 0:
        raise SystemExit("The training or the validation set has fewer pictures than there are machines.")

    def batches(pictures):
        if machines == 1:
            return pictures.dataset(1, 0)
        return strategy.distribute_datasets_from_function(lambda _: pictures.dataset(machines, machine))

    with strategy.scope():
        model = build_model(arguments.base)
    # Every machine has the same model; only that of the first is kept.
    path = arguments.out if machine == 0 else arguments.out.with_suffix(f".{machine}.h5")
    callbacks = [keras.callbacks.ModelCheckpoint(str(path), monitor="val_loss", save_best_only=True)]
    if PATIENCE is not None:
        callbacks.append(keras.callbacks.EarlyStopping(monitor="val_loss", patience=PATIENCE))
    history = model.fit(
        batches(train),
        steps_per_epoch=train.steps(machines),
        epochs=arguments.epochs,
        validation_data=batches(validation),
        validation_steps=validation.steps(machines),
        callbacks=callbacks,
        verbose=2,
    ).history
    best = int(np.argmin(history["val_loss"]))
    if machine > 0:
        path.unlink(missing_ok=True)
    print(
        f"Best epoch {best + 1}: validation loss {history['val_loss'][best]:.4f}, "
        f"accuracy {history['val_accuracy'][best]:.4f}. Saved as {arguments.out}"
    )


if __name__ == "__main__":
    main()
`;
