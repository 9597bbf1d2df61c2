"""Small instances of the families: torchvision's own classes with fewer blocks and narrower layers."""

from functools import partial

import torch
import torchvision.models as tv
from torch import nn
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import FusedMBConvConfig, MBConvConfig
from torchvision.models.maxvit import MaxVit
from torchvision.models.mobilenetv3 import InvertedResidualConfig
from torchvision.models.regnet import BlockParams
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2
from torchvision.models.vgg import make_layers

CLASSES = 5


def narrow(model, factor):
    """Divides the width of every layer, but for the picture's channels and the classes."""
    def less(width):
        assert width in (3, CLASSES) or width % factor == 0, width
        return width if width in (3, CLASSES) else width // factor

    for name, child in model.named_children():
        if isinstance(child, nn.Conv2d):
            groups = less(child.groups) if child.groups == child.in_channels else child.groups
            shape = child.kernel_size, child.stride, child.padding, child.dilation
            narrowed = nn.Conv2d(
                less(child.in_channels), less(child.out_channels), *shape, groups, child.bias is not None
            )
        elif isinstance(child, nn.Linear):
            narrowed = nn.Linear(less(child.in_features), less(child.out_features))
        elif isinstance(child, nn.BatchNorm2d):
            narrowed = nn.BatchNorm2d(less(child.num_features), child.eps)
        else:
            narrowed = narrow(child, factor)
        setattr(model, name, narrowed)
    return model


def alexnet():
    model = tv.AlexNet(CLASSES)
    model.avgpool = nn.AdaptiveAvgPool2d(1)
    model.classifier[1] = nn.Linear(256, 512)
    model.classifier[4] = nn.Linear(512, 512)
    model.classifier[6] = nn.Linear(512, CLASSES)
    return narrow(model, 16)


def caffenet():
    """AlexNet as the model zoo has it: two groups and local response normalisation."""
    norm, pool = partial(nn.LocalResponseNorm, 5, alpha=0.5), partial(nn.MaxPool2d, 3, 2)
    return nn.Sequential(
        nn.Conv2d(3, 8, 7, 2), nn.ReLU(), norm(), pool(),
        nn.Conv2d(8, 12, 5, 1, 2, groups=2), nn.ReLU(), norm(), pool(),
        nn.Conv2d(12, 16, 3, 1, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 1, 1, groups=2), nn.ReLU(), pool(), nn.Flatten(),
        nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, CLASSES),
    )


def vgg(batch_norm):
    features = make_layers([64, "M", 128, "M", 256, "M", 256, 256, "M", 512, "M"], batch_norm)
    model = tv.VGG(features, CLASSES, init_weights=False)
    model.avgpool = nn.AdaptiveAvgPool2d(2)
    model.classifier[0] = nn.Linear(512 * 4, 256)
    model.classifier[3] = nn.Linear(256, 256)
    model.classifier[6] = nn.Linear(256, CLASSES)
    return narrow(model, 16)


def resnet(block, **more):
    return narrow(tv.ResNet(block, [1, 1, 1, 1], CLASSES, **more), 16)


def inception():
    model = tv.Inception3(CLASSES, aux_logits=False, transform_input=True, init_weights=False)
    model.Conv2d_1a_3x3.conv.stride = (1, 1)
    for repeated in ["Mixed_5d", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7c"]:
        setattr(model, repeated, nn.Identity())
    return narrow(model, 16)


def googlenet():
    model = tv.GoogLeNet(CLASSES, aux_logits=False, transform_input=True, init_weights=False)
    for repeated in ["inception4b", "inception4c", "inception5a"]:
        setattr(model, repeated, nn.Identity())
    return narrow(model, 8)


def mobilenet_v2():
    settings = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 1, 2], [3, 64, 1, 2]]
    return narrow(tv.MobileNetV2(CLASSES, inverted_residual_setting=settings), 8)


def mobilenet_v3():
    settings = [
        InvertedResidualConfig(8, 3, 8, 8, True, "RE", 2, 1, 1),
        InvertedResidualConfig(8, 3, 24, 16, False, "RE", 2, 1, 1),
        InvertedResidualConfig(16, 5, 32, 16, True, "HS", 1, 1, 1),
        InvertedResidualConfig(16, 5, 32, 16, True, "HS", 1, 2, 1),
    ]
    return tv.MobileNetV3(settings, 32, CLASSES)


