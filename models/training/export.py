"""Weights of a finished training to models/cat-dog: calibrated, exported to ONNX, measured on the test photos.

python3 export.py PHOTOS weights.pt ../cat-dog

The temperature is fitted on the training photos that were held out and folded into the last layer. The figures printed
are those of the exported weights on the test photos and belong into the model card.
"""

import argparse
import json
from pathlib import Path

import torch
import torch.nn.functional as F

from data import CLASSES, MEAN, STD, load, normalise
from network import CatDogNet
from train import HELD_OUT, SIZE


def logits_of(network, pictures):
    with torch.no_grad():
        return torch.cat([network(normalise(part)) for part in pictures.split(128)])


def fit_temperature(logits, labels):
    candidates = torch.linspace(0.2, 3, 281)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in candidates])
    return candidates[losses.argmin()].item()


def calibration_error(probabilities, labels, bins=15):
    """Expected calibration error: |confidence − accuracy| in equal bins of confidence, weighted by their share."""
    confidence, predicted = probabilities.max(1)
    correct = (predicted == labels).float()
    total = 0.0
    for low in torch.arange(bins) / bins:
        inside = (confidence > low) & (confidence <= low + 1 / bins)
        if inside.any():
            total += inside.float().mean().item() * abs(confidence[inside].mean() - correct[inside].mean()).item()
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos")
    parser.add_argument("weights")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()

    network = CatDogNet()
    network.load_state_dict(torch.load(options.weights))
    network.eval()

    pictures, labels = load(f"{options.photos}/train", SIZE)
    held = torch.arange(len(labels)) % HELD_OUT == 0
    temperature = fit_temperature(logits_of(network, pictures[held]), labels[held])
    with torch.no_grad():
        network.classifier.weight /= temperature
        network.classifier.bias /= temperature

    test, truth = load(f"{options.photos}/test", SIZE)
    probabilities = logits_of(network, test).softmax(1)
    hits = probabilities.argmax(1) == truth
    print(f"temperature {temperature:.2f}")
    print(f"accuracy {hits.float().mean():.4f} on {len(truth)} test photos")
    for index, name in enumerate(CLASSES):
        print(f"  {name} {hits[truth == index].float().mean():.4f} of {(truth == index).sum()}")
    print(f"calibration error {calibration_error(probabilities, truth):.4f}")
    print(f"log loss {F.nll_loss(probabilities.log(), truth):.4f}")

    options.out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, torch.zeros(1, 3, SIZE, SIZE), str(options.out / "model.onnx"), opset_version=17,
        input_names=["picture"], output_names=["logits"], dynamic_axes={"picture": {0: "N"}, "logits": {0: "N"}},
    )
    (options.out / "config.json").write_text(
        json.dumps({"id2label": {str(index): name for index, name in enumerate(CLASSES)}}, indent=2) + "\n"
    )
    preprocessor = {
        "do_resize": True, "size": {"height": SIZE, "width": SIZE}, "resample": 2, "do_center_crop": False,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
        "image_mean": [round(value, 3) for value in MEAN.flatten().tolist()],
        "image_std": [round(value, 3) for value in STD.flatten().tolist()],
    }
    (options.out / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n")


if __name__ == "__main__":
    main()
