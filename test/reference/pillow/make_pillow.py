"""Makes test/reference/pictures/* and test/reference/pillow/expected.json with Pillow.

Run with Debian's python3 and the packages python3-pil and python3-numpy:

    /usr/bin/python3 test/reference/pillow/make_pillow.py

`decode` holds, for each picture, the size and the SHA-256 of the bytes of
`ImageOps.exif_transpose(Image.open(file)).convert("RGB")`, or, where the picture has transparency, the pixels laid on
white (base64, compared to within 1). `resize` holds SHA-256 of `Image.resize` of a picture given by a formula.
"""
import base64
import hashlib
import json
import os
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps, features

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.path.join(HERE, "..", "pictures")


def photo(height, width, seed=0):
    """Smooth colours, a hard edge and noise, so that chroma upsampling and DCT rounding both show."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    a = np.stack(
        [127 + 120 * np.sin(x / 7.0) * np.cos(y / 9.0), 255.0 * x / width, 255.0 * y / height], -1
    )
    a[height // 3 : height // 2, width // 3 : width // 2] = [255, 0, 30]
    a += random.randn(height, width, 3) * 12
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def pattern(height, width):
    """The same formula as in the tests: [height, width, 3], 0..255."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * x * 11 + y * 37 + x * y * 5 + c * 53) % 256).astype(np.uint8)


def path(name):
    return os.path.join(PICTURES, name)


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data)


def png16(array):
    """A 16-bit PNG, which Pillow can't write: [height, width, channels] uint16."""
    height, width, channels = array.shape
    colour = {1: 0, 3: 2}[channels]

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    )


def bmp(width, height, bits, compression, pixels, palette=b"", masks=b""):
    start = 14 + 40 + len(masks) + len(palette)
    colours = len(palette) // 4
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 2835, 2835, colours, 0)
    head = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
    return head + info + masks + palette + pixels


def make_jpegs(picture):
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        picture.save(path(f"jpeg-{name}.jpg"), quality=85, subsampling=subsampling)
    picture.save(path("jpeg-low.jpg"), quality=20)
    picture.save(path("jpeg-high.jpg"), quality=100)
    picture.save(path("jpeg-progressive.jpg"), quality=85, progressive=True)
    picture.convert("L").save(path("jpeg-grey.jpg"), quality=85)
    picture.convert("CMYK").save(path("jpeg-cmyk.jpg"), quality=85)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(path("jpeg-srgb-profile.jpg"), quality=85, icc_profile=srgb)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        photo(21, 34, 7).save(path(f"jpeg-exif-{orientation}.jpg"), quality=90, exif=exif)


def make_others(picture):
    a = np.array(picture)
    fade = np.tile(np.linspace(0, 255, a.shape[1]).astype(np.uint8), (a.shape[0], 1))
    rgba = Image.fromarray(np.dstack([a, fade]))
    few = picture.quantize(60)
    picture.save(path("png-rgb.png"))
    picture.convert("L").save(path("png-grey.png"))
    picture.convert("1").save(path("png-1bit.png"))
    few.save(path("png-palette.png"))
    few.save(path("png-palette-transparent.png"), transparency=3)
    rgba.save(path("png-alpha.png"))
    rgba.convert("LA").save(path("png-grey-alpha.png"))
    deep = a.astype(np.uint16) * 257 ^ 0x55
    write("png-16bit.png", png16(deep))

    picture.save(path("webp-lossy.webp"), quality=80)
    picture.save(path("webp-lossless.webp"), lossless=True)
    rgba.save(path("webp-alpha.webp"), lossless=True, exact=True)
    others = [photo(45, 67, seed).quantize(32) for seed in (11, 12)]
    picture.save(path("webp-animated.webp"), lossless=True, save_all=True, append_images=[photo(45, 67, 13)])
    few.save(path("gif-still.gif"))
    few.save(path("gif-transparent.gif"), transparency=3)
    few.save(path("gif-animated.gif"), save_all=True, append_images=others, duration=50)

    picture.save(path("tiff-raw.tif"))
    picture.save(path("tiff-lzw.tif"), compression="tiff_lzw")
    picture.save(path("tiff-deflate.tif"), compression="tiff_adobe_deflate")
    picture.convert("L").save(path("tiff-grey.tif"))
    picture.convert("1").save(path("tiff-fax.tif"), compression="group4")
    picture.convert("CMYK").save(path("tiff-cmyk.tif"))


