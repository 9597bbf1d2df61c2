"""Writes golden.json: the metrics' formulae in NumPy and SciPy, on a small network that the test has as well.

/usr/bin/python3 tests/golden/metrics/make.py, after a build. What is drawn comes from draws.mjs.
"""
import json
import subprocess
from pathlib import Path

import numpy as np
from scipy.ndimage import convolve
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

HERE = Path(__file__).parent
HEIGHT, WIDTH, UNITS, SAMPLES, STEP = 12, 10, 6, 20, 7
PLANE = HEIGHT * WIDTH

generator = np.random.RandomState(0)
rounded = lambda values: np.round(values, 4)
picture = rounded(generator.uniform(-1, 1, PLANE))
weights = rounded(generator.normal(0, 0.4, (UNITS, PLANE)))
heads = -rounded(generator.normal(0, 2, UNITS))
rows, columns = np.divmod(np.arange(PLANE), WIDTH)
maps = {
    'random': rounded(generator.normal(0, 1, PLANE)),
    'ties': ((rows // 4 + columns // 3) % 3).astype(float),
    'gradient': rounded(picture * ((heads * (1 - np.tanh(weights @ picture) ** 2)) @ weights)),
}
draws = json.loads(subprocess.check_output(['node', HERE / 'draws.mjs', *map(str, (HEIGHT, WIDTH, SAMPLES))]))


def logit(x):
    return float(heads @ np.tanh(weights @ x))


def probability(x):
    """Of the first of two classes, the second having logit 0."""
    return 1 / (1 + np.exp(-logit(x)))


def order(m):
    """Strongest first, ties in order."""
    return np.argsort(-m, kind='stable')


def curve(m, start, end):
    """RISE: the strongest pixels of `start` are set to those of `end`, STEP by STEP."""
    x, scores, counts = start.copy(), [probability(start)], [0]
    for first in range(0, PLANE, STEP):
        chosen = order(m)[first : first + STEP]
        x[chosen] = end[chosen]
        scores.append(probability(x))
        counts.append(first + len(chosen))
    return float(np.trapz(scores, np.array(counts) / PLANE))


def blurred(x):
    """11 x 11, sigma 5; weights beyond the border are left out and the rest scaled."""
    line = np.exp(-(np.arange(-5, 6) ** 2) / 50)
    kernel = np.outer(line, line)
    flat = convolve(x.reshape(HEIGHT, WIDTH), kernel, mode='constant')
    return (flat / convolve(np.ones((HEIGHT, WIDTH)), kernel, mode='constant')).ravel()


def masked(m):
    positive = np.maximum(m, 0)
    return probability(picture * (positive - positive.min()) / (positive.max() - positive.min()))


def infidelity(m):
    """captum's, normalised, over the mean of the squared falls; beta not below 0."""
    a, b = [], []
    for square in draws['squares']:
        inside = (
            (rows >= square['y'])
            & (rows < square['y'] + square['side'])
            & (columns >= square['x'])
            & (columns < square['x'] + square['side'])
        )
        a.append(m[inside].sum())
        b.append(probability(picture) - probability(np.where(inside, 0, picture)))
    a, b = np.array(a), np.array(b)
    beta = max(0, (a * b).mean() / (a * a).mean())
    return float(((beta * a - b) ** 2).mean() / (b * b).mean())


def imputed(missing):
    """ROAD: the sparse system, solved directly."""
    number = np.cumsum(missing) - 1
    i, j, values = [], [], []
    right, total = np.zeros(missing.sum()), np.zeros(missing.sum())
    for pixel in np.flatnonzero(missing):
        for down, across in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]:
            y, x = rows[pixel] + down, columns[pixel] + across
            if not (0 <= y < HEIGHT and 0 <= x < WIDTH):
                continue
            weight, other = (1 / 6 if down * across == 0 else 1 / 12), y * WIDTH + x
            total[number[pixel]] += weight
            if missing[other]:
                i.append(number[pixel]), j.append(number[other]), values.append(-weight)
            else:
                right[number[pixel]] += weight * picture[other]
    every = np.arange(len(total))
    system = coo_matrix((np.r_[values, total], (np.r_[i, every], np.r_[j, every]))).tocsc()
    filled = picture.copy()
    filled[missing] = spsolve(system, right)
    return filled


def road(m):
    """Without noise."""
    differences = []
    for share in np.arange(1, 10) / 10:
        removed = int(round(share * PLANE))
        strongest, weakest = np.zeros(PLANE, bool), np.zeros(PLANE, bool)
        strongest[order(m)[:removed]] = True
        weakest[order(m)[PLANE - removed :]] = True
        differences.append((probability(imputed(weakest)) - probability(imputed(strongest))) / 2)
    return float(np.mean(differences))


def occlusion(x):
    """Of the logit, by windows of 2 x 2 side by side, zeros in them."""
    result = np.zeros(PLANE)
    for y in range(0, HEIGHT, 2):
        for x0 in range(0, WIDTH, 2):
            inside = (rows // 2 == y // 2) & (columns // 2 == x0 // 2)
            result[inside] = logit(x) - logit(np.where(inside, 0, x))
    return result


def sensitivity():
    """captum's max-sensitivity of that occlusion, within 0.02."""
    first = occlusion(picture)
    changes = [occlusion(picture + 0.02 * np.array(noise)) - first for noise in draws['noise'][:10]]
    return float(max(np.linalg.norm(change) for change in changes) / np.linalg.norm(first))


whole = probability(picture)
golden = {
    'height': HEIGHT,
    'width': WIDTH,
    'step': STEP,
    'samples': SAMPLES,
    'picture': picture.tolist(),
    'weights': weights.tolist(),
    'heads': heads.tolist(),
    'maps': {name: m.tolist() for name, m in maps.items()},
    'metrics': {
        name: {
            'deletion': curve(m, picture, np.zeros(PLANE)),
            'insertion': curve(m, blurred(picture), picture),
            'average-drop': max(0, whole - masked(m)) / whole,
            'increase': int(masked(m) > whole),
            'infidelity': infidelity(m),
            'road': road(m),
        }
        for name, m in maps.items()
    },
    'occlusion': occlusion(picture).tolist(),
    'sensitivity': sensitivity(),
}
(HERE / 'golden.json').write_text(json.dumps(golden) + '\n')
print(whole, json.dumps(golden['metrics'], indent=1), golden['sensitivity'])
