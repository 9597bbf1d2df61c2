"""Random weights that keep activations and gradients at one scale through the layers, and that compress well."""

import math

import numpy
import torch


def randomise(model, seed):
    """He's initialisation from eight levels; everything else from a grid of 1/32."""
    random = numpy.random.RandomState(seed)
    with torch.no_grad():
        for name, values in [*model.named_parameters(), *model.named_buffers()]:
            made = weights(random, name.rsplit(".", 1)[-1], values)
            if made is not None:
                values.copy_(torch.from_numpy(made.astype(numpy.float32)))
    return model


def weights(random, kind, values):
    shape = tuple(values.shape)
    if kind in ("num_batches_tracked", "relative_position_index", "relative_coords_table", "logit_scale"):
        return None
    if kind in ("weight", "in_proj_weight") and len(shape) > 1:
        levels = random.randint(0, 8, shape) * 2 - 7
        deviation = math.sqrt(2 / math.prod(shape[1:]))
        return levels * shortened(deviation / math.sqrt(21))
    low, high = {"weight": (0.5, 1.5), "running_var": (0.5, 1.5), "layer_scale": (0.25, 1)}.get(kind, (-0.25, 0.25))
    return numpy.round(random.uniform(low, high, shape) * 32) / 32


def shortened(value):
    """With eight bits of mantissa."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(mantissa * 256), exponent - 8)
