"""Writes golden.json: what Pillow makes of examples/chelsea.png and of a picture given by a formula.

Run from the repository's root: python3 tests/golden/resize/make_golden.py   (made with Pillow 9.4.0)
Pixels are RGB, 8 bits, base64. `crop` is torchvision's CenterCrop after a resize of the shorter side.
"""
import base64, hashlib, json
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
chelsea = Image.open("examples/chelsea.png").convert("RGB")
x, y, c = np.meshgrid(np.arange(37), np.arange(23), np.arange(3), indexing="xy")
formula = Image.fromarray(((x * x * 3 + y * 7 + x * y * 5 + c * 80) % 256).astype(np.uint8))


def case(name, picture, width, height, resample):
    data = np.asarray(picture.resize((width, height), FILTERS[resample]))
    return dict(source=name, width=width, height=height, resample=resample, pixels=base64.b64encode(data.tobytes()).decode())


def crop_case(name, picture, length, size, resample, mode="RGB"):
    picture = picture.convert(mode)
    width, height = picture.size
    if width <= height:
        width, height = length, int(length * height / width)
    else:
        width, height = int(length * width / height), length
    left, top = int(round((width - size) / 2)), int(round((height - size) / 2))
    data = picture.resize((width, height), FILTERS[resample]).crop((left, top, left + size, top + size))
    digest = hashlib.sha256(np.asarray(data).tobytes()).hexdigest()
    return dict(source=name, length=length, size=size, resample=resample, mode=mode, sha256=digest)


resized = [
    case("chelsea", chelsea, w, h, r) for r in ("bilinear", "bicubic") for w, h in ((32, 24), (45, 30), (7, 41))
] + [
    case("formula", formula, w, h, r)
    for r in FILTERS
    for w, h in ((37, 12), (16, 16), (50, 31), (36, 22))
]
cropped = [
    crop_case("chelsea", chelsea, length, size, r)
    for r in ("bilinear", "bicubic")
    for length, size in ((256, 224), (146, 128), (61, 48), (384, 384))
] + [crop_case("formula", formula, 128, 111, "bilinear"), crop_case("chelsea", chelsea, 256, 224, "bilinear", "L")]
target = Path("tests/golden/resize/golden.json")
target.write_text(json.dumps(dict(pillow=PIL.__version__, resized=resized, cropped=cropped), indent=1) + "\n")
print(target, target.stat().st_size, "bytes")
