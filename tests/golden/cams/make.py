"""Class activation maps of a small network as PyTorch's autograd and NumPy find them, each from its paper's formula.

node noise.mjs && python3 make.py      (in this folder, after a build; needs PyTorch and onnx)

Writes model.onnx, picture.npy and golden.json. The noise is the library's own, so that noisy methods can be compared.
"""

import json
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).parent
TARGETS = [0, 2]
STD = 0.15
MASK_STD = 0.5
STEPS = 4


class Network(nn.Module):
    """Two stages; the second is a residual block, so that the layer inside it is passed by. The head is not linear."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.widen = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.inner = nn.Conv2d(8, 8, 3, padding=1)
        self.outer = nn.Conv2d(8, 8, 3, padding=1)
        self.hidden = nn.Linear(8 * 4 * 5, 12)
        self.scores = nn.Linear(12, 4)

    def features(self, x):
        early = F.relu(self.first(x))
        wide = F.relu(self.widen(early))
        inside = F.relu(self.inner(wide))
        return {"early": early, "wide": wide, "inside": inside}

    def head(self, last):
        return self.scores(torch.tanh(self.hidden(last.flatten(1))))

    def forward(self, x):
        parts = self.features(x)
        return self.head(F.relu(self.outer(parts["inside"]) + parts["wide"]))


def behind(network, layer, value, parts):
    """The logits where one layer has another value."""
    parts = dict(parts, **{layer: value})
    if layer == "early":
        parts["wide"] = F.relu(network.widen(parts["early"]))
    if layer in ("early", "wide"):
        parts["inside"] = F.relu(network.inner(parts["wide"]))
    if layer == "last":
        return network.head(parts["last"])
    return network.head(F.relu(network.outer(parts["inside"]) + parts["wide"]))


def layer_and_gradient(network, layer, x, target):
    with torch.no_grad():
        parts = network.features(x)
        parts["last"] = F.relu(network.outer(parts["inside"]) + parts["wide"])
    value = parts[layer].clone().requires_grad_()
    behind(network, layer, value, parts)[0, target].backward()
    return parts[layer][0], value.grad[0], parts


def total(maps):
    return F.relu(maps.sum(0))


def weighed(weights, a):
    return total(weights[:, None, None] * a)


def plus_plus(a, g):
    alpha = g**2 / (2 * g**2 + a.sum((1, 2), keepdim=True) * g**3)
    return torch.nan_to_num(alpha)


def smooth(network, layer, x, target, noise, above="second"):
    a, _, _ = layer_and_gradient(network, layer, x, target)
    std = STD * (x.max() - x.min())
    gs = [layer_and_gradient(network, layer, x + std * n, target)[1] for n in noise]
    first, second, third = (torch.stack([g**p for g in gs]).mean(0) for p in (1, 2, 3))
    numerator = second if above == "second" else first
    alpha = torch.nan_to_num(numerator / (2 * second + a.sum((1, 2), keepdim=True) * third))
    weights = (alpha * F.relu(first)).sum((1, 2))
    return weights[:, None, None] * a


def smooth_torch_cam(network, layer, x, target, noise):
    clean, _, _ = layer_and_gradient(network, layer, x, target)
    std = STD * (x.max() - x.min())
    seen = [layer_and_gradient(network, layer, x + std * n, target) for n in noise]
    second, third = (torch.stack([g**p for _, g, _ in seen]).mean(0) for p in (2, 3))
    alpha = second / (2 * second + (third * clean).sum((1, 2), keepdim=True) + 1e-8)
    a, g, _ = seen[-1]
    return weighed((alpha * F.relu(g)).sum((1, 2)), a)


def scaled(masks):
    low = masks.amin((-2, -1), keepdim=True)
    high = masks.amax((-2, -1), keepdim=True)
    return torch.where(high > low, (masks - low) / (high - low), torch.zeros_like(masks))


def masks_of(a, size, variant="paper"):
    if variant == "torch-cam":
        return F.interpolate(scaled(a)[:, None], size, mode="bilinear", align_corners=False)
    return scaled(F.interpolate(a[:, None], size, mode="bilinear", align_corners=variant == "pytorch-grad-cam"))


def by_masks(network, a, x, target, forms):
    """forms: for each sample the masked pictures of all channels"""
    with torch.no_grad():
        base = network(x)[0, target]
        gains = torch.stack([network(masked)[:, target] - base for masked in forms]).mean(0)
    return weighed(torch.softmax(gains, 0), a)


def ablation(network, layer, x, target, value=0.0):
    a, _, parts = layer_and_gradient(network, layer, x, target)
    with torch.no_grad():
        whole = network(x)[0, target]
        shares = []
        for channel in range(len(a)):
            without = parts[layer].clone()
            without[0, channel] = value
            shares.append((whole - behind(network, layer, without, parts)[0, target]) / whole)
    return (torch.stack(shares)[:, None, None] * a).sum(0)


def eigen(a, centre):
    rows = a.flatten(1).double()
    if centre:
        rows = rows - rows.mean(1, keepdim=True)
    _, _, v = numpy.linalg.svd(rows.T.numpy(), full_matrices=False)
    projection = rows.T.numpy() @ v[0]
    if projection[numpy.abs(projection).argmax()] < 0:
        projection = -projection
    return torch.from_numpy(projection).reshape(a.shape[1:])


def maps_of(network, layer, x, target, picture_noise, mask_noise):
    a, g, _ = layer_and_gradient(network, layer, x, target)
    size = x.shape[2:]
    masks = masks_of(a, size)
    count = len(a)
    steps = range(1, STEPS + 1)
    noisy = [x * (masks + MASK_STD * mask_noise[sample::2][:count, None]) for sample in range(2)]
    stacked = smooth(network, layer, x, target, picture_noise)
    found = {
        "grad-cam": weighed(g.mean((1, 2)), a),
        "layer-cam": total(F.relu(g) * a),
        "xgrad-cam": weighed(torch.nan_to_num((g * a).sum((1, 2)) / a.sum((1, 2))), a),
        "hires-cam": total(g * a),
        "hires-cam element-wise": total(F.relu(g * a)),
        "grad-cam++": weighed((plus_plus(a, g) * F.relu(g)).sum((1, 2)), a),
        "grad-cam++ torch-cam": weighed((g**2 * F.relu(g)).sum((1, 2)), a),
        "smooth-grad-cam++": total(stacked),
        "smooth-grad-cam++ filters": F.relu(stacked[[4, 1]]),
        "smooth-grad-cam++ as-printed": total(smooth(network, layer, x, target, picture_noise, "first")),
        "smooth-grad-cam++ torch-cam": smooth_torch_cam(network, layer, x, target, picture_noise),
        "score-cam": by_masks(network, a, x, target, [x * masks]),
        "score-cam torch-cam": by_masks(network, a, x, target, [x * masks_of(a, size, "torch-cam")]),
        "score-cam pytorch-grad-cam": by_masks(network, a, x, target, [x * masks_of(a, size, "pytorch-grad-cam")]),
        "is-cam": by_masks(network, a, x, target, [i / STEPS * x * masks for i in steps]),
        "is-cam torch-cam": by_masks(
            network, a, x, target, [i * (i + 1) / (2 * STEPS) * x * masks_of(a, size, "torch-cam") for i in steps]
        ),
        "ablation-cam signed": ablation(network, layer, x, target),
        "eigen-cam": F.relu(eigen(a, False)),
        "eigen-cam pytorch-grad-cam": F.relu(eigen(a, True)),
    }
    if count == 8:
        found["ss-cam"] = by_masks(network, a, x, target, noisy)
    return {name: values.flatten().tolist() for name, values in found.items()}


def main():
    torch.manual_seed(8)
    network = Network().eval()
    x = torch.randn(1, 3, 16, 20)
    picture_noise, mask_noise = (
        torch.from_numpy(numpy.load(HERE / f"{name}-noise.npy")) for name in ("picture", "mask")
    )
    golden = [
        {"layer": layer, "target": target, "maps": maps_of(network, layer, x, target, picture_noise, mask_noise)}
        for layer in ("early", "inside", "last")
        for target in TARGETS
    ]
    rounded = json.loads(json.dumps(golden), parse_float=lambda text: float(f"{float(text):.7g}"))
    (HERE / "golden.json").write_text(json.dumps(rounded) + "\n")
    numpy.save(HERE / "picture.npy", x.numpy())
    torch.onnx.export(
        network, x, HERE / "model.onnx", input_names=["x"], output_names=["scores"], dynamic_axes={"x": {0: "N"}, "scores": {0: "N"}}
    )


main()
