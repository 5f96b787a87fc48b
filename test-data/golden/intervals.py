#!/usr/bin/python3
"""Write intervals.json: intervals of differences of accuracies, and bins of reliability curves.

Run it in this folder. It needs Debian's python3-scipy. The intervals of paired differences invert Tango's score
test; its restricted likelihood is maximized here by a search, where the Java code has Tango's closed form. Every
published example is checked against what is computed here before it is written.
"""

import json

import numpy as np
import scipy
from scipy.optimize import brentq
from scipy.stats import binomtest, norm

RANDOM = np.random.default_rng(16)

# Published examples: images, right only by the first, right only by the second, level, low, high, digits given.
TANGO = [
    ("Tango 1998, disinfection of soft contact lenses", 44, 0, 1, 0.90, -0.096, 0.037, 3),
    ("Tango 1998, a cross-over trial", 32, 9, 3, 0.95, -0.027, 0.390, 3),
    ("Agresti and Min 2005", 86, 16, 8, 0.95, -0.020, 0.207, 3),
    ("Tang and others 2010", 14, 3, 1, 0.95, -0.1670, 0.4327, 4),
    ("Fagerland and others 2014, airways before and after a transplantation", 21, 1, 7, 0.95, -0.517, -0.026, 3),
    ("Fagerland and others 2017, response to a therapy", 161, 6, 16, 0.95, -0.1240, -0.0054, 4),
    ("Chang 2024", 102, 25, 2, 0.95, 0.139, 0.321, 3),
]

# Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (5, 56, 0, 29, -0.0381, 0.1926),
]


def restricted(images, first, second, difference):
    """Finds the likeliest share that only the second is right about, by the root of the slope of the likelihood."""
    lowest, highest = max(0.0, -difference), (1 - difference) / 2

    def slope(share):
        both = images - first - second
        return (
            (first / (share + difference) if first else 0)
            + (second / share if second else 0)
            - (2 * both / (1 - 2 * share - difference) if both else 0)
        )

    inside = 1e-15
    if slope(lowest + inside) <= 0:
        return lowest
    if slope(highest - inside) >= 0:
        return highest
    return brentq(slope, lowest + inside, highest - inside, xtol=1e-16, rtol=1e-15)


def tango(images, first, second, level):
    """Inverts the score test of a given difference: its statistic is normal under the restricted likelihood."""
    z = norm.ppf((1 + level) / 2)

    def over(difference):
        share = restricted(images, first, second, difference)
        spread = images * (2 * share + difference - difference**2)
        return (first - second - images * difference) ** 2 - z * z * spread

    estimate = (first - second) / images
    near = 1e-9
    return [
        float(end)
        if estimate == end
        else brentq(over, estimate + end * near, end * (1 - near), xtol=1e-15, rtol=1e-14)
        for end in (-1, 1)
    ]


def newcombe(right1, images1, right2, images2):
    p1, p2 = right1 / images1, right2 / images2
    one = binomtest(right1, images1).proportion_ci(0.95, method="wilson")
    two = binomtest(right2, images2).proportion_ci(0.95, method="wilson")
    return [
        p1 - p2 - np.hypot(p1 - one.low, two.high - p2),
        p1 - p2 + np.hypot(one.high - p1, p2 - two.low),
    ]


def tango_cases():
    for name, images, first, second, level, low, high, digits in TANGO:
        exact = tango(images, first, second, level)
        assert np.allclose(np.round(exact, digits), [low, high], atol=10.0**-digits * 0.51), (name, exact)
        yield dict(name=name, images=images, first=first, second=second, level=level,
                   published=[low, high], digits=digits, low=exact[0], high=exact[1])
    for images, first, second in [
        (10000, 228, 196), (10000, 309, 128), (10000, 17, 9), (10000, 9, 17), (10000, 0, 0), (1600, 150, 86),
        (100, 0, 0), (40, 20, 4), (40, 9, 0), (40, 1, 0), (50, 0, 50), (2000, 700, 690), (1000000, 5100, 4900),
    ]:
        low, high = tango(images, first, second, 0.95)
        yield dict(name="scipy", images=images, first=first, second=second, level=0.95, low=low, high=high)


def newcombe_cases():
    for right1, images1, right2, images2, low, high in NEWCOMBE:
        exact = newcombe(right1, images1, right2, images2)
        assert np.allclose(np.round(exact, 4), [low, high], atol=5.1e-5), exact
        yield dict(right=[right1, right2], images=[images1, images2], published=[low, high],
                   low=exact[0], high=exact[1])
    for right1, images1, right2, images2 in [(53700, 54000, 5490, 6000), (54000, 54000, 6000, 6000), (0, 7, 0, 9)]:
        low, high = newcombe(right1, images1, right2, images2)
        yield dict(right=[right1, right2], images=[images1, images2], low=low, high=high)


def bin_cases():
    """Bins of equal numbers of images; images of equal confidence share one, and each has at least 50, if there are."""
    for name, images in [("many", 1000), ("few", 120), ("tied", 900), ("one bin", 49)]:
        confidence = RANDOM.beta(6, 1, images)
        if name == "tied":
            confidence = np.minimum(1, np.round(confidence * 1.08, 2))
        correct = RANDOM.random(images) < confidence * 0.95
        count = max(1, min(15, images // 50))
        order = np.sort(confidence)
        # An image belongs behind a cut if its confidence is above that of the image before the cut.
        before = [order[i * images // count - 1] for i in range(1, count)]
        cuts, filled = [], 0
        for cut in np.unique(before):
            behind = int((order <= cut).sum())
            if min(behind - filled, images - behind) >= 50:
                cuts.append(cut)
                filled = behind
        which = np.searchsorted(cuts, confidence, side="left")
        bins = []
        error = 0.0
        for one in np.unique(which):
            here = which == one
            size, right = int(here.sum()), int(correct[here].sum())
            wilson = binomtest(right, size).proportion_ci(0.95, method="wilson")
            error += abs(right - confidence[here].sum()) / images
            bins.append(dict(images=size, low=confidence[here].min(), high=confidence[here].max(),
                             confidence=confidence[here].mean(), accuracy=right / size,
                             accuracy_low=wilson.low, accuracy_high=wilson.high))
        yield dict(name=name, confidence_of=confidence, correct=correct.astype(int), error=error, bins=bins)


def main():
    golden = {
        "source": f"scipy {scipy.__version__}, numpy {np.__version__}; published examples as named",
        "generator": "test-data/golden/intervals.py",
        "tango": list(tango_cases()),
        "newcombe": list(newcombe_cases()),
        "bins": list(bin_cases()),
    }
    with open("intervals.json", "w") as file:
        json.dump(golden, file, default=lambda array: array.tolist(), allow_nan=False)
        file.write("\n")


main()
