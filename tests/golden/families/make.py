"""What PyTorch computes for a small instance of each family: the truth of tests/gradient/families.test.ts.

python3 make.py [FAMILY ...]     (in this folder; needs PyTorch, torchvision, onnx, NumPy and Pillow)

For each family: its ONNX file, compressed; in golden.json the logits of `picture.png`, and rectified Grad-CAM and
LayerCAM of layers; and in FAMILY.npy the input's gradient, every SPARSE-th value of it.
"""

import copy
import gzip
import json
import math
import sys
import warnings
import zlib
from pathlib import Path

import numpy
import torch
from PIL import Image

from export import export
from members import MEMBERS
from weights import randomise

ROOT = Path(__file__).resolve().parents[3]
SIZE = 64
SPARSE = 7
# The layers to explain, and how the file is written
EXPORTS = {
    "alexnet": (["features.10"], dict(opset=7, batch=1, zoo=True)),
    "caffenet": (["11"], dict(opset=7, batch=1, zoo=True)),
    "vgg": (["features.12"], dict(opset=8, batch="N")),
    "vgg-bn": (["features.18"], dict(opset=8, batch=1, batch_norm=True, zoo=True)),
    "resnet-basic": (["layer4.0.conv2"], dict(opset=10, batch="N", batch_norm=True)),
    "resnet-bottleneck": (["layer3"], dict(opset=11, batch=1)),
    "resnext": (["layer4"], dict(opset=17, batch="N", converted=18)),
    "densenet": (["features.denseblock3"], dict(opset=13, batch=2)),
    "inception-v3": (["Mixed_6b"], dict(opset=9, batch="N", batch_norm=True)),
    "googlenet": (["inception4e"], dict(opset=12, batch=1, batch_norm=True)),
    "squeezenet": (["features.12"], dict(opset=7, batch="N", zoo=True)),
    "mobilenet-v2": (["features.4"], dict(opset=16, batch="N", converted=17)),
    "mobilenet-v3": (["features.4"], dict(opset=14, batch=1, batch_norm=True)),
    "shufflenet-v2": (["stage4"], dict(opset=9, batch=1)),
    "efficientnet": (["features.3"], dict(opset=15, batch="N", batch_norm=True)),
    "efficientnet-v2": (["features.4"], dict(opset=16, batch=1, converted=19)),
    "regnet-x": (["trunk_output.block3"], dict(opset=9, batch="N", converted=15)),
    "regnet-y": (["trunk_output.block2"], dict(opset=17, batch="N", converted=20)),
    "mnasnet": (["layers.16"], dict(opset=17, batch=1, converted=18)),
    "convnext": (["features.3"], dict(opset=17, batch="N", converted=18)),
    "vit": (["conv_proj", "encoder.layers.encoder_layer_1.ln_1"], dict(opset=13, batch="N")),
    "swin": (["features.0.0", "features.3.1.norm2"], dict(opset=17, batch="N")),
    "swin-v2": (["features.0.0", "features.3.1.norm2"], dict(opset=16, batch=1, converted=18)),
    "maxvit": (["blocks.1"], dict(opset=14, batch="N", converted=17)),
    "squeeze-excitation": (["3"], dict(opset=17, batch="N", converted=21)),
    "layer-scale": (["3"], dict(opset=11, batch=1)),
}


class ContiguousGradient(torch.autograd.Function):
    """PyTorch 1.13's LayerNorm and GELU misread a gradient that is not contiguous: then what comes back is noise."""

    @staticmethod
    def forward(_context, values):
        return values.view_as(values)

    @staticmethod
    def backward(_context, gradient):
        return gradient.contiguous()


def picture():
    """A photo as [1, 3, SIZE, SIZE], a little stretched from value to value: equal pixels would tie in max pools."""
    photo = Image.open(ROOT / "examples/chelsea.png").convert("RGB").resize((SIZE, SIZE), Image.BILINEAR)
    photo.save("picture.png", optimize=True)
    pixels = (numpy.asarray(photo).transpose(2, 0, 1)[None] - 128.0) / 64
    stretched = pixels * (1 + numpy.arange(pixels.size).reshape(pixels.shape) / 2**20)
    return torch.from_numpy(stretched.astype(numpy.float32))


