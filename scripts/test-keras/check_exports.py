"""Checks exports with real Keras: check_exports.py REQUEST.json (an ExportedRun of make-exports.ts and `samples`).

Prints a line per check: CHECK ok|failed, what, detail, separated by tabs.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras

request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
exports = Path(request["exports"])
sys.path.insert(0, str(exports / "keras"))
from preprocess import load  # noqa: E402

TOLERANCE = 1e-4


def check(what, passed, detail=""):
    print(f"CHECK {'ok' if passed else 'failed'}\t{what}\t{detail}", flush=True)


def difference(predicted):
    return float(np.max(np.abs(np.asarray(predicted, "float64").ravel() - expected)))


card = json.loads((exports / "keras" / "card.json").read_text(encoding="utf-8"))
size, resize = card["input"]["size"], card["input"]["resize"]
paths = [path for path, _ in request["predictions"]]
expected = np.asarray([probability for _, probability in request["predictions"]], "float64")
pictures = np.stack([load(path, size, resize) for path in paths])
check("the app's predictions are not all the same", len(set(expected.round(6))) > len(expected) // 2)

# The .h5.
model = keras.models.load_model(str(exports / "keras" / "model.h5"))
worst = difference(model.predict(pictures, verbose=0))
check("model.h5 predicts the same as the app", worst < TOLERANCE, f"{len(paths)} pictures, largest difference {worst:.1e}")
rate = float(np.asarray(model.optimizer.learning_rate))
check("the learning rate is restored", abs(rate - request["learningRate"]) < 1e-9, f"{rate:.3g}, {type(model.optimizer).__name__}")

names = [layer.name for layer in model.layers]
head, count = ["flatten"], 0
for _ in request["units"]:
    head += ["dense" if count == 0 else f"dense_{count}"]
    if request["dropout"] > 0:
        head += ["dropout" if count == 0 else f"dropout_{count}"]
    count += 1
head += [f"dense_{count}"]
check("layers have Keras' names", names[:3] == ["input_1", "conv2d", "batch_normalization"] and names[names.index(request["cut"]) + 1:] == head, " ".join(names[-len(head) - 1:]))
trainable = [weight.name for weight in model.trainable_weights]
check("the base is frozen, the head trainable", len(trainable) == 2 * (len(request["units"]) + 1), f"{len(trainable)} trainable weights")

# Training resumes on the exported folders.
folders = exports / "folders"
generator = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
sides = {
    side: generator.flow_from_directory(
        str(folders / side), target_size=(size, size), classes=card["classes"], class_mode="binary",
        interpolation=resize, batch_size=10,
    )
    for side in ("train", "validation")
}
found = {side: [int(np.sum(flow.classes == label)) for label in (0, 1)] for side, flow in sides.items()}
check("flow_from_directory finds every picture in its split", found == {side: list(card["data"][side]) for side in sides}, json.dumps(found))

before = [weight.numpy() for weight in model.weights]
is_trainable = [any(weight is other for other in model.trainable_weights) for weight in model.weights]
history = model.fit(sides["train"], validation_data=sides["validation"], epochs=1, verbose=0).history
check("training continues for one epoch", np.isfinite(history["loss"][0]) and np.isfinite(history["val_loss"][0]), ", ".join(f"{key} {value[0]:.4f}" for key, value in history.items()))
changed = [not np.array_equal(old, weight.numpy()) for old, weight in zip(before, model.weights)]
check("training changes only the head", changed == is_trainable, f"{sum(changed)} of {len(changed)} weights")
rate = float(np.asarray(model.optimizer.learning_rate))
check("the learning rate stays the same", abs(rate - request["learningRate"]) < 1e-9, f"{rate:.3g}")

# The SavedModel.
folder = str(exports / "savedmodel" / "model" / "1")
loaded = tf.saved_model.load(folder)
signature = loaded.signatures["serving_default"]
predicted = signature(pictures=tf.constant(pictures))["probability"].numpy()
worst = difference(predicted)
check("the SavedModel predicts the same as the app", worst < TOLERANCE, f"tf.saved_model.load of TensorFlow {tf.__version__}, largest difference {worst:.1e}")

# The samples, as a user runs them.
for name in ("keras", "savedmodel") if request["samples"] else ():
    ran = subprocess.run([sys.executable, "predict.py", paths[0], paths[-1]], cwd=exports / name, capture_output=True, text=True, encoding="utf-8")
    lines = [line.split("\t") for line in ran.stdout.splitlines() if line.count("\t") == 2]
    good = ran.returncode == 0 and len(lines) == 2
    for line, probability in zip(lines, (expected[0], expected[-1])):
        good = good and abs(float(line[2]) - probability) < TOLERANCE
        good = good and line[1] == card["classes"][int(probability > card["threshold"])]
    check(f"{name}/predict.py prints class and probability", good, "; ".join(" ".join(line[1:]) for line in lines) or ran.stderr[-300:].replace("\n", " "))
