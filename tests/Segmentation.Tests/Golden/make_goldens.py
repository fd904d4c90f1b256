"""Writes the golden numbers of every network from torchvision.

Run with a Python that has torch and torchvision (Debian: python3-torch, python3-torchvision):
    /usr/bin/python3 make_goldens.py
Every tensor of the state dict is filled by a formula of (index of its key in sorted order, index of the element), so that
the tests can fill the same network without a weight file.
"""
import json
import math

import torch
from torchvision.models import segmentation

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
            if key.endswith("bn3.weight"):
                # Or the sums of ResNet's blocks grow without bound.
                values = 0.25 * values
        else:
            values = values * math.sqrt(3.4 / tensor[0].numel())
        tensor.copy_(values.reshape(tensor.shape).float())


def image(height, width):
    count = 2 * 3 * height * width
    index = torch.arange(count, dtype=torch.float64)
    return torch.sin(index * 0.13 + 3.0 * torch.cos(index * 0.0007)).reshape(2, 3, height, width).float()


def summary(tensor):
    flat = tensor.detach().double().reshape(-1)
    step = max(1, flat.numel() // 16)
    return {
        "shape": list(tensor.shape),
        "norm": rounded(flat.norm().item()),
        "step": step,
        "values": [rounded(value) for value in flat[::step].tolist()],
    }


def rounded(value):
    return float(f"{value:.9g}")


DEEPLAB_HEAD = [
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
MOBILENET = [
    "backbone.0.0.weight",
    "backbone.4.block.2.fc1.weight",
    "backbone.13.block.1.0.weight",
    "backbone.16.1.bias",
]
RESNET = [
    "backbone.conv1.weight",
    "backbone.layer2.0.downsample.0.weight",
    "backbone.layer3.0.conv2.weight",
    "backbone.layer4.2.bn3.bias",
]
LRASPP_HEAD = [
    "classifier.cbr.0.weight",
    "classifier.scale.1.weight",
    "classifier.low_classifier.weight",
    "classifier.high_classifier.bias",
]

# Gradients, running statistics and sizes of each network.
NETWORKS = {
    "deeplabv3_mobilenet_v3_large": (
        MOBILENET + DEEPLAB_HEAD,
        ["backbone.5.block.0.1.running_mean", "classifier.0.convs.4.2.running_var"],
        [(64, 64), (96, 128), (256, 224)],
    ),
    "deeplabv3_resnet50": (
        RESNET + DEEPLAB_HEAD,
        ["backbone.layer3.5.bn2.running_mean", "classifier.0.convs.4.2.running_var"],
        [(64, 64), (72, 104)],
    ),
    "deeplabv3_resnet101": (
        RESNET + DEEPLAB_HEAD,
        ["backbone.layer3.22.bn2.running_mean", "classifier.0.convs.4.2.running_var"],
        [(64, 48)],
    ),
    "lraspp_mobilenet_v3_large": (
        MOBILENET + LRASPP_HEAD,
        ["backbone.5.block.0.1.running_mean", "classifier.cbr.1.running_var"],
        [(64, 64), (96, 128)],
    ),
}


def create(name):
    auxiliary = {} if name.startswith("lraspp") else {"aux_loss": True}
    return getattr(segmentation, name)(weights=None, weights_backbone=None, num_classes=CLASSES, **auxiliary)


def run(name, gradients, statistics, height, width):
    # Weights of 32 bits, computed with 64: the goldens have no rounding of their own.
    model = create(name)
    fill(model)
    model.double().eval()
    x = image(height, width).double()
    out = model(x)
    index = torch.arange(2 * height * width).reshape(2, height, width)
    target = (index // 7) % CLASSES
    target[(index % 11) == 0] = 255
    loss = torch.nn.functional.cross_entropy(out["out"], target, ignore_index=255)
    if "aux" in out:
        loss = loss + 0.5 * torch.nn.functional.cross_entropy(out["aux"], target, ignore_index=255)
    loss.backward()
    parameters = dict(model.named_parameters())
    result = {
        "height": height,
        "width": width,
        "out": summary(out["out"]),
        "aux": summary(out["aux"]) if "aux" in out else None,
        "loss": rounded(loss.item()),
        "gradients": {key: summary(parameters[key].grad) for key in gradients},
    }
    # Batch statistics, without the randomness of dropout.
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    with torch.no_grad():
        trained = model(x)
    result["trained_out"] = summary(trained["out"])
    result["statistics"] = {key: summary(model.state_dict()[key]) for key in statistics}
    return result


def write_small_files():
    """A state dict and a checkpoint as torch.save writes them, with every type and a tensor that does not lie in order."""
    matrix = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    state = {
        "in.order": matrix,
        "transposed": matrix.t(),
        "part": matrix[:, 1:],
        "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
        "bfloat": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "double": torch.tensor([0.1], dtype=torch.float64),
        "counter": torch.tensor(7),
        "bytes": torch.tensor([1, 255], dtype=torch.uint8),
    }
    torch.save(state, "small.pth")
    module = torch.nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[3.0, 4.0]]))
        module.bias.copy_(torch.tensor([5.0]))
    torch.save({"model": module.state_dict(), "epoch": 3, "lr": 0.5, "done": False, "parts": [1, (2, None)]}, "checkpoint.pth")


def main():
    torch.manual_seed(0)
    write_small_files()
    for name, (gradients, statistics, sizes) in NETWORKS.items():
        cases = [run(name, gradients, statistics, *size) for size in sizes]
        with open(f"{name}.json", "w") as file:
            json.dump({"torch": torch.__version__, "cases": cases}, file)
            file.write("\n")
        with open(f"{name}.keys.txt", "w") as file:
            for key, tensor in sorted(create(name).state_dict().items()):
                file.write(f"{key} {'x'.join(map(str, tensor.shape)) or 'scalar'}\n")


if __name__ == "__main__":
    main()
