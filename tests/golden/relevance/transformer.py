"""Makes the values that LRP of a transformer is held to, with PyTorch alone (Debian: python3-torch).

The network has what the rules differ on: a class token, places, layer normalisations with shifts, attention of two heads, GELU
and a gated layer (SiLU times a linear one). The rules are written here from its formula, layer by layer, in float64.
It is exported twice, with layer normalisations as one operator and taken apart; both must give the same values.
Run: python3 transformer.py
"""
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
torch.manual_seed(11)
torch.set_num_threads(1)
TARGET, WIDTH, HEADS, PATCH, SIZE = 1, 12, 2, 4, 16
STABILISER = 1e-6


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def heads(self, x):
        """Queries, keys, values [N, heads, T, d]."""
        n, t, _ = x.shape
        return self.qkv(x).view(n, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)

    def forward(self, x):
        q, k, v = self.heads(x).unbind(0)
        p = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS), -1)
        return self.out((p @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, gated):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention, self.gated = Attention(), gated
        self.fc1, self.fc2 = nn.Linear(WIDTH, 20), nn.Linear(20, WIDTH)
        if gated:
            self.fc3 = nn.Linear(WIDTH, 20)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        h = self.norm2(x)
        a = F.silu(self.fc1(h)) * self.fc3(h) if self.gated else F.gelu(self.fc1(h))
        return x + self.fc2(a)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.token = nn.Parameter(torch.randn(1, 1, WIDTH))
        self.places = nn.Parameter(0.5 * torch.randn(1, 1 + (SIZE // PATCH) ** 2, WIDTH))
        self.blocks = nn.ModuleList([Block(False), Block(True)])
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3)

    def forward(self, x):
        cells = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), cells], 1) + self.places
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


net = Net().eval()
for module in net.modules():
    if isinstance(module, nn.LayerNorm):
        nn.init.uniform_(module.weight, 0.5, 1.5)
        nn.init.normal_(module.bias, 0, 0.2)
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0, 0.4)
picture = torch.randn(1, 3, SIZE, SIZE)
names = dict(input_names=['x'], output_names=['scores'], dynamic_axes={'x': {0: 'N'}, 'scores': {0: 'N'}})
torch.onnx.export(net, picture, HERE / 'transformer.onnx', opset_version=17, **names)
torch.onnx.export(net, picture, HERE / 'transformer-apart.onnx', opset_version=13, **names)
net.double()
picture = picture.double()


def save(name, values):
    np.save(HERE / f'transformer-{name}.npy', values.detach().numpy().astype(np.float32))


def stabilised(z, epsilon=STABILISER):
    return z + epsilon * torch.where(z < 0, -1.0, 1.0)


