"""The peer of evaluator.split: torchvision's network in evaluation mode, Pillow decoding, a numpy confusion matrix.

Arguments: folder with images/NAME.jpg and masks/NAME.png (index masks), side, batch, threads, repeats.
Prints the median images per second.
"""
import glob
import os
import statistics
import sys
import time

import numpy
import torch
import torchvision
from PIL import Image

folder, side, batch, threads, repeats = sys.argv[1], *map(int, sys.argv[2:6])
CLASSES = 6
torch.set_num_threads(threads)
network = torchvision.models.segmentation.deeplabv3_mobilenet_v3_large(
    weights=None, weights_backbone=None, num_classes=CLASSES, aux_loss=False).eval()
network = network.to(memory_format=torch.channels_last)
mean = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
deviation = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)


class Split(torch.utils.data.Dataset):
    def __init__(self):
        self.images = sorted(glob.glob(os.path.join(folder, "images", "*.jpg")))

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        path = self.images[index]
        image = Image.open(path).convert("RGB").resize((side, side), Image.BILINEAR)
        name = os.path.splitext(os.path.basename(path))[0]
        mask = Image.open(os.path.join(folder, "masks", name + ".png")).resize((side, side), Image.NEAREST)
        pixels = (numpy.asarray(image, dtype=numpy.float32) / 255 - mean) / deviation
        return torch.from_numpy(pixels).permute(2, 0, 1), torch.from_numpy(numpy.asarray(mask, dtype=numpy.int64))


def run():
    loader = torch.utils.data.DataLoader(Split(), batch_size=batch, shuffle=False, num_workers=threads)
    confusion = numpy.zeros((CLASSES, CLASSES), dtype=numpy.int64)
    with torch.inference_mode():
        for images, masks in loader:
            scores = network(images.contiguous(memory_format=torch.channels_last))["out"]
            predicted = scores.argmax(1).numpy()
            truth = masks.numpy()
            valid = truth != 255
            confusion += numpy.bincount(
                CLASSES * truth[valid] + predicted[valid], minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)
    return confusion


count = len(Split())
run()
rates = []
for _ in range(repeats):
    started = time.perf_counter()
    run()
    rates.append(count / (time.perf_counter() - started))
print(statistics.median(rates))
