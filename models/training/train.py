"""Trains the cat/dog classifier from scratch and keeps the averaged weights of the run.

python3 train.py PHOTOS --epochs 95 --of 110 --out first.pt
python3 train.py PHOTOS --epochs 70 --start first.pt --peak 0.1 --smallest 0.4 --mixed 0.35 --grow --out weights.pt

The first line learns under strong augmentation, the second goes on under a gentler one. PHOTOS holds train/{cat,dog} and
test/{cat,dog}. Needs PyTorch, NumPy and Pillow. The weights are those of the last epoch.
"""

import argparse
import random
import time

import torch
import torch.nn.functional as F

from data import augment, load, normalise
from network import CatDogNet

SIZE, STORED, BATCH = 128, 144, 64
HELD_OUT = 20  # every twentieth training photo is kept for the temperature


def accuracy(network, pictures, labels):
    network.eval()
    with torch.no_grad():
        hits = [network(normalise(p)).argmax(1) == l for p, l in zip(pictures.split(128), labels.split(128))]
    return torch.cat(hits).float().mean().item()


def learning_rate(progress, peak, warm=0.03):
    return peak * min(progress / warm, (1 + torch.cos(torch.tensor(progress * 3.14159265)).item()) / 2)


def average(mean, network, decay):
    with torch.no_grad():
        for kept, now in zip(mean.state_dict().values(), network.state_dict().values()):
            if kept.dtype.is_floating_point:
                kept.lerp_(now, 1 - decay)
            else:
                kept.copy_(now)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos")
    parser.add_argument("--epochs", type=int, default=110)
    parser.add_argument("--of", type=int, help="the length of the schedule, where the run ends before it")
    parser.add_argument("--out", default="weights.pt")
    parser.add_argument("--start", help="weights to go on from")
    parser.add_argument("--peak", type=float, default=0.2, help="the highest learning rate")
    parser.add_argument("--smallest", type=float, default=0.3, help="the least share of the area that a crop keeps")
    parser.add_argument("--mixed", type=float, default=0.5, help="the probability of CutMix")
    parser.add_argument("--grow", action="store_true", help="pictures of 112 px for the first half: faster")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    random.seed(1)

    pictures, labels = load(f"{options.photos}/train", STORED)
    test = load(f"{options.photos}/test", SIZE)
    kept = torch.arange(len(labels)) % HELD_OUT != 0
    pictures, labels = pictures[kept], labels[kept]

    network, mean = CatDogNet(), CatDogNet()
    if options.start:
        network.load_state_dict(torch.load(options.start))
    network, mean = network.to(memory_format=torch.channels_last), mean.to(memory_format=torch.channels_last)
    mean.load_state_dict(network.state_dict())
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    optimiser = torch.optim.SGD(
        [{"params": matrices, "weight_decay": 5e-4}, {"params": vectors, "weight_decay": 0}],
        lr=0.1, momentum=0.9, nesterov=True,
    )
    steps = len(labels) // BATCH
    schedule = options.of or options.epochs
    for epoch in range(options.epochs):
        network.train()
        begin, total = time.time(), 0.0
        for step, rows in enumerate(torch.randperm(len(labels))[: steps * BATCH].view(steps, BATCH)):
            progress = (epoch + step / steps) / schedule
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(progress, options.peak)
            last = max(0.0, progress - 0.8) / 0.2  # from 0 to 1 in the last fifth: gentler crops, less mixing
            size = 112 if options.grow and progress < 0.5 else SIZE
            smallest, mixed = options.smallest + 0.3 * last, options.mixed * (1 - last / 2)
            batch, targets = augment(pictures[rows], labels[rows], size, smallest, mixed)
            batch = batch.contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(network(batch), targets, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            average(mean, network, min(0.999, 1 - 1 / (1 + (epoch * steps + step) / 10)))
            total += loss.item()
        line = f"epoch {epoch + 1} loss {total / steps:.4f} seconds {time.time() - begin:.1f}"
        if epoch % 5 == 4 or epoch + 1 == options.epochs:
            line += f" test {accuracy(mean, *test):.4f}"
            torch.save(mean.state_dict(), options.out)
        print(line, flush=True)


if __name__ == "__main__":
    main()