def make_bmps(picture):
    picture.save(path("bmp-24bit.bmp"))
    picture.convert("L").save(path("bmp-grey.bmp"))
    picture.convert("1").save(path("bmp-1bit.bmp"))
    few = picture.quantize(60)
    few.save(path("bmp-palette.bmp"))
    a = np.array(picture)
    height, width = a.shape[:2]
    top_down = np.zeros((height, (width * 3 + 3) // 4 * 4), np.uint8)
    top_down[:, : width * 3] = a[:, :, ::-1].reshape(height, -1)
    write("bmp-top-down.bmp", bmp(width, -height, 24, 0, top_down.tobytes()))
    wide = a.astype(np.uint32)
    write("bmp-32bit.bmp", bmp(width, height, 32, 0, (wide[::-1, :, 0] << 16 | wide[::-1, :, 1] << 8 | wide[::-1, :, 2]).astype("<u4").tobytes()))

    def packed(r, g, b):
        rows = np.zeros((height, (width + 1) // 2 * 2), "<u2")
        w = wide[::-1]
        rows[:, :width] = (w[:, :, 0] >> (8 - r) << (g + b)) | (w[:, :, 1] >> (8 - g) << b) | (w[:, :, 2] >> (8 - b))
        return rows.tobytes()

    write("bmp-16bit-555.bmp", bmp(width, height, 16, 0, packed(5, 5, 5)))
    write("bmp-16bit-565.bmp", bmp(width, height, 16, 3, packed(5, 6, 5), masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))

    def palette(image, count):
        flat = bytes(image.getpalette()[: 3 * count]).ljust(3 * count, b"\0")
        return b"".join(flat[i + 2 : i + 3] + flat[i + 1 : i + 2] + flat[i : i + 1] + b"\0" for i in range(0, 3 * count, 3))

    runs = b""
    for row in np.array(few)[::-1]:
        runs += b"".join(bytes([1, int(i)]) for i in row[:9]) + bytes([0, width - 9]) + bytes(row[9:].tolist())
        runs += b"\0" * ((width - 9) % 2) + b"\0\0"
    write("bmp-rle8.bmp", bmp(width, height, 8, 1, runs + b"\0\1", palette(few, 256)))

    sixteen = picture.quantize(16)
    indices = np.array(sixteen)[::-1]
    rows = np.zeros((height, (width + 7) // 8 * 8), np.uint8)
    rows[:, :width] = indices
    write("bmp-4bit.bmp", bmp(width, height, 4, 0, (rows[:, ::2] << 4 | rows[:, 1::2]).tobytes(), palette(sixteen, 16)))


def decoded(name):
    image = ImageOps.exif_transpose(Image.open(path(name)))
    transparent = image.mode in ("RGBA", "LA") or "transparency" in image.info
    if transparent:
        rgba = np.array(image.convert("RGBA")).astype(np.float64)
        alpha = rgba[:, :, 3:] / 255
        pixels = np.rint(rgba[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    else:
        pixels = np.array(image.convert("RGB"))
    height, width = pixels.shape[:2]
    entry = {"width": width, "height": height}
    if transparent:
        entry["onWhite"] = base64.b64encode(pixels.tobytes()).decode()
    else:
        entry["sha256"] = hashlib.sha256(pixels.tobytes()).hexdigest()
    return entry


def resized():
    sizes = [(1, 1), (3, 5), (11, 7), (75, 75), (150, 150), (97, 131), (375, 500), (299, 1), (1200, 1601)]
    entries = []
    for height, width in sizes:
        image = Image.fromarray(pattern(height, width))
        for to_width, to_height in ((150, 150), (75, 75), (1, 1), (299, 299), (131, 40), (width, 75), (75, height)):
            entry = {"height": height, "width": width, "toWidth": to_width, "toHeight": to_height}
            for name, method in (("bilinear", Image.BILINEAR), ("nearest", Image.NEAREST)):
                out = np.array(image.resize((to_width, to_height), method))
                entry[name] = hashlib.sha256(out.tobytes()).hexdigest()
            entries.append(entry)
    return entries


def main():
    os.makedirs(PICTURES, exist_ok=True)
    picture = photo(45, 67)
    make_jpegs(picture)
    make_others(picture)
    make_bmps(picture)
    expected = {
        "source": f"Pillow {PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}, made by make_pillow.py",
        "decode": {name: decoded(name) for name in sorted(os.listdir(PICTURES))},
        "resize": resized(),
    }
    with open(os.path.join(HERE, "expected.json"), "w") as file:
        json.dump(expected, file, indent=1)
        file.write("\n")


main()
