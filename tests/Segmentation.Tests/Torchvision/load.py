"""Loads a safetensors file into torchvision's network of that name, strictly, and answers with its scores and a .pth of it.

    python3 load.py NETWORK FILE.safetensors IMAGE.f32 SCORES.f32 SAVED.pth
"""
import json
import struct
import sys

import torch
from torchvision.models import segmentation

CLASSES = 6
TYPES = {"F32": torch.float32, "I64": torch.int64}

name, path, image, scores, saved = sys.argv[1:]
with open(path, "rb") as file:
    content = file.read()
length = struct.unpack("<Q", content[:8])[0]
header = json.loads(content[8:8 + length])
state = {}
for key, entry in header.items():
    if key != "__metadata__":
        begin, end = entry["data_offsets"]
        data = bytearray(content[8 + length + begin:8 + length + end])
        state[key] = torch.frombuffer(data, dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])

auxiliary = {} if name.startswith("lraspp") else {"aux_loss": True}
model = getattr(segmentation, name)(weights=None, weights_backbone=None, num_classes=CLASSES, **auxiliary)
model.load_state_dict(state, strict=True)
model.eval()
with open(image, "rb") as file:
    pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(2, 3, 64, 64)
with torch.no_grad(), open(scores, "wb") as file:
    file.write(model(pixels)["out"].contiguous().numpy().tobytes())
torch.save(model.state_dict(), saved)
