"""Images a second of PyTorch's DataLoader with PIL transforms: decode, resize, flips, rotation, normalise, collate.

    python3 trainer_loader.py FOLDER BATCH SIZE WORKERS EPOCHS

FOLDER holds pairs NAME.jpg and NAME.png.
"""
import glob
import random
import statistics
import sys
import time

import numpy
import torch
from PIL import Image
from torchvision.transforms import functional

folder, batch, size, workers, epochs = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(1)


class Pairs(torch.utils.data.Dataset):
    def __init__(self):
        self.paths = sorted(glob.glob(folder + "/*.jpg"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        path = self.paths[index]
        image = Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR)
        mask = Image.open(path[:-3] + "png").resize((size, size), Image.NEAREST)
        if random.random() < 0.5:
            image, mask = functional.hflip(image), functional.hflip(mask)
        if random.random() < 0.5:
            image, mask = functional.vflip(image), functional.vflip(mask)
        angle = random.uniform(-15, 15)
        image = functional.rotate(image, angle, functional.InterpolationMode.BILINEAR, fill=[124, 116, 104])
        mask = functional.rotate(mask, angle, functional.InterpolationMode.NEAREST, fill=255)
        image = functional.normalize(functional.to_tensor(image), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        return image, torch.from_numpy(numpy.array(mask, dtype=numpy.int64))


loader = torch.utils.data.DataLoader(Pairs(), batch_size=batch, shuffle=True, num_workers=workers, persistent_workers=True)
rates = []
for epoch in range(epochs + 1):
    start = time.perf_counter()
    count = sum(len(images) for images, _ in loader)
    rates.append(count / (time.perf_counter() - start))
print(statistics.median(rates[1:]))
