"""Writes golden.json: .npy files as NumPy writes them, base64, with what they hold.

Run from the repository's root: python3 tests/golden/npy/make_golden.py   (made with NumPy 1.24)
"""
import base64, io, json
from pathlib import Path

import numpy as np

values = np.array([[0, 1, -2], [3, 100, 7]])
cases = []


def case(name, array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    cases.append(dict(name=name, file=base64.b64encode(file.getvalue()).decode(), shape=array.shape, values=array.ravel().astype(float).tolist()))


for kind in ("<f2", "<f4", "<f8", ">f4", ">f8", "<i1", "<i2", ">i2", "<i4", "<i8", ">i8"):
    case(kind, values.astype(kind))
for kind in ("<u1", "<u2", "<u4", "<u8"):
    case(kind, abs(values).astype(kind))
case("bool", values > 0)
case("Fortran order", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
case("version 2", values.astype("<f4"), (2, 0))
case("version 3", values.astype("<f4"), (3, 0))
case("one axis", np.arange(5, dtype="<f4"))
case("no axis", np.array(2.5, dtype="<f4"))
case("empty", np.zeros((0, 3), dtype="<f4"))
Path("tests/golden/npy/golden.json").write_text(json.dumps(cases, indent=1) + "\n")
