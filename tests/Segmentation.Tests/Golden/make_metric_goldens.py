"""Figures of the metrics by numpy and scipy, for MetricGoldensTests.cs, which draws the same images by the same formulas.

Run once with Debian 12's python3-numpy 1.24.2 and python3-scipy 1.10.1; prints what the tests hold.
"""
import math

import numpy
from scipy import ndimage, stats

CLASSES, IGNORE = 3, 255


def images(count=12, width=90, height=70):
    y, x = numpy.mgrid[0:height, 0:width]
    for n in range(count):
        truth = ((x + 3 * n) // 19 + 2 * ((y + n) // 17) + x * y // 900) % CLASSES
        predicted = ((x + 3 * n + 2) // 19 + 2 * ((y + n + 1) // 17) + (x + n % 5) * y // 900) % CLASSES
        truth = numpy.where((x * 5 + y * 3 + n) % 41 == 0, IGNORE, truth)
        confidence = (69 + 2 * ((x * 31 + y * 17 + n) % 66)) / 200
        yield truth, predicted, confidence.astype(numpy.float32)


def band(mask, ignored, distance):
    """Cheng et al. 2021: the mask without its erosion. Beyond the picture lies another class, and what is ignored lies in any."""
    inner = ndimage.binary_erosion(mask | ignored, numpy.ones((3, 3)), iterations=distance, border_value=0)
    return mask & ~inner


def boundary_iou():
    both, either = numpy.zeros(CLASSES), numpy.zeros(CLASSES)
    for truth, predicted, _ in images():
        ignored = truth == IGNORE
        distance = max(1, round(0.02 * math.hypot(*truth.shape)))
        for c in range(CLASSES):
            t = band(truth == c, ignored, distance)
            p = band((predicted == c) & ~ignored, ignored, distance)
            both[c] += (t & p).sum()
            either[c] += (t | p).sum()
    return both / either


def calibration_error():
    data = [(t != IGNORE, t == p, c) for t, p, c in images()]
    valid, right, confidence = (numpy.concatenate([d[i].ravel() for d in data]) for i in range(3))
    right, confidence = right[valid], confidence[valid].astype(numpy.float64)
    bins = numpy.digitize(confidence, numpy.arange(1, 15) / 15, right=True)
    error = sum(abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in numpy.unique(bins))
    return error


def confusion(truth, predicted):
    valid = truth != IGNORE
    return numpy.bincount(CLASSES * truth[valid] + predicted[valid], minlength=CLASSES * CLASSES)


def mean_iou(counts):
    matrix = counts.reshape(CLASSES, CLASSES)
    hits = numpy.diag(matrix)
    return (hits / (matrix.sum(0) + matrix.sum(1) - hits)).mean()


counts = numpy.stack([confusion(t, p) for t, p, _ in images()])
interval = stats.bootstrap(
    (numpy.arange(len(counts)),), lambda picks: mean_iou(counts[picks.astype(int)].sum(0)),
    n_resamples=100_000, vectorized=False, method="percentile", random_state=1).confidence_interval
print("confusion", counts.sum(0).tolist())
print("mean IoU", repr(mean_iou(counts.sum(0))))
print("boundary IoU", boundary_iou().tolist())
print("calibration error", repr(calibration_error()))
print("bootstrap interval", interval.low, interval.high)
