"""Photographs as one uint8 tensor in memory, and their augmentation, a batch at a time."""

import math
import random
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
CLASSES = ("cat", "dog")


def load(folder, size):
    """All photos below folder/{cat,dog}, squeezed to size x size as the package's preprocessing does (Pillow, bilinear)."""
    pictures, labels = [], []
    for label, name in enumerate(CLASSES):
        for path in sorted((Path(folder) / name).glob("*.jpg")):
            image = Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR)
            pictures.append(torch.from_numpy(numpy.array(image)).permute(2, 0, 1))
            labels.append(label)
    return torch.stack(pictures), torch.tensor(labels)


def normalise(pictures):
    return (pictures.float() / 255 - MEAN) / STD


def crop(pictures, size, smallest):
    """A random part of each picture: its area, its aspect, a small turn and a mirror, in one affine sampling."""
    matrices = []
    for _ in range(len(pictures)):
        area = random.uniform(smallest, 1)
        aspect = math.exp(random.uniform(-0.4, 0.4))
        width, height = min(1, math.sqrt(area * aspect)), min(1, math.sqrt(area / aspect))
        x, y = random.uniform(width - 1, 1 - width), random.uniform(height - 1, 1 - height)
        angle = random.gauss(0, math.radians(8))
        mirror = random.choice((-1, 1))
        matrices.append([
            [mirror * width * math.cos(angle), -width * math.sin(angle), x],
            [mirror * height * math.sin(angle), height * math.cos(angle), y],
        ])
    grid = F.affine_grid(torch.tensor(matrices), [len(pictures), 3, size, size], align_corners=False)
    return F.grid_sample(pictures.float() / 255, grid, padding_mode="reflection", align_corners=False)


def jitter(pictures, strength=0.35):
    """Brightness, contrast and saturation of each picture, and now and then no colour at all."""
    count = len(pictures)
    factor = lambda: (1 + strength * (2 * torch.rand(count, 1, 1, 1) - 1))
    pictures = pictures * factor()
    mean = pictures.mean((1, 2, 3), keepdim=True)
    pictures = (pictures - mean) * factor() + mean
    grey = pictures.mean(1, keepdim=True)
    saturation = factor() * (torch.rand(count, 1, 1, 1) > 0.1)
    return ((pictures - grey) * saturation + grey).clamp(0, 1)


def cutmix(pictures, targets):
    """A window of every picture comes from another one; the targets mix in the ratio of the areas."""
    size = pictures.shape[-1]
    order = torch.randperm(len(pictures))
    side = math.sqrt(random.betavariate(1, 1))
    height = width = max(1, int(side * size))
    y, x = random.randint(0, size - height), random.randint(0, size - width)
    pictures = pictures.clone()
    pictures[:, :, y : y + height, x : x + width] = pictures[order, :, y : y + height, x : x + width]
    share = height * width / size**2
    return pictures, targets * (1 - share) + targets[order] * share


def augment(pictures, labels, size, smallest, mixed):
    """
    Pictures [N, 3, S, S] in bytes and labels [N] to a normalised batch [N, 3, size, size] and soft targets [N, 2].
    Crops keep at least the share `smallest` of the area; `mixed` is the probability of CutMix.
    """
    batch = (jitter(crop(pictures, size, smallest)) - MEAN) / STD
    targets = F.one_hot(labels, len(CLASSES)).float()
    return cutmix(batch, targets) if random.random() < mixed else (batch, targets)
