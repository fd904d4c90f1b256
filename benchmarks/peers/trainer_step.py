"""Images a second that PyTorch trains DeepLabV3-MobileNetV3 with: channels-last, Adam, cross-entropy with 255 ignored.

    python3 trainer_step.py BATCH SIZE THREADS CLASSES STEPS
"""
import statistics
import sys
import time

import torch
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large

batch, size, threads, classes, steps = map(int, sys.argv[1:])
torch.set_num_threads(threads)
torch.manual_seed(1)
model = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=classes)
model = model.to(memory_format=torch.channels_last).train()
optimizer = torch.optim.Adam(model.parameters(), 1e-4)
images = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
target = torch.randint(0, classes, (batch, size, size))
times = []
for step in range(steps + 3):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = torch.nn.functional.cross_entropy(model(images)["out"], target, ignore_index=255)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append(time.perf_counter() - start)
print(batch / statistics.median(times[3:]))
