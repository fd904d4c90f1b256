"""Milliseconds that torch.save takes for DeepLabV3-MobileNetV3 and its Adam, into a file.

    python3 trainer_checkpoint.py BATCH SIZE THREADS CLASSES TIMES
"""
import os
import statistics
import sys
import tempfile
import time

import torch
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large

batch, size, threads, classes, times = map(int, sys.argv[1:])
torch.set_num_threads(threads)
model = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=classes)
optimizer = torch.optim.Adam(model.parameters(), 1e-4)
for parameter in model.parameters():
    parameter.grad = torch.ones_like(parameter)
optimizer.step()
taken = []
with tempfile.TemporaryDirectory() as folder:
    for number in range(times + 1):
        start = time.perf_counter()
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, os.path.join(folder, "checkpoint.pt"))
        taken.append(time.perf_counter() - start)
        os.remove(os.path.join(folder, "checkpoint.pt"))
print(1000 * statistics.median(taken[1:]))
