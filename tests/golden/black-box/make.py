"""What RISE, KernelSHAP, LIME's selection and quickshift come to, from their papers' formulae in NumPy, scikit-image and scikit-learn.

RISE: Petsiuk et al. 2018, section 3.2; masks enlarged by skimage.transform.resize, as the authors' code does.
KernelSHAP: Lundberg & Lee 2017, theorem 2, solved as one system with a Lagrange multiplier; Shapley values by their definition.
LIME's `highest_weights`: a ridge of 0.01 ranks, the largest are fitted again; `forward_selection`: the highest weighted R² of a fit
without penalty beside those chosen before. Captum's LIME: scikit-learn's Lasso under torch's cosine of the pixels. Captum's
KernelSHAP: scikit-learn's linear regression, with weights of a million for the pictures with no segment and with all.
"""
import itertools
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.segmentation import quickshift
from skimage.transform import resize
import torch
from sklearn.linear_model import Lasso, LinearRegression, Ridge

here = Path(__file__).parent
rng = np.random.default_rng(7)
rounded = lambda array: [float(f"{value:.8g}") for value in np.ravel(array)]


def rise(height, width, cells, keep, count):
    cell = (math.ceil(height / cells), math.ceil(width / cells))
    grids = (rng.random((count, cells, cells)) < keep).astype(float)
    places = [(int(rng.integers(cell[0])), int(rng.integers(cell[1]))) for _ in grids]
    masks = []
    for grid, (top, left) in zip(grids, places):
        up = resize(grid, ((cells + 1) * cell[0], (cells + 1) * cell[1]), order=1, mode="reflect", anti_aliasing=False)
        masks.append(up[top : top + height, left : left + width])
    masks = np.array(masks)
    scores = rng.random(count)
    total = np.tensordot(scores, masks, 1)
    return {
        "size": [height, width], "cells": cells, "keep": keep,
        "grids": grids.astype(int).reshape(count, -1).tolist(), "places": places, "scores": rounded(scores),
        "firstMask": rounded(masks[0]), "none": rounded(total),
        "expected": rounded(total / (count * keep)), "coverage": rounded(total / masks.sum(0)),
    }


def shapley(values, players):
    """By the definition: the mean over all orders of what a player adds to those before."""
    phi = np.zeros(players)
    orders = list(itertools.permutations(range(players)))
    for order in orders:
        members = 0
        for player in order:
            phi[player] += values[members | 1 << player] - values[members]
            members |= 1 << player
    return phi / len(orders)


def kernel_shap(players, count):
    masks = np.array([m for m in rng.integers(0, 2, (count, players)) if 0 < m.sum() < players])
    weights = rng.random(len(masks)) + 0.1
    scores = rng.normal(size=len(masks))
    none, total = rng.normal(size=2)
    system = np.ones((players + 1, players + 1))
    system[:players, :players] = masks.T @ (weights[:, None] * masks)
    system[players, players] = 0
    right = np.append(masks.T @ (weights * (scores - none)), total)
    return {
        "masks": masks.tolist(), "weights": rounded(weights), "scores": rounded(scores),
        "none": none, "total": total, "phi": rounded(np.linalg.solve(system, right)[:players]),
    }


def lime(segments, count, features):
    masks = rng.integers(0, 2, (count, segments))
    masks[0] = 1
    probabilities = rng.random(count)
    distances = 1 - np.sqrt(masks.sum(1) / segments)
    weights = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    ranking = Ridge(alpha=0.01).fit(masks, probabilities, sample_weight=weights).coef_
    chosen = np.argsort(-np.abs(ranking))[:features]
    fit = Ridge(alpha=1).fit(masks[:, chosen], probabilities, sample_weight=weights)
    coefficients = np.zeros(segments)
    coefficients[chosen] = fit.coef_
    return {
        "masks": masks.tolist(), "probabilities": rounded(probabilities), "numFeatures": features,
        "weights": rounded(coefficients), "intercept": fit.intercept_,
        "r2": fit.score(masks[:, chosen], probabilities, sample_weight=weights),
    }


