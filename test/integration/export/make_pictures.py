"""Writes one picture of each kind that decoders read differently, for the comparison of an export's samples.

    make_pictures.py FOLDER
"""
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

folder = Path(sys.argv[1])
noise = np.random.default_rng(3)


def photo(width, height, channels=3):
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 80 * np.sin(x / (7 + 3 * k)) + 60 * np.cos(y / (11 - k)) for k in range(channels)]
    pixels = np.stack(planes, -1) + noise.normal(0, 12, (height, width, channels))
    return np.clip(pixels, 0, 255).astype("uint8")


def save(name, picture, **options):
    picture.save(folder / name, **options)


def png16(name, pixels, kind):
    """A PNG of 16 bits a channel, which Pillow does not write in colour."""

    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def wide_gamut(named):
    """A matrix profile with the colours of Display P3, made of sRGB's."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colours = {b"rXYZ": (0.5151, 0.2412, -0.0011), b"gXYZ": (0.292, 0.6922, 0.0419), b"bXYZ": (0.1571, 0.0666, 0.7841)}
    for i in range(struct.unpack_from(">I", profile, 128)[0]):
        tag, at, size = struct.unpack_from(">4sII", profile, 132 + 12 * i)
        if tag in colours:
            struct.pack_into(">3i", profile, at + 8, *(round(value * 65536) for value in colours[tag]))
        if tag == b"desc":
            text = bytes(profile[at : at + size])
            for encoding in ("latin-1", "utf-16-be"):
                text = text.replace("sRGB".encode(encoding), named.encode(encoding))
            profile[at : at + size] = text
    return bytes(profile)


def cmyk_profile():
    """A small CMYK profile: a table of the 16 corners to Lab, as simple as they come."""
    ramp = bytes(range(256))
    corners = b""
    for corner in range(16):
        c, m, y, k = (corner >> 3) & 1, (corner >> 2) & 1, (corner >> 1) & 1, corner & 1
        light = max(0, 255 - 60 * c - 85 * m - 20 * y) * (1 - 0.9 * k)
        a = 128 + (-35 * c + 70 * m - 5 * y) * (1 - 0.9 * k)
        b = 128 + (-45 * c - 5 * m + 85 * y) * (1 - 0.9 * k)
        corners += bytes([int(light), int(a), int(b)])
    identity = struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4 + corners + ramp * 3
    table += b"\0" * (-len(table) % 4)
    desc = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Inks\0" + b"\0" * 79
    desc += b"\0" * (-len(desc) % 4)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    text = b"text\0\0\0\0none"
    tags = [(b"desc", desc), (b"cprt", text), (b"wtpt", white), (b"A2B0", table)]
    at = 128 + 4 + 12 * len(tags)
    index, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        index += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    size = 128 + len(index) + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    header += struct.pack(">3i", 63190, 65536, 54061)
    return header + b"\0" * (128 - len(header)) + index + body


picture = Image.fromarray(photo(300, 200))
for turn in range(1, 9):
    exif = Image.Exif()
    exif[0x112] = turn
    save(f"exif-{turn}.jpg", picture, exif=exif, quality=92)
for name, size in {"tall": (97, 1999), "wide": (1999, 97), "narrow": (40, 2000), "same-width": (75, 900)}.items():
    save(f"{name}.png", Image.fromarray(photo(*size)))
save("grey.jpg", picture.convert("L"))
save("grey-alpha.png", Image.merge("LA", [picture.getchannel(0), picture.getchannel(1)]))
save("palette.png", picture.convert("P", palette=Image.ADAPTIVE, colors=64))
save("cmyk.jpg", picture.convert("CMYK"))
save("cmyk-profile.jpg", picture.convert("CMYK"), icc_profile=cmyk_profile())
save("profile.jpg", picture, icc_profile=wide_gamut("WIDE"))
save("profile-named-srgb.png", picture, icc_profile=wide_gamut("sRGB"))
save("profile-broken.png", picture, icc_profile=b"nonsense" * 20)
deep = (photo(300, 200, 4).astype("uint16") << 8) | noise.integers(0, 256, (200, 300, 4)).astype("uint16")
png16("16-bit-grey.png", deep[..., :1], 0)
png16("16-bit.png", deep[..., :3], 2)
png16("16-bit-alpha.png", deep, 6)
frames = [Image.fromarray(photo(120, 90)) for _ in range(3)]
save("animation.gif", frames[0], save_all=True, append_images=frames[1:])
save("animation.webp", frames[0], save_all=True, append_images=frames[1:], lossless=True)
