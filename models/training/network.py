"""The cat/dog classifier: a small residual network with ReLU, 128 px in, an 8 x 8 last layer."""

from torch import nn


class Block(nn.Module):
    def __init__(self, channels_in, channels_out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )
        nn.init.zeros_(self.norm2.weight)

    def forward(self, x):
        y = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
        return self.relu(y + self.shortcut(x))


class CatDogNet(nn.Module):
    """Input [N, 3, 128, 128], output [N, 2]: the logits of cat and dog."""

    def __init__(self, stages=((32, 1), (64, 2), (192, 2)), dropout=0.2):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        )
        blocks, channels = [], 32
        for stage, (width, count) in enumerate(stages):
            for index in range(count):
                blocks.append(Block(channels, width, 2 if stage > 0 and index == 0 else 1))
                channels = width
        self.stages = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(channels, 2)

    def forward(self, x):
        return self.classifier(self.dropout(self.pool(self.stages(self.stem(x))).flatten(1)))
