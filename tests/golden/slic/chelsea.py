"""scikit-image's superpixels of the middle 224 x 224 pixels of examples/chelsea.png, as an 8-bit picture of labels."""
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.segmentation import slic

here = Path(__file__).parent
photo = Image.open(here / "../../../examples/chelsea.png").convert("RGB").crop((113, 38, 337, 262))
labels = slic(np.asarray(photo), n_segments=60, compactness=10, sigma=1, start_label=0)
Image.fromarray(labels.astype(np.uint8)).save(here / "chelsea.png", optimize=True)
