/** `preprocess.py`: a picture file to the model's input with Pillow, as main/pictures/prepare does it. */
export const PREPROCESS_PY = `"""Picture files to what the model was trained on, as Twofold reads them. Needs Pillow and NumPy."""
import io

import numpy as np
from PIL import Image, ImageCms, ImageOps

RESIZE = {"bilinear": Image.BILINEAR, "nearest": Image.NEAREST}


def read_picture(path, bits16=16):
    """Decodes a picture: upright, 8 bits, sRGB, transparency on white. Returns a Pillow image in mode RGB.

    bits16: bits that 16-bit pictures use, from the card. Pillow keeps 16 bits of grey only, not of colour.
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
    if profile:
        picture = to_srgb(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    picture = picture.convert("RGB")
    if alpha is not None:
        on_white = (np.asarray(picture, "uint32") * alpha + 255 * (255 - alpha)) // 255
        picture = Image.fromarray(on_white.astype("uint8"))
    return picture


def to_srgb(picture, profile):
    """Applies a colour profile, unless it is sRGB itself or not of this kind of picture."""
    mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(profile.profile.xcolor_space)
    if mode == "L" and picture.mode == "RGB":
        picture = picture.convert("L")
    if mode != picture.mode or "sRGB" in ImageCms.getProfileDescription(profile):
        return picture
    return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")


def load(path, size, resize="bilinear", bits16=16):
    """Returns [size, size, 3] float32, 0..1. Stretched, not cropped; bilinear is antialiased."""
    picture = read_picture(path, bits16).resize((size, size), RESIZE[resize])
    return np.asarray(picture, "float32") / 255
`;

const HEAD = (
  format: string,
  install: string,
  imports: string,
): string => `"""Prints class and probability of pictures with the ${format}.

    pip install ${install}
    python predict.py PICTURE...
"""
import json
import sys
from pathlib import Path

${imports}

from preprocess import load

here = Path(__file__).resolve().parent
card = json.loads((here / "card.json").read_text(encoding="utf-8"))
`;

const LOOP = (
  predict: string,
): string => `print(f"Above a probability of {card['threshold']}: {card['classes'][1]}", file=sys.stderr)
for path in sys.argv[1:]:
    pictures = load(path, card["input"]["size"], card["input"]["resize"], card["input"]["bits16"])[None]
    ${predict}
    name = card["classes"][int(probability > card["threshold"])]
    print(f"{path}\\t{name}\\t{probability:.6f}")
`;

/** `predict.py` for the Keras export. Runs on Keras 2.15 and 3. */
export const KERAS_PY = `${HEAD('Keras model', 'tensorflow pillow', 'import keras')}model = keras.models.load_model(str(here / "model.h5"))

${LOOP('probability = float(model.predict(pictures, verbose=0)[0, 0])')}`;

/** `predict.py` for the SavedModel. */
export const SAVED_MODEL_PY = `${HEAD('SavedModel', 'tensorflow pillow', 'import tensorflow as tf')}model = tf.saved_model.load(str(here / "model" / "1"))
predict = model.signatures["serving_default"]

${LOOP('probability = float(predict(pictures=tf.constant(pictures))["probability"][0, 0])')}`;

/** `request.py` for the SavedModel: asks TensorFlow Serving. */
export const SERVING_PY = `"""Asks TensorFlow Serving about pictures (how to start it: README.md).

    pip install pillow numpy
    python request.py PICTURE...
"""
import json
import sys
import urllib.request
from pathlib import Path

from preprocess import load

URL = "http://localhost:8501/v1/models/model:predict"
here = Path(__file__).resolve().parent
card = json.loads((here / "card.json").read_text(encoding="utf-8"))

${LOOP(`body = json.dumps({"instances": pictures.tolist()}).encode()
    request = urllib.request.Request(URL, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        probability = json.load(answer)["predictions"][0][0]`)}`;

/** `predict.py` for the ONNX export. */
export const ONNX_PY = `${HEAD('ONNX model', 'onnxruntime pillow', 'import onnxruntime')}session = onnxruntime.InferenceSession(str(here / "model.onnx"), providers=["CPUExecutionProvider"])

${LOOP('probability = float(session.run(["probability"], {"pictures": pictures})[0][0, 0])')}`;