def efficientnet():
    settings = [
        MBConvConfig(1, 3, 1, 8, 8, 1),
        MBConvConfig(6, 3, 2, 8, 8, 2),
        MBConvConfig(6, 5, 2, 8, 16, 2),
    ]
    return tv.EfficientNet(settings, 0.2, num_classes=CLASSES)


def efficientnet_v2():
    settings = [
        FusedMBConvConfig(1, 3, 1, 8, 8, 1),
        FusedMBConvConfig(4, 3, 2, 8, 16, 2),
        MBConvConfig(4, 3, 2, 16, 24, 2),
    ]
    norm = partial(nn.BatchNorm2d, eps=1e-3)
    return tv.EfficientNet(settings, 0.2, num_classes=CLASSES, last_channel=64, norm_layer=norm)


def regnet(se_ratio):
    blocks = BlockParams([1, 2, 1], [8, 16, 32], [4, 8, 8], [1, 1, 1], [2, 2, 2], se_ratio)
    return tv.RegNet(blocks, CLASSES, stem_width=8)


def convnext():
    blocks = [CNBlockConfig(8, 16, 1), CNBlockConfig(16, 32, 2), CNBlockConfig(32, None, 1)]
    return tv.ConvNeXt(blocks, num_classes=CLASSES)


def swin(**more):
    return tv.SwinTransformer([4, 4], 16, [2, 2], [2, 4], [4, 4], mlp_ratio=2, num_classes=CLASSES, **more)


def maxvit():
    return MaxVit((64, 64), 8, 4, [8, 16], [1, 1], 8, 0, mlp_ratio=2, num_classes=CLASSES)


class SqueezeExcitation(nn.Module):
    """As Hu et al. published it: linear layers on the pooled vector, spread over the map again."""

    def __init__(self, width, reduction):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(width, width // reduction, bias=False), nn.ReLU(inplace=True),
            nn.Linear(width // reduction, width, bias=False), nn.Sigmoid(),
        )

    def forward(self, x):
        n, c = x.shape[:2]
        return x * self.fc(self.pool(x).view(n, c)).view(n, c, 1, 1).expand_as(x)


class LayerScale(nn.Module):
    """A residual branch of tokens, weighted channel by channel."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.linear, self.act = nn.LayerNorm(width), nn.Linear(width, width), nn.GELU()
        self.layer_scale = nn.Parameter(torch.ones(width))

    def forward(self, x):
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.layer_scale * self.act(self.linear(self.norm(tokens)))
        return tokens.transpose(1, 2).reshape(x.shape)


def block(kind, *more):
    stem = [nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1)]
    head = [nn.Conv2d(16, 16, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, CLASSES)]
    return nn.Sequential(*stem, kind(16, *more), *head)


MEMBERS = {
    "alexnet": alexnet,
    "caffenet": caffenet,
    "vgg": partial(vgg, False),
    "vgg-bn": partial(vgg, True),
    "resnet-basic": partial(resnet, BasicBlock),
    "resnet-bottleneck": partial(resnet, Bottleneck),
    "resnext": partial(resnet, Bottleneck, groups=2, width_per_group=32),
    "densenet": partial(tv.DenseNet, 4, (2, 3, 2), 8, 2, num_classes=CLASSES),
    "inception-v3": inception,
    "googlenet": googlenet,
    "squeezenet": lambda: narrow(tv.SqueezeNet("1_1", CLASSES), 4),
    "mobilenet-v2": mobilenet_v2,
    "mobilenet-v3": mobilenet_v3,
    "shufflenet-v2": partial(tv.ShuffleNetV2, [2, 2, 2], [8, 8, 16, 32, 32], CLASSES),
    "efficientnet": efficientnet,
    "efficientnet-v2": efficientnet_v2,
    "regnet-x": partial(regnet, None),
    "regnet-y": partial(regnet, 0.25),
    "mnasnet": lambda: narrow(tv.MNASNet(0.5, CLASSES), 8),
    "convnext": convnext,
    "vit": partial(tv.VisionTransformer, 64, 16, 2, 2, 16, 32, num_classes=CLASSES),
    "swin": swin,
    "swin-v2": partial(swin, block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2),
    "maxvit": maxvit,
    "squeeze-excitation": partial(block, SqueezeExcitation, 4),
    "layer-scale": partial(block, LayerScale),
}