def explained(model, x, layers):
    """By class: the logits, the input's gradient, and the maps of each layer."""
    kept = {}

    def keep(layer):
        def hook(_module, _input, output):
            kept[layer] = output
            return output.clone()

        return hook

    misread = [module for module in model.modules() if isinstance(module, (torch.nn.LayerNorm, torch.nn.GELU))]
    handles = [module.register_forward_hook(lambda *call: ContiguousGradient.apply(call[-1])) for module in misread]
    handles += [model.get_submodule(layer).register_forward_hook(keep(layer)) for layer in layers]
    x = x.clone().requires_grad_()
    logits = model(x)[0]
    for handle in handles:
        handle.remove()
    for target in range(len(logits)):
        gradient, *slopes = torch.autograd.grad(logits[target], [x, *kept.values()], retain_graph=True)
        yield target, logits, gradient[0], [
            maps(layer, feature_maps(kept[layer]), feature_maps(slope)) for layer, slope in zip(kept, slopes)
        ]


def feature_maps(values):
    """[C, h, w] of one of [1, C, h, w], Swin's [1, h, w, C], or a class token and [1, h * w, C]."""
    if values.ndim == 4:
        channels_last = values.shape[1] == values.shape[2] != values.shape[3]
        return values[0].permute(2, 0, 1) if channels_last else values[0]
    tokens = values[0, 1:]
    side = math.isqrt(len(tokens))
    return tokens.T.reshape(-1, side, side)


def maps(layer, activation, slope):
    grad_cam = torch.relu((slope.mean((1, 2), keepdim=True) * activation).sum(0))
    layer_cam = torch.relu((torch.relu(slope) * activation).sum(0))
    assert min(grad_cam.shape) > 1
    return {
        "layer": layer, "shape": list(grad_cam.shape),
        "gradCam": numbers(grad_cam), "layerCam": numbers(layer_cam),
    }


def numbers(values):
    return [float(f"{value:.7g}") for value in values.flatten().tolist()]


def check_by_differences(model, x, target, gradient):
    """PyTorch itself is checked, in float64 along one direction."""
    exact = copy.deepcopy(model).double()
    step = 1e-6 * torch.from_numpy(numpy.random.RandomState(0).standard_normal(x.shape))
    with torch.no_grad():
        rise = (exact(x.double() + step) - exact(x.double() - step))[0, target] / 2
    slope = (gradient.double() * step[0]).sum()
    assert abs(rise - slope) < 1e-4 * gradient.norm() * step.norm(), (rise, slope)


def smallest(layers):
    return min(math.hypot(*layer[method]) for layer in layers for method in ("gradCam", "layerCam"))


def main(names):
    record = json.loads(Path("golden.json").read_text()) if names else {}
    x = picture()
    for name in names or MEMBERS:
        layers, style = EXPORTS[name]
        model = randomise(MEMBERS[name](), zlib.crc32(name.encode())).eval()
        target, logits, gradient, found = max(explained(model, x, layers), key=lambda of_class: smallest(of_class[3]))
        assert min(gradient.norm(), smallest(found)) > 1e-3
        check_by_differences(model, x, target, gradient)
        batch = 1 if style["batch"] == "N" else style["batch"]
        onnx = export(model, x.expand(batch, -1, -1, -1), **style)
        Path(f"{name}.onnx.gz").write_bytes(gzip.compress(onnx, mtime=0))
        numpy.save(f"{name}.npy", gradient.flatten()[::SPARSE].numpy())
        record[name] = {"target": target, "logits": numbers(logits), "layers": found}
        print(name, style, len(onnx), "bytes; |logits|", float(logits.norm()), "|gradient|", float(gradient.norm()))
    Path("golden.json").write_text(json.dumps({name: record[name] for name in sorted(record)}) + "\n")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    main(sys.argv[1:])