class Lrp:
    """Relevance from the class to the picture: `rule` for weights, epsilon (all) or epsilon-plus (z+ for the patches)."""

    def __init__(self, rule, attention, keeps):
        self.rule, self.attention, self.keeps = rule, attention, keeps

    def linear(self, layer, x, r):
        z = x @ layer.weight.T + (layer.bias if self.keeps else 0)
        return x * ((r / stabilised(z)) @ layer.weight)

    def added(self, a, b, r):
        """The parts of both terms of a sum."""
        return a * r / stabilised(a + b), b * r / stabilised(a + b)

    def norm(self, layer, x, r):
        """Ali et al. 2022, section 4.2: the deviation is a constant, what is left is linear."""
        deviation = (x.var(-1, unbiased=False, keepdim=True) + layer.eps).sqrt()
        z = (x - x.mean(-1, keepdim=True)) / deviation * layer.weight + (layer.bias if self.keeps else 0)
        matrix = (torch.eye(WIDTH) - 1 / WIDTH) * layer.weight  # z = x @ matrix / deviation + bias
        return x * ((r / stabilised(z) / deviation) @ matrix.T.double())

    def attend(self, layer, x, r):
        q, k, v = layer.heads(x).unbind(0)
        scale = 1 / math.sqrt(WIDTH // HEADS)
        logits = q @ k.transpose(-1, -2) * scale
        p = torch.softmax(logits, -1)
        o = p @ v
        r = self.linear(layer.out, o.transpose(1, 2).flatten(2), r).view(1, -1, HEADS, WIDTH // HEADS).transpose(1, 2)
        if self.attention == 'constant':
            rv = v * (p.transpose(-1, -2) @ (r / stabilised(o)))
            parts = [torch.zeros_like(q), torch.zeros_like(k), rv]
        else:  # Achtibat et al. 2024, propositions 3.1 and 3.3
            share = r / stabilised(o) / 2
            rv = v * (p.transpose(-1, -2) @ share)
            rp = p * (share @ v.transpose(-1, -2))
            rl = logits * (rp - p * rp.sum(-1, keepdim=True))
            share = rl / stabilised(q @ k.transpose(-1, -2)) / 2
            parts = [q * (share @ k), k * (share.transpose(-1, -2) @ q), rv]
        rows = torch.stack(parts).permute(1, 3, 0, 2, 4).flatten(2)
        return self.linear(layer.qkv, x, rows)

    def feed(self, block, h, r):
        a = block.fc1(h)
        if not block.gated:
            r = self.linear(block.fc2, F.gelu(a), r)
            return self.linear(block.fc1, h, r)
        g = block.fc3(h)
        r = self.linear(block.fc2, F.silu(a) * g, r)
        return self.linear(block.fc1, h, r / 2) + self.linear(block.fc3, h, r / 2)

    def block(self, block, x, r):
        attended = block.attention(block.norm1(x))
        middle = x + attended
        fed = block(x) - middle
        r, rf = self.added(middle, fed, r)
        r = r + self.norm(block.norm2, middle, self.feed(block, block.norm2(middle), rf))
        r, ra = self.added(x, attended, r)
        return r + self.norm(block.norm1, x, self.attend(block.attention, block.norm1(x), ra))

    def __call__(self, x0):
        cells = net.patches(x0).flatten(2).transpose(1, 2)
        rows = torch.cat([net.token, cells], 1)
        stream = [rows + net.places]
        for block in net.blocks:
            stream.append(block(stream[-1]))
        normed = net.norm(stream[-1])[:, 0]
        scores = net.head(normed)
        r = torch.zeros_like(scores)
        r[0, TARGET] = scores[0, TARGET]
        last = torch.zeros_like(stream[-1])
        last[:, 0] = self.linear(net.head, normed, r)
        r = self.norm(net.norm, stream[-1], last)
        for block, x in reversed(list(zip(net.blocks, stream))):
            r = self.block(block, x, r)
        if self.keeps:
            r = self.added(rows, net.places, r)[0]
        r = r[:, 1:].transpose(1, 2).reshape(1, WIDTH, SIZE // PATCH, SIZE // PATCH)
        return self.convolved(x0, r)

    def convolved(self, x, r):
        weight, bias = net.patches.weight, net.patches.bias if self.keeps else net.patches.bias * 0
        back = lambda w, share: F.conv_transpose2d(share, w, stride=PATCH)
        if self.rule == 'epsilon':
            return x * back(weight, r / stabilised(F.conv2d(x, weight, bias, PATCH)))
        pos, neg = (lambda v: v.clamp(min=0)), (lambda v: v.clamp(max=0))
        z = F.conv2d(pos(x), pos(weight), pos(bias), PATCH) + F.conv2d(neg(x), neg(weight), None, PATCH)
        return pos(x) * back(pos(weight), r / stabilised(z)) + neg(x) * back(neg(weight), r / stabilised(z))


if __name__ == '__main__':
    save('picture', picture)
    with torch.no_grad():
        for rule in ['epsilon', 'epsilon-plus']:
            for attention in ['constant', 'attn-lrp']:
                for keeps in [True, False]:
                    values = Lrp(rule, attention, keeps)(picture)
                    name = f'lrp-{rule}-{attention}' + ('' if keeps else '-no-bias')
                    save(name, values)
                    print(name, values.sum().item(), values.abs().sum().item(), net(picture)[0, TARGET].item())
