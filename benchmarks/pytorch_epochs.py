#!/usr/bin/python3
"""Trains one of the study's networks on Fashion-MNIST in Python PyTorch, as fast as an honest script can.

The same network, batch size, optimizer, schedule, augmentation, weight average and gradient clipping as
the plugin of that name. The images stay in memory as uint8; a batch is one gather that also moves and
mirrors. Prints the seconds of each epoch, without loading, as one JSON object.

Usage: pytorch_epochs.py CLASSIFIER MODE THREADS EPOCHS IMAGES DATA_FOLDER
  CLASSIFIER  conv-maxpool, drop-norm-l2, lstm or gru
  MODE        float, channels-last (the memory order of images) or bfloat16 (autocast, and channels-last)
  IMAGES      how many of the 60,000 training images
"""

import contextlib
import gzip
import json
import math
import os
import sys
import time

name, mode, folder = sys.argv[1], sys.argv[2], sys.argv[6]
threads, epochs, train_images = (int(number) for number in sys.argv[3:6])
os.environ["OMP_NUM_THREADS"] = str(threads)

import numpy as np  # noqa: E402  (after the thread count is set)
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)

BATCH, PAD, SIZE = 64, 1, 28
WARM_UP, AVERAGING, CLIP = 0.2, 0.998, 1.0


def read(file, offset):
    with gzip.open(os.path.join(folder, file)) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=offset)


class Recurrent(nn.Module):
    """The image as rows, two layers with dropout between, the mean over time."""

    def __init__(self, layer):
        super().__init__()
        self.first = layer(SIZE, 128, batch_first=True)
        self.second = layer(128, 128, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.norm = nn.BatchNorm1d(128)
        self.dense = nn.Linear(128, 10)

    def forward(self, images):
        sequence, _ = self.first(images.squeeze(1))
        sequence, _ = self.second(self.dropout(sequence))
        return self.dense(self.dropout(self.norm(sequence.mean(1))))


def conv_maxpool():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))


def drop_norm_l2():
    def normalized(channels, filters, stride):
        return [nn.Conv2d(channels, filters, 3, stride, 1), nn.BatchNorm2d(filters), nn.ReLU()]

    return nn.Sequential(
        *normalized(1, 16, 1), *normalized(16, 32, 2), *normalized(32, 64, 1), *normalized(64, 64, 2),
        nn.Dropout(0.2), nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.BatchNorm1d(128), nn.ReLU(),
        nn.Dropout(0.2), nn.Linear(128, 10))


# The network, the peak of the learning rate, the decay of weights, and the share of images with an erased rectangle.
NETWORK, PEAK, DECAY, ERASED = {
    "conv-maxpool": (conv_maxpool, 0.002, 0.02, 0),
    "drop-norm-l2": (drop_norm_l2, 0.003, 0.05, 0.25),
    "lstm": (lambda: Recurrent(nn.LSTM), 0.003, 0.02, 0),
    "gru": (lambda: Recurrent(nn.GRU), 0.003, 0.02, 0)}[name]
convolves = name in ("conv-maxpool", "drop-norm-l2")
channels_last = convolves and mode in ("channels-last", "bfloat16")


def share(progress):
    """Rises to the peak, then falls along a cosine, as Schedule.OneCycle does."""
    if progress < WARM_UP:
        return 1 / 25 + (1 - 1 / 25) * progress / WARM_UP
    return (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


def erase(images):
    """Sets a rectangle of 2 to 20 % of some images to the mean, with sides of a ratio between 1/3 and 3."""
    area = (0.02 + torch.rand(BATCH) * 0.18) * SIZE * SIZE
    ratio = torch.exp((torch.rand(BATCH) * 2 - 1) * math.log(3))
    rows = (area * ratio).sqrt().round().clamp(1, SIZE)
    columns = (area / ratio).sqrt().round().clamp(1, SIZE)
    top = (torch.rand(BATCH) * (SIZE - rows + 1)).floor()
    left = (torch.rand(BATCH) * (SIZE - columns + 1)).floor()
    chosen = torch.rand(BATCH, 1) < ERASED
    in_rows = (ruler >= top.unsqueeze(1)) & (ruler < (top + rows).unsqueeze(1)) & chosen
    in_columns = (ruler >= left.unsqueeze(1)) & (ruler < (left + columns).unsqueeze(1))
    return images.masked_fill_((in_rows.unsqueeze(2) & in_columns.unsqueeze(1)).unsqueeze(1), 0)


pixels = torch.from_numpy(read("train-images-idx3-ubyte.gz", 16).copy()).view(-1, SIZE, SIZE)[:train_images]
labels = torch.from_numpy(read("train-labels-idx1-ubyte.gz", 8).astype(np.int64))[:train_images]
padded = F.pad(pixels, (PAD, PAD, PAD, PAD)).contiguous()
side = SIZE + 2 * PAD
flat = padded.view(-1)
ruler = torch.arange(SIZE)
mean, std = 0.2860 * 255, 0.3530 * 255

model = NETWORK()
model.train()
if channels_last:
    model = model.to(memory_format=torch.channels_last)
weights = [p for p in model.parameters() if p.dim() > 1]
others = [p for p in model.parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW(
    [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0}], lr=PEAK, foreach=True)
state = [v for v in model.state_dict().values() if v.dtype.is_floating_point]
average = [v.clone() for v in state]
per_epoch = train_images // BATCH
step, seconds, loss_sum = 0, [], 0.0
for epoch in range(epochs):
    start = time.perf_counter()
    order = torch.randperm(train_images)
    for i in range(per_epoch):
        index = order[i * BATCH:(i + 1) * BATCH]
        rows = ruler + torch.randint(0, 2 * PAD + 1, (BATCH, 1))
        columns = torch.where(torch.rand(BATCH, 1) < 0.5, ruler, SIZE - 1 - ruler)
        columns = columns + torch.randint(0, 2 * PAD + 1, (BATCH, 1))
        at = (index * side * side).view(BATCH, 1, 1) + (rows * side).unsqueeze(2) + columns.unsqueeze(1)
        images = flat[at].float().sub_(mean).div_(std).unsqueeze(1)
        if ERASED:
            images = erase(images)
        if channels_last:
            images = images.contiguous(memory_format=torch.channels_last)
        for group in optimizer.param_groups:
            group["lr"] = PEAK * share(step / (epochs * per_epoch))
        with torch.autocast("cpu", torch.bfloat16) if mode == "bfloat16" else contextlib.nullcontext():
            logits = model(images)
            loss = F.cross_entropy(logits, labels[index])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP, foreach=True)
        optimizer.step()
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(average, state, 1 - min(AVERAGING, (1 + step) / (10 + step)))
            right = (logits.argmax(1) == labels[index]).sum().item()
        loss_sum += loss.item()
    seconds.append(time.perf_counter() - start)
print(json.dumps({
    "classifier": name, "mode": mode, "threads": threads, "torch": torch.__version__, "seconds": seconds,
    "mean_loss": loss_sum / step}))
