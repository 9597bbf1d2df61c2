"""What PyTorch computes for the default model on examples/chelsea.png: the truth that tests/parity compares with.

python3 make.py      (in this folder; needs PyTorch, onnx, NumPy, Pillow and scikit-learn)

The network is rebuilt here layer by layer with the weights of models/cat-dog/model.onnx, and differentiated by PyTorch's
autograd. Large arrays are kept as whole numbers with a scale, which costs 1.5e-5 of the largest value.
"""

import json
from pathlib import Path

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image
from sklearn.linear_model import Ridge

ROOT = Path(__file__).resolve().parents[3]
TARGET = 0  # cat
WINDOW, STRIDE = 24, 16
STEPS = 50
SAMPLES, GRID = 200, 4


class Rebuilt:
    """The graph's Conv, Relu, MaxPool, Add, pooling and Gemm nodes, one by one, in PyTorch."""

    def __init__(self, path):
        self.graph = onnx.load(str(path)).graph
        self.weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in self.graph.initializer}

    def __call__(self, x, tap=None):
        values = {self.graph.input[0].name: x, **self.weights}
        for node in self.graph.node:
            a = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
            i = [values[name] for name in node.input]
            if node.op_type == "Conv":
                assert a["pads"][:2] == a["pads"][2:] and a["group"] == 1
                y = F.conv2d(i[0], i[1], i[2], a["strides"], a["pads"][:2])
            elif node.op_type == "Relu":
                y = F.relu(i[0])
            elif node.op_type == "MaxPool":
                y = F.max_pool2d(i[0], a["kernel_shape"], a["strides"], a["pads"][:2])
            elif node.op_type == "Add":
                y = i[0] + i[1]
            elif node.op_type == "GlobalAveragePool":
                y = i[0].mean((2, 3), keepdim=True)
            elif node.op_type == "Flatten":
                y = i[0].flatten(1)
            elif node.op_type == "Gemm":
                y = F.linear(i[0], i[1], i[2])
            else:
                raise NotImplementedError(node.op_type)
            values[node.output[0]] = y
            if tap is not None and y.ndim == 4 and y.shape[2] > 1:
                tap["activation"] = y
        return values[self.graph.output[0].name]


def gradient(model, x):
    x = x.clone().requires_grad_()
    model(x)[:, TARGET].sum().backward()
    return x.grad


def integrated_gradients(model, x):
    nodes, weights = numpy.polynomial.legendre.leggauss(STEPS)
    total = torch.zeros_like(x)
    for node, weight in zip((1 + nodes) / 2, weights / 2):
        total += float(weight) * gradient(model, x * float(node))
    return x * total


def cams(model, x):
    tap = {}
    score = model(x.clone().requires_grad_(), tap)[0, TARGET]
    activation = tap["activation"]
    (slope,) = torch.autograd.grad(score, activation)
    grad_cam = F.relu((slope.mean((2, 3), keepdim=True) * activation).sum(1))[0]
    layer_cam = F.relu((F.relu(slope) * activation).sum(1))[0]
    return grad_cam, layer_cam


def occlusion(model, x):
    height, width = x.shape[2:]
    drops, covers = torch.zeros(height, width), torch.zeros(height, width)
    with torch.no_grad():
        score = model(x)[0, TARGET]
        for top in range(0, height - WINDOW + STRIDE, STRIDE):
            for left in range(0, width - WINDOW + STRIDE, STRIDE):
                hidden = x.clone()
                hidden[:, :, top : top + WINDOW, left : left + WINDOW] = 0
                drops[top : top + WINDOW, left : left + WINDOW] += score - model(hidden)[0, TARGET]
                covers[top : top + WINDOW, left : left + WINDOW] += 1
    return drops / covers


def lime(model, x):
    """A grid of GRID x GRID segments filled with their mean; weights by scikit-learn's ridge regression."""
    size = x.shape[-1]
    rows = torch.arange(size) * GRID // size
    segments = rows[:, None] * GRID + rows[None, :]
    count = GRID * GRID
    filled = x.clone()
    for segment in range(count):
        inside = segments == segment
        filled[0, :, inside] = x[0, :, inside].mean(1, keepdim=True)
    masks = numpy.random.RandomState(0).randint(0, 2, (SAMPLES, count))
    masks[0] = 1
    with torch.no_grad():
        probabilities = [
            model(torch.where(torch.from_numpy(mask)[segments].bool(), x, filled)).softmax(1)[0, TARGET].item()
            for mask in masks
        ]
    distance = 1 - numpy.sqrt(masks.sum(1) / count)
    sample_weight = numpy.sqrt(numpy.exp(-(distance**2) / 0.25**2))
    fit = Ridge(alpha=1).fit(masks, probabilities, sample_weight=sample_weight)
    return {
        "masks": ["".join(map(str, mask)) for mask in masks], "probabilities": probabilities,
        "weights": fit.coef_.tolist(), "intercept": float(fit.intercept_),
        "r2": float(fit.score(masks, probabilities, sample_weight=sample_weight)),
    }


def save(name, values):
    values = values.detach().numpy()
    scale = float(numpy.abs(values).max()) / 32767
    numpy.save(f"{name}.npy", numpy.round(values / scale).astype(numpy.int16))
    return scale


def main():
    model = Rebuilt(ROOT / "models/cat-dog/model.onnx")
    config = json.loads((ROOT / "models/cat-dog/preprocessor_config.json").read_text())
    size = (config["size"]["width"], config["size"]["height"])
    photo = Image.open(ROOT / "examples/chelsea.png").convert("RGB").resize(size, Image.BILINEAR)
    pixels = numpy.asarray(photo)
    Image.fromarray(pixels).save("picture.png")
    mean, std = torch.tensor(config["image_mean"]).view(1, 3, 1, 1), torch.tensor(config["image_std"]).view(1, 3, 1, 1)
    x = (torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255 - mean) / std

    grad_cam, layer_cam = cams(model, x)
    record = {
        "target": TARGET, "logits": model(x)[0].tolist(), "window": WINDOW, "stride": STRIDE, "steps": STEPS, "grid": GRID,
        "scales": {
            "saliency": save("saliency", gradient(model, x)[0]),
            "integrated-gradients": save("integrated-gradients", integrated_gradients(model, x)[0]),
            "occlusion": save("occlusion", occlusion(model, x)),
            "grad-cam": save("grad-cam", grad_cam),
            "layer-cam": save("layer-cam", layer_cam),
        },
        "lime": lime(model, x),
    }
    Path("golden.json").write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