def forward(segments, count, features):
    masks = rng.integers(0, 2, (count, segments))
    masks[0] = 1
    probabilities = rng.random(count) + masks @ rng.normal(size=segments) / segments
    weights = np.sqrt(np.exp(-((1 - np.sqrt(masks.sum(1) / segments)) ** 2) / 0.25**2))
    chosen = []
    for _ in range(features):
        r2 = {}
        for segment in set(range(segments)) - set(chosen):
            columns = masks[:, chosen + [segment]]
            r2[segment] = LinearRegression().fit(columns, probabilities, weights).score(columns, probabilities, weights)
        chosen.append(max(r2, key=r2.get))
    fit = Ridge(alpha=1).fit(masks[:, chosen], probabilities, sample_weight=weights)
    coefficients = np.zeros(segments)
    coefficients[chosen] = fit.coef_
    return {
        "masks": masks.tolist(), "probabilities": rounded(probabilities), "numFeatures": features,
        "weights": rounded(coefficients), "intercept": fit.intercept_,
    }


def captum_lime(height, width, segments, count, baseline, alpha):
    labels = np.append(np.arange(segments), rng.integers(0, segments, height * width - segments))
    picture = rng.normal(size=(3, height * width)).astype(np.float32)
    masks = rng.integers(0, 2, (count, segments))
    masks[1] = 0
    samples = np.where(masks[:, None, labels] == 1, picture, np.float32(baseline))
    cosine = torch.nn.CosineSimilarity(dim=0)
    distances = [1 - cosine(torch.tensor(picture).flatten(), torch.tensor(one).flatten()).item() for one in samples]
    weights = np.array([math.exp(-(d**2) / (2 * 1.0**2)) for d in distances])
    scores = rng.normal(size=count)
    fit = Lasso(alpha=alpha, tol=1e-14, max_iter=10**6).fit(masks, scores, sample_weight=weights)
    return {
        "size": [height, width], "labels": labels.tolist(), "picture": rounded(picture), "baseline": baseline,
        "masks": masks.tolist(), "distances": rounded(distances), "scores": rounded(scores), "lasso": alpha,
        "weights": rounded(fit.coef_), "intercept": fit.intercept_,
        "r2": fit.score(masks, scores, sample_weight=weights),
    }


def captum_shap(players, count):
    masks = np.array([m for m in rng.integers(0, 2, (4 * count, players)) if 0 < m.sum() < players][:count])
    scores = rng.normal(size=count)
    none, whole = rng.normal(size=2)
    rows = np.vstack([np.ones(players), np.zeros(players), masks])
    weights = np.append([1e6, 1e6], np.ones(count))
    fit = LinearRegression().fit(rows, np.append([whole, none], scores), sample_weight=weights)
    return {
        "masks": masks.tolist(), "scores": rounded(scores), "none": none, "total": whole - none, "phi": rounded(fit.coef_),
    }


game = rng.normal(size=2**6)
golden = {
    "rise": [rise(28, 28, 7, 0.5, 9), rise(23, 17, 4, 0.3, 5), rise(16, 30, 5, 0.7, 6), rise(12, 9, 2, 0.5, 4)],
    "game": {"values": rounded(game), "phi": rounded(shapley(game, 6))},
    "kernelShap": [kernel_shap(5, 24), kernel_shap(9, 60)],
    "lime": [lime(8, 60, 3), lime(12, 90, 6)],
    "forward": [forward(8, 60, 3), forward(20, 150, 6), forward(6, 14, 5)],
    "captumLime": [captum_lime(4, 5, 6, 25, 0, 0.01), captum_lime(7, 6, 12, 25, -0.5, 0.05), captum_lime(9, 9, 40, 25, 0, 0.01)],
    "captumShap": [captum_shap(6, 23), captum_shap(8, 60), captum_shap(40, 23)],
}
(here / "golden.json").write_text(json.dumps(golden) + "\n")

chelsea = Image.open(here / "../../../examples/chelsea.png").convert("RGB").crop((113, 38, 337, 262))
picture = Image.open(here / "../default-model/picture.png").convert("RGB")
for name, photo, settings in [
    ("chelsea", chelsea, dict(kernel_size=4, max_dist=200, ratio=0.2)),
    ("chelsea-fine", chelsea, dict(kernel_size=2.5, max_dist=6, ratio=0.6)),
    ("picture", picture, dict(kernel_size=3, max_dist=10, ratio=0.5)),
]:
    labels = quickshift(np.asarray(photo), random_seed=0, **settings)
    print(name, labels.max() + 1, "segments")
    Image.fromarray(labels.astype(np.uint16)).save(here / f"quickshift-{name}.png", optimize=True)
