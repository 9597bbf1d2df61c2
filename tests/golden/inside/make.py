"""What PyTorch (hooks and autograd) and scikit-learn make of a small network, for tests/inside.
Run draws.mjs first, then: /usr/bin/python3 tests/golden/inside/make.py"""
import gzip
import io
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.decomposition import non_negative_factorization
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
MEAN = torch.tensor([120.0, 110.0, 100.0]).view(3, 1, 1)
STD = torch.tensor([60.0, 55.0, 50.0]).view(3, 1, 1)
STEPS = 6


def save(name, array):
    np.save(os.path.join(HERE, f'{name}.npy'), np.ascontiguousarray(array, dtype=np.float32))


torch.manual_seed(5)
net = nn.Sequential(
    nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2, 2),
    nn.Conv2d(6, 8, 3, padding=1), nn.ReLU6(), nn.MaxPool2d(3, 2), nn.ReLU(),
    nn.Conv2d(8, 10, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 4),
).eval()
with torch.no_grad():
    net[1].running_mean.uniform_(-0.2, 0.2)
    net[1].running_var.uniform_(0.5, 1.5)
    for at in (0, 4, 8):
        net[at].weight *= 2
    net[8].bias.uniform_(0.1, 0.5)
FEATURES = net[:10]

buffer = io.BytesIO()
torch.onnx.export(net, torch.zeros(1, 3, 24, 24), buffer, opset_version=13, input_names=['x'],
                  output_names=['scores'], dynamic_axes={'x': {0: 'N'}, 'scores': {0: 'N'}})
with open(os.path.join(HERE, 'net.onnx.gz'), 'wb') as file:
    file.write(gzip.compress(buffer.getvalue(), mtime=0))

picture = torch.randn(1, 3, 24, 24)
save('picture', picture)


def deconvnet(channel, strongest):
    """Zeiler and Fergus: hooks replace every rectifier's gradient by the rectified gradient from above."""
    hooks = [m.register_full_backward_hook(lambda m, into, out: (F.relu(out[0]),))
             for m in FEATURES if isinstance(m, (nn.ReLU, nn.ReLU6))]
    x = picture.clone().requires_grad_()
    maps = FEATURES(x)
    seed = torch.zeros_like(maps)
    kept = maps[0, channel].detach()
    seed[0, channel] = torch.where(kept == kept.max(), kept, torch.zeros(())) if strongest else kept
    maps.backward(seed)
    for hook in hooks:
        hook.remove()
    return x.grad[0].numpy()


with torch.no_grad():
    maps = FEATURES(picture)[0]
save('maps', maps)
peaks = maps.amax((1, 2))
strongest = int(peaks.argmax())
save('reconstruction', deconvnet(strongest, False))
save('reconstruction-cell', deconvnet(strongest, True))


def blurred(planes, sigma):
    """A Gaussian cut at 3 sigma; at the border what falls outside is left out and the rest sums to 1."""
    reach = int(np.ceil(3 * sigma))
    line = torch.exp(-torch.arange(-reach, reach + 1, dtype=torch.float64) ** 2 / (2 * sigma ** 2))

    def along(values, axis):
        shape = (1, 1, -1, 1) if axis == 2 else (1, 1, 1, -1)
        pad = (reach, 0) if axis == 2 else (0, reach)
        run = lambda x: F.conv2d(x.double()[:, None], line.view(shape), padding=pad)[:, 0]
        return run(values) / run(torch.ones_like(values))
    return along(along(planes, 3), 2).float()


def ascend(start, objective, shifts=None, blur=0.0, decay=0.0):
    pixels = torch.tensor(start, dtype=torch.float32).view(3, 24, 24)
    first = None
    for step in range(STEPS):
        dy, dx = shifts[step] if shifts else (0, 0)
        frame = torch.roll(pixels, (-dy, -dx), (1, 2)).requires_grad_()
        level = objective(((frame - MEAN) / STD)[None])
        first = float(level) if first is None else first
        (gradient,) = torch.autograd.grad(level, frame)
        gradient = torch.roll(gradient, (dy, dx), (1, 2))
        pixels = pixels + gradient / gradient.double().square().mean().sqrt().float()
        if decay:
            pixels = 128 + (1 - decay) * (pixels - 128)
        if blur:
            pixels = blurred(pixels, blur)
    with torch.no_grad():
        last = float(objective(((pixels - MEAN) / STD)[None]))
    return pixels.numpy(), first, last


golden = {'strongest': strongest, 'peak': float(peaks.max()), 'ascents': {}}
draws = json.load(open(os.path.join(HERE, 'draws.json')))
SETTINGS = {'plain': {}, 'jitter': {'jitter': 4}, 'regularised': {'blur': 0.8, 'decay': 0.05}}
for name, settings in SETTINGS.items():
    found = []
    for draw in draws[:2]:
        more = {**settings}
        if more.pop('jitter', 0):
            more['shifts'] = draw['shifts']
        found.append(ascend(draw['start'], lambda x: FEATURES(x)[0, draw['channel']].mean(), **more))
    save(f'ascent-{name}', np.stack([pixels for pixels, _, _ in found]))
    golden['ascents'][name] = [{'start': first, 'end': last} for _, first, last in found]
for name, draw, objective in (
    ('neuron', draws[1], lambda x: FEATURES(x)[0, draw['channel'], 1, 2]),
    ('class', draws[2], lambda x: net(x)[0, draw['channel']]),
):
    pixels, first, last = ascend(draw['start'], objective)
    save(f'ascent-{name}', pixels[None])
    golden['ascents'][name] = [{'start': first, 'end': last}]

rng = np.random.default_rng(7)
x = rng.random((12, 2)) ** 4 @ rng.random((2, 20)) ** 4 + 0.3 * rng.random((12, 20))
w, h = rng.random((12, 2)), rng.random((2, 20))
done_w, done_h, rounds = non_negative_factorization(x, W=w.copy(), H=h.copy(), n_components=2, init='custom', solver='cd')
golden['nmf'] = {name: matrix.ravel().tolist() for name, matrix in
                 {'x': x, 'w': w, 'h': h, 'doneW': done_w, 'doneH': done_h}.items()}
golden['nmf']['rounds'] = int(rounds)
with open(os.path.join(HERE, 'golden.json'), 'w') as file:
    json.dump(golden, file)
    file.write('\n')
print(golden['ascents'], strongest, rounds)
