/** `preprocess.py`: a picture file to the model's input with Pillow, as in main/pictures/prepare. */
export const PREPROCESS_PY = `"""Reads picture files as the model's input, as Twofold does. Needs Pillow and NumPy."""
import io
import struct
import sys

import numpy as np
from PIL import Image, ImageCms, ImageOps

RESIZE = {"bilinear": Image.BILINEAR, "nearest": Image.NEAREST}


def load(path, size, resize="bilinear", bits16=16):
    """Returns [size, size, 3] float32, 0..1. Stretched, not cropped; bilinear is antialiased."""
    picture = read_picture(path, bits16)
    if resize == "bilinear":
        # First the width, then the height, as in Twofold; Pillow 13 resizes some tall pictures the other way round.
        picture = picture.resize((size, picture.height), RESIZE[resize])
    picture = picture.resize((size, size), RESIZE[resize])
    return np.asarray(picture, "float32") / 255


def read_picture(path, bits16=16):
    """Decodes a picture: upright, 8 bits, sRGB, transparency on white. Returns a Pillow image in mode RGB.

    bits16: bits that 16-bit pictures use, from the card. Pillow keeps 16 bits for greyscale only, not for colour.
    """
    picture = ImageOps.exif_transpose(Image.open(path))
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits of grey: the upper byte
        picture = Image.fromarray(np.minimum(np.asarray(picture) >> (bits16 - 8), 255).astype("uint8"))
    alpha = None
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        alpha = np.asarray(picture.getchannel("A"), "uint32")[..., None]
    if picture.mode in ("RGBA", "P"):
        picture = picture.convert("RGB")
    if profile and not is_srgb(profile):
        picture = to_srgb(picture, profile)
    picture = picture.convert("RGB")
    if alpha is not None:
        on_white = (np.asarray(picture, "uint32") * alpha + 255 * (255 - alpha)) // 255
        picture = Image.fromarray(on_white.astype("uint8"))
    return picture


def to_srgb(picture, profile):
    """Applies a colour profile, unless it can't be read or does not fit this kind of picture."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except OSError:
        return picture
    mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(source.profile.xcolor_space)
    if mode == "L" and picture.mode == "RGB":
        picture = picture.convert("L")
    if mode != picture.mode:
        return picture
    return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")


# X, Y, Z of sRGB's red, green and blue, and its curve at 0.5.
SRGB = {b"rXYZ": (0.436, 0.2225, 0.0139), b"gXYZ": (0.3851, 0.7169, 0.0971), b"bXYZ": (0.1431, 0.0606, 0.7141)}
SRGB_MIDDLE = 0.214


def is_srgb(profile):
    """Whether a profile is sRGB by its numbers, so that the pixels need no conversion."""
    try:
        count = struct.unpack_from(">I", profile, 128)[0]
        tags = dict(struct.unpack_from(">4sI", profile, 132 + 12 * i) for i in range(count))
        if profile[16:20] == b"GRAY":
            return b"kTRC" in tags and is_srgb_curve(profile, tags[b"kTRC"])
        if profile[16:20] != b"RGB " or b"A2B0" in tags:
            return False
        for name, wanted in SRGB.items():
            found = struct.unpack_from(">3i", profile, tags[name] + 8)
            if any(abs(value / 65536 - near) >= 0.004 for value, near in zip(found, wanted)):
                return False
        return all(is_srgb_curve(profile, tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (struct.error, KeyError):
        return False


def is_srgb_curve(profile, at):
    """Compares a curve with sRGB's at 0.5, which distinguishes sRGB and gamma 2.2 from others."""
    if profile[at : at + 4] == b"curv":
        count = struct.unpack_from(">I", profile, at + 8)[0]
        values = struct.unpack_from(f">{count}H", profile, at + 12)
        if count < 2:
            middle = 0.5 ** (values[0] / 256) if count else 0.5
        else:
            middle = (values[(count - 1) // 2] + values[count // 2]) / 2 / 65535
    else:  # parametric: (a * x + b) ** gamma, plus an offset in two of its forms
        form = struct.unpack_from(">H", profile, at + 8)[0]
        parameters = [value / 65536 for value in struct.unpack_from(f">{(1, 3, 4, 5, 7)[form]}i", profile, at + 12)]
        if form == 0:
            middle = 0.5 ** parameters[0]
        else:
            offset = parameters[3] if form == 2 else parameters[5] if form == 4 else 0
            middle = (parameters[1] * 0.5 + parameters[2]) ** parameters[0] + offset
    return abs(middle - SRGB_MIDDLE) < 0.012


def answer(card, probability):
    """Name of the predicted class, or "unsure" where the model abstains."""
    unsure = card["unsure"]
    if unsure is None:
        return card["classes"][int(probability > card["threshold"])]
    label = int(probability > 0.5)
    least = unsure["from"][label]
    sure = least is not None and (probability if label else 1 - probability) >= least
    return card["classes"][label] if sure else "unsure"


def classify(paths, card, predict):
    """Prints path, class and probability of each picture, and an error for those that can't be read.

    predict takes [1, size, size, 3] and returns a probability. Returns the exit code: 1 if a picture failed.
    """
    if not paths:
        print("Usage: python " + sys.argv[0] + " PICTURE...", file=sys.stderr)
        return 2
    print(card["rule"], file=sys.stderr)
    given = card["input"]
    failed = 0
    for path in paths:
        try:
            pictures = load(path, given["size"], given["resize"], given["bits16"])[None]
        except Exception as error:  # Pillow's decoders raise errors of many kinds
            print(f"{path}: this picture can't be read ({error})", file=sys.stderr)
            failed = 1
            continue
        probability = predict(pictures)
        name = answer(card, probability)
        print(f"{path}\\t{name}\\t{probability:.6f}", flush=True)
    return failed
`;

