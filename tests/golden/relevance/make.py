"""Makes the values that LRP, DeepLIFT and the noise tunnels are held to, with PyTorch alone (Debian: python3-torch).

The network has what rules differ on: batch normalisations, biases, groups, strides, overlapping pools with pads, a residual sum,
inputs of either sign. Each method is written here from its formula, layer by layer, and not by way of the library's graphs.
Run: python3 make.py (once without noise.npy; then tests/gradient/relevance-oracle.test.ts says how noise.npy is made).
"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
torch.manual_seed(4)
torch.set_num_threads(1)
TARGET = 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.pool1 = nn.MaxPool2d(3, 2, 1)
        self.conv2, self.bn2 = nn.Conv2d(6, 6, 3, padding=1, groups=2), nn.BatchNorm2d(6)
        self.conv3 = nn.Conv2d(6, 8, 3, stride=2)
        self.pool2 = nn.AvgPool2d(2, 1)
        self.fc1, self.fc2 = nn.Linear(32, 10), nn.Linear(10, 4)

    def forward(self, x):
        x = self.pool1(F.relu(self.bn1(self.conv1(x))))
        x = F.relu(self.bn2(self.conv2(x)) + x)
        x = self.pool2(F.relu(self.conv3(x)))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


net = Net().eval()
for module in net.modules():
    if isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.running_mean, 0, 0.3)
        nn.init.uniform_(module.running_var, 0.5, 2)
        nn.init.uniform_(module.weight, 0.5, 1.5)
        nn.init.normal_(module.bias, 0, 0.2)
picture = torch.randn(1, 3, 16, 16)
torch.onnx.export(
    net, picture, HERE / 'model.onnx', opset_version=13, do_constant_folding=False,
    training=torch.onnx.TrainingMode.PRESERVE, input_names=['x'], output_names=['scores'],
    dynamic_axes={'x': {0: 'N'}, 'scores': {0: 'N'}},
)
net.double()
picture = picture.double()


def save(name, values):
    np.save(HERE / f'{name}.npy', values.detach().numpy().astype(np.float32))


def sign(z):
    return torch.where(z < 0, -1.0, 1.0)


def linear(layer, weight, bias=None):
    """The layer as a function of its input, with other weights."""
    if isinstance(layer, nn.Linear):
        return lambda x: F.linear(x, weight, bias)
    return lambda x: F.conv2d(x, weight, bias, layer.stride, layer.padding, layer.dilation, layer.groups)


def transposed(function, x, share):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(function(x), x, share)[0]


def shared(relevance, terms, epsilon):
    """R shared among terms (function with bias, x): x * W^T (R / z)."""
    z = sum(function(x) for function, x in terms)
    share = relevance / (z + epsilon * sign(z))
    return sum(x * transposed(function, x, share) for function, x in terms)


def merged(conv, bn):
    factor = bn.weight / (bn.running_var + bn.eps).sqrt()
    return conv.weight * factor[:, None, None, None], (conv.bias - bn.running_mean) * factor + bn.bias


def weighted(rule, layer, weight, bias, x, relevance, parameters):
    pos, neg = (lambda v: v.clamp(min=0)), (lambda v: v.clamp(max=0))
    epsilon, gamma, stabiliser = parameters['epsilon'], 0.25, 1e-6
    if rule == 'epsilon-plus' or rule == 'epsilon-plus-flat':
        rule = 'epsilon' if isinstance(layer, nn.Linear) else 'alpha1-beta0'
    if rule == 'epsilon' or rule == 'captum-epsilon':
        return shared(relevance, [(linear(layer, weight, bias), x)], epsilon)
    if rule == 'alpha1-beta0':
        terms = [(linear(layer, pos(weight), pos(bias)), pos(x)), (linear(layer, neg(weight)), neg(x))]
        return shared(relevance, terms, stabiliser)
    if rule == 'captum-gamma':
        return shared(relevance, [(linear(layer, weight + gamma * pos(weight), bias), x)], epsilon)
    if rule == 'captum-alpha1-beta0':
        return shared(relevance, [(linear(layer, pos(weight), bias), x)], epsilon)
    y = linear(layer, weight, bias)(x)
    up = [
        (linear(layer, weight + gamma * pos(weight), bias + gamma * pos(bias)), pos(x)),
        (linear(layer, weight + gamma * neg(weight)), neg(x)),
    ]
    down = [
        (linear(layer, weight + gamma * neg(weight), bias + gamma * neg(bias)), pos(x)),
        (linear(layer, weight + gamma * pos(weight)), neg(x)),
    ]
    return shared(relevance * (y > 0), up, stabiliser) + shared(relevance * (y < 0), down, stabiliser)


def lrp(x0, rule, target=TARGET, keeps=True):
    captum = rule.startswith('captum')
    parameters = {'epsilon': 1e-9 if captum else 1e-6}
    norm = parameters['epsilon'] if captum else 1e-6
    (w1, b1), (w2, b2) = merged(net.conv1, net.bn1), merged(net.conv2, net.bn2)
    a1 = F.relu(net.bn1(net.conv1(x0)))
    p1 = net.pool1(a1)
    n2 = net.bn2(net.conv2(p1))
    a2 = F.relu(n2 + p1)
    a3 = F.relu(net.conv3(a2))
    flat = net.pool2(a3).flatten(1)
    a4 = F.relu(net.fc1(flat))
    scores = net.fc2(a4)
    r = torch.zeros_like(scores)
    r[0, target] = scores[0, target]

    def layer(module, x, relevance, weight=None, b=None):
        weight, b = (module.weight, module.bias) if weight is None else (weight, b)
        return weighted(rule, module, weight, b if keeps else b * 0, x, relevance, parameters)

    def normalised(conv, bn, x, relevance, weight, bias):
        if not captum:
            return layer(conv, x, relevance, weight, bias)
        return layer(conv, x, shared(relevance, [(bn, conv(x))], norm))

    r = layer(net.fc2, a4, r)
    r = layer(net.fc1, flat, r).view_as(net.pool2(a3))
    r = shared(r, [(net.pool2, a3)], norm)
    r = layer(net.conv3, a2, r)
    total = n2 + p1
    share = r / (total + norm * sign(total))
    r = p1 * share + normalised(net.conv2, net.bn2, p1, n2 * share, w2, b2)
    r = transposed(net.pool1, a1, r)
    if rule == 'epsilon-plus-flat':
        ones = torch.ones_like(x0)
        return shared(r, [(linear(net.conv1, torch.ones_like(w1)), ones)], 1e-6)
    return normalised(net.conv1, net.bn1, x0, r, w1, b1)


def gradient(x, target=TARGET):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(net(x)[0, target], x)[0]


def deep_lift(x, reference):
    """The rescale rule by hand; a pool gives each place the sum of what its windows bring."""
    both = torch.cat([x, reference])
    n1 = net.bn1(net.conv1(both))
    a1 = F.relu(n1)
    p1, places = F.max_pool2d(a1, 3, 2, 1, return_indices=True)
    n2 = net.bn2(net.conv2(p1)) + p1
    a2 = F.relu(n2)
    n3 = net.conv3(a2)
    a3 = F.relu(n3)
    flat = net.pool2(a3).flatten(1)
    n4 = net.fc1(flat)
    a4 = F.relu(n4)
    change = lambda v: v[:1] - v[1:]

    def quotient(m, y, z):
        slope = torch.where(change(z).abs() < 1e-10, (z[:1] > 0).double(), change(y) / change(z))
        return m * slope

    m = net.fc2.weight[TARGET : TARGET + 1]
    m = quotient(m, a4, n4) @ net.fc1.weight
    m = transposed(net.pool2, a3[:1], m.view_as(net.pool2(a3[:1])))
    m = transposed(net.conv3, a2[:1], quotient(m, a3, n3))
    m = quotient(m, a2, n2)
    m = m + transposed(lambda v: net.bn2(net.conv2(v)), p1[:1], m)
    most = p1.max(0, keepdim=True)[0]
    parts = torch.cat([m * (most - p1[1:]), m * (p1[:1] - most)])
    back = torch.zeros_like(a1).flatten(2).scatter_add(2, places.flatten(2), parts.flatten(2)).view_as(a1)
    m = torch.where(change(a1).abs() < 1e-10, torch.zeros_like(back[:1]), back.sum(0, keepdim=True) / change(a1))
    m = transposed(lambda v: net.bn1(net.conv1(v)), x, quotient(m, a1, n1))
    return m * (x - reference)


def integrated_gradients(x):
    """Four right-hand steps from 0."""
    return x * sum(gradient(x * step / 4) for step in (1, 2, 3, 4)) / 4


def guided(x):
    def rectified(module, grads_in, _):
        return (grads_in[0].clamp(min=0),)

    relus = [nn.ReLU() for _ in range(4)]
    handles = [relu.register_full_backward_hook(rectified) for relu in relus]
    x = x.detach().requires_grad_()
    h = net.pool1(relus[0](net.bn1(net.conv1(x))))
    h = relus[1](net.bn2(net.conv2(h)) + h)
    kept = relus[2](net.conv3(h))
    kept.retain_grad()
    net.fc2(relus[3](net.fc1(net.pool2(kept).flatten(1))))[0, TARGET].backward()
    for handle in handles:
        handle.remove()
    return x.grad


def guided_grad_cam(x):
    h = net.pool1(F.relu(net.bn1(net.conv1(x))))
    h = F.relu(net.bn2(net.conv2(h)) + h)
    features = F.relu(net.conv3(h)).detach().requires_grad_()
    score = net.fc2(F.relu(net.fc1(net.pool2(features).flatten(1))))[0, TARGET]
    weights = torch.autograd.grad(score, features)[0].mean((2, 3), keepdim=True)
    cam = F.relu((weights * features).sum(1, keepdim=True))
    return guided(x) * F.interpolate(cam, size=x.shape[2:], mode='nearest')


save('picture', picture)
save('scores', net(picture))
RULES = ['epsilon', 'gamma', 'alpha1-beta0', 'epsilon-plus', 'epsilon-plus-flat']
for rule in RULES + ['captum-epsilon', 'captum-gamma', 'captum-alpha1-beta0']:
    save(f'lrp-{rule}', lrp(picture, rule))
    print(rule, lrp(picture, rule).sum().item(), net(picture)[0, TARGET].item())
for rule in RULES:
    save(f'lrp-{rule}-no-bias', lrp(picture, rule, keeps=False))
    print(rule, 'without biases', lrp(picture, rule, keeps=False).sum().item())
reference = torch.full_like(picture, 0.25)
save('deep-lift', deep_lift(picture, reference))
print('deep-lift', deep_lift(picture, reference).sum().item(), (net(picture) - net(reference))[0, TARGET].item())

if (HERE / 'noise.npy').exists():
    noisy = [picture + torch.tensor(noise).double() for noise in np.load(HERE / 'noise.npy')]
    methods = {
        'saliency': gradient,
        'integrated-gradients': integrated_gradients,
        'guided-grad-cam': guided_grad_cam,
        'lrp': lambda x: lrp(x, 'epsilon-plus'),
    }
    for name, method in methods.items():
        values = torch.stack([method(x) for x in noisy])
        save(f'{name}-smoothgrad', values.mean(0))
        save(f'{name}-smoothgrad-sq', (values ** 2).mean(0))
        save(f'{name}-vargrad', values.var(0, unbiased=False))
