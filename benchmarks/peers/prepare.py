"""Prepares a COCO folder as a straightforward script does: json, Pillow's decoder, polygon fill, JPEG and PNG saved.

prepare.py FOLDER REPEATS: prints the median of images a second; one run before is not counted.
"""
import glob
import json
import os
import random
import statistics
import sys
import tempfile
import time

from PIL import Image, ImageDraw

CLASSES = ["person", "bicycle", "car", "motorcycle", "airplane"]


def prepare(folder, out):
    with open(sorted(glob.glob(folder + "/instances_*.json") + glob.glob(folder + "/annotations/instances_*.json"))[0]) as file:
        coco = json.load(file)
    index = {c["id"]: CLASSES.index(c["name"]) + 1 for c in coco["categories"] if c["name"] in CLASSES}
    annotations = {}
    for annotation in coco["annotations"]:
        if annotation["category_id"] in index:
            annotations.setdefault(annotation["image_id"], []).append(annotation)
    images = [image for image in coco["images"] if image["id"] in annotations]
    random.Random(0).shuffle(images)
    for i, image in enumerate(images):
        split = "train" if i < 0.8 * len(images) else "val" if i < 0.9 * len(images) else "test"
        folders = [os.path.join(out, split, kind) for kind in ("images", "masks")]
        for made in folders:
            os.makedirs(made, exist_ok=True)
        picture = Image.open(os.path.join(folder, "images", image["file_name"])).convert("RGB")
        mask = Image.new("L", picture.size, 0)
        draw = ImageDraw.Draw(mask)
        for annotation in sorted(annotations[image["id"]], key=lambda a: index[a["category_id"]]):
            if isinstance(annotation["segmentation"], list):
                for polygon in annotation["segmentation"]:
                    draw.polygon(polygon, fill=index[annotation["category_id"]])
        picture.save(os.path.join(folders[0], "%012d.jpg" % image["id"]))
        mask.save(os.path.join(folders[1], "%012d.png" % image["id"]))
    return len(images)


rates = []
for _ in range(int(sys.argv[2]) + 1):
    with tempfile.TemporaryDirectory() as out:
        began = time.perf_counter()
        count = prepare(sys.argv[1], out)
        rates.append(count / (time.perf_counter() - began))
print(statistics.median(rates[1:]))
