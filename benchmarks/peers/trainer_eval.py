"""Images a second that PyTorch scores with DeepLabV3-MobileNetV3, channels-last, in inference mode.

    python3 trainer_eval.py BATCH SIZE THREADS CLASSES STEPS
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
model = model.to(memory_format=torch.channels_last).eval()
images = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
times = []
with torch.inference_mode():
    for step in range(steps + 3):
        start = time.perf_counter()
        model(images)["out"]
        times.append(time.perf_counter() - start)
print(batch / statistics.median(times[3:]))
