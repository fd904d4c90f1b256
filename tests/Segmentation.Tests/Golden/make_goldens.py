"""Writes the golden numbers of deeplabv3_mobilenet_v3_large from torchvision.

Run with a Python that has torch and torchvision (Debian: python3-torch, python3-torchvision):
    python3 make_goldens.py
Every tensor of the state dict is filled by a formula of (index of its key in sorted order, index of the element), so that
the tests can fill the same network without a weight file.
"""
import json
import math

import torch
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large

CLASSES = 6


def wave(count, phase):
    index = torch.arange(count, dtype=torch.float64)
    return torch.sin(index * 1.7 + index * index * 0.0003 + phase)


def fill(model):
    state = model.state_dict()
    for number, key in enumerate(sorted(state)):
        tensor = state[key]
        if key.endswith("num_batches_tracked"):
            continue
        values = wave(tensor.numel(), float(number))
        if key.endswith("running_var"):
            values = 1.0 + 0.5 * values
        elif key.endswith("running_mean") or key.endswith("bias"):
            values = 0.1 * values
        elif tensor.dim() == 1:
            values = 1.0 + 0.2 * values
        else:
            values = values * math.sqrt(3.4 / tensor[0].numel())
        tensor.copy_(values.reshape(tensor.shape).float())


def image(height, width):
    count = 2 * 3 * height * width
    index = torch.arange(count, dtype=torch.float64)
    return torch.sin(index * 0.13 + 3.0 * torch.cos(index * 0.0007)).reshape(2, 3, height, width).float()


def summary(tensor):
    flat = tensor.detach().double().reshape(-1)
    step = max(1, flat.numel() // 24)
    return {
        "shape": list(tensor.shape),
        "sum": flat.sum().item(),
        "norm": flat.norm().item(),
        "step": step,
        "values": flat[::step].tolist(),
    }


GRADIENTS = [
    "backbone.0.0.weight",
    "backbone.4.block.2.fc1.weight",
    "backbone.13.block.1.0.weight",
    "backbone.16.1.bias",
    "classifier.0.convs.0.0.weight",
    "classifier.0.convs.1.0.weight",
    "classifier.0.convs.3.0.weight",
    "classifier.0.convs.4.1.weight",
    "classifier.0.project.0.weight",
    "classifier.1.weight",
    "classifier.4.bias",
    "aux_classifier.0.weight",
    "aux_classifier.4.weight",
]


def run(height, width):
    model = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=CLASSES, aux_loss=True)
    fill(model)
    model.eval()
    x = image(height, width)
    out = model(x)
    index = torch.arange(2 * height * width).reshape(2, height, width)
    target = (index // 7) % CLASSES
    target[(index % 11) == 0] = 255
    loss = torch.nn.functional.cross_entropy(out["out"], target, ignore_index=255)
    loss = loss + 0.5 * torch.nn.functional.cross_entropy(out["aux"], target, ignore_index=255)
    loss.backward()
    parameters = dict(model.named_parameters())
    result = {
        "height": height,
        "width": width,
        "out": summary(out["out"]),
        "aux": summary(out["aux"]),
        "loss": loss.item(),
        "gradients": {key: summary(parameters[key].grad) for key in GRADIENTS},
    }
    # Batch statistics, without the randomness of dropout.
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    with torch.no_grad():
        trained = model(x)
    result["trained_out"] = summary(trained["out"])
    result["running_mean"] = summary(model.state_dict()["backbone.5.block.0.1.running_mean"])
    result["running_var"] = summary(model.state_dict()["classifier.0.convs.4.2.running_var"])
    return result


def main():
    torch.manual_seed(0)
    cases = [run(64, 64), run(96, 128), run(256, 224)]
    with open("deeplabv3_mobilenet_v3_large.json", "w") as file:
        json.dump({"classes": CLASSES, "torch": torch.__version__, "cases": cases}, file, indent=1)
        file.write("\n")
    model = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=CLASSES, aux_loss=True)
    with open("deeplabv3_mobilenet_v3_large.keys.txt", "w") as file:
        for key, tensor in sorted(model.state_dict().items()):
            file.write(f"{key} {'x'.join(map(str, tensor.shape)) or 'scalar'}\n")


if __name__ == "__main__":
    main()