const HEAD = (
  format: string,
  install: string,
  imports: string,
): string => `"""Prints class and probability of pictures with the ${format}.

Does not notice pictures that are unlike the labelled ones; Twofold does.

    pip install ${install}
    python predict.py PICTURE...
"""
import json
import sys
from pathlib import Path

${imports}

from preprocess import classify

here = Path(__file__).resolve().parent
card = json.loads((here / "card.json").read_text(encoding="utf-8"))
`;

/** The end of a program. @param predict statement that returns the probability of `pictures` */
const RUN = (predict: string): string => `
def predict(pictures):
    ${predict}


sys.exit(classify(sys.argv[1:], card, predict))
`;

/** `predict.py` for the Keras export. Runs on Keras 2.15 and 3. */
export const KERAS_PY = `${HEAD('Keras model', 'tensorflow pillow', 'import keras')}model = keras.models.load_model(str(here / "model.h5"))

${RUN('return float(model.predict(pictures, verbose=0)[0, 0])')}`;

/** `predict.py` for the SavedModel. */
export const SAVED_MODEL_PY = `${HEAD('SavedModel', 'tensorflow pillow', 'import tensorflow as tf')}model = tf.saved_model.load(str(here / "model" / "1"))
serve = model.signatures["serving_default"]

${RUN('return float(serve(pictures=tf.constant(pictures))["probability"][0, 0])')}`;

/** `request.py` for the SavedModel: sends requests to TensorFlow Serving. */
export const SERVING_PY = `"""Classifies pictures with TensorFlow Serving (README.md explains how to start it).

Does not notice pictures that are unlike the labelled ones; Twofold does.

    pip install pillow numpy
    python request.py PICTURE...
"""
import json
import sys
import urllib.request
from pathlib import Path

from preprocess import classify

URL = "http://localhost:8501/v1/models/model:predict"
here = Path(__file__).resolve().parent
card = json.loads((here / "card.json").read_text(encoding="utf-8"))

${RUN(`body = json.dumps({"instances": pictures.tolist()}).encode()
    request = urllib.request.Request(URL, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["predictions"][0][0]`)}`;

/** `predict.py` for the ONNX export. */
export const ONNX_PY = `${HEAD('ONNX model', 'onnxruntime pillow', 'import onnxruntime')}session = onnxruntime.InferenceSession(str(here / "model.onnx"), providers=["CPUExecutionProvider"])

${RUN('return float(session.run(["probability"], {"pictures": pictures})[0][0, 0])')}`;
