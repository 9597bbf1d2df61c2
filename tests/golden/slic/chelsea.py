"""scikit-image's (0.19.3) superpixels of the middle 224 x 224 pixels of examples/chelsea.png, as 8-bit pictures of labels.

chelsea.png: SLIC asked for 60 segments, which gives 59; finer.png: asked for 72, which gives 72; truth.png: the 20 regions of
Felzenszwalb's graph-based segmentation, to measure superpixels of either kind against. dog.png and bird.png: SLIC asked for 60 on
the photos of ../shared that have masks of what they show, where that folder is there.
"""
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.segmentation import felzenszwalb, slic

here = Path(__file__).parent
photo = Image.open(here / "../../../examples/chelsea.png").convert("RGB").crop((113, 38, 337, 262))
pixels = np.asarray(photo)
for name, labels in [
    ("chelsea", slic(pixels, n_segments=60, compactness=10, sigma=1, start_label=0)),
    ("finer", slic(pixels, n_segments=72, compactness=10, sigma=1, start_label=0)),
    ("truth", felzenszwalb(pixels, scale=300, sigma=0.8, min_size=200)),
]:
    Image.fromarray(labels.astype(np.uint8)).save(here / f"{name}.png", optimize=True)

photos = here / "../../../../shared/data/photos"
for name in ["dog", "bird"] if photos.exists() else []:
    pixels = np.asarray(Image.open(photos / f"{name}_segmentation.png").convert("RGB"))
    labels = slic(pixels, n_segments=60, compactness=10, sigma=1, start_label=0)
    Image.fromarray(labels.astype(np.uint8)).save(here / f"{name}.png", optimize=True)
