#!/usr/bin/env python3
"""Computes the numbers of a Catwalk run again, from its predictions, and compares them with those that the run states.

It shares no code with the program and needs nothing but Python 3.8. It reads the predictions and the split of each
trial, and recomputes digests, metrics, intervals, tests, standings and pairs; results.json, the journal, trial.json, the
tables and the ONNX files must state the same numbers. What would need the images or the training, such as the accuracy on
the training images, is compared between files only.

Usage: python3 check_run.py [RUN...]     by default the folder of this file, or the one it is called from
Exit code: 0 if all agree, 1 if a number differs or a file is missing, 2 if RUN is no run folder.
"""

import base64
import csv
import hashlib
import io
import json
import math
import os
import re
import struct
import sys
import tarfile
from collections import Counter, defaultdict
from statistics import NormalDist

BINS = 15  # of the calibration error
FEWEST = 50  # images of such a bin
RESAMPLES = 2000  # of the bootstrap of macro F1
SMALL = 64  # cells of the confusion matrix with fewer images are drawn image by image
LEVEL = 0.05
SURE = 0.95  # probability from which an outcome over folds is decided
SAME = 1e-12  # means that differ by no more are equal
FEWEST_SEEDS = 3
STRONG_GAP = 0.05
Z = NormalDist().inv_cdf(0.975)


# ---- distributions -----------------------------------------------------------------------------------------------------


def continued_beta(a, b, x):
    """Continued fraction of the incomplete beta function (Lentz's method)."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + numerator / c
            c = c if abs(c) > tiny else tiny
            h *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return h


def beta(a, b, x):
    """Regularized incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * continued_beta(a, b, x) / a
    return 1 - front * continued_beta(b, a, 1 - x) / b


def student_above(t, degrees):
    """Probability that Student's t is above a number."""
    if math.isinf(t):
        return 0.0 if t > 0 else 1.0
    if math.isinf(degrees):
        return NormalDist().cdf(-t)
    tail = beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2
    return tail if t >= 0 else 1 - tail


def student_quantile(above, degrees):
    """The t that is exceeded with a probability below one half."""
    low, high = 0.0, 1.0
    while student_above(high, degrees) > above:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if student_above(middle, degrees) > above else (low, middle)
    return (low + high) / 2


def chi_squared_above(x, degrees):
    """Probability that chi-squared is above a number: the regularized upper incomplete gamma function."""
    a, x = degrees / 2, x / 2
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-17:
            n += 1
            term *= x / n
            total += term
        return 1 - front * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 10_000):
        numerator = -i * (i - a)
        b += 2
        d = numerator * d + b
        d = 1 / (d if abs(d) > tiny else tiny)
        c = b + numerator / c
        c = c if abs(c) > tiny else tiny
        h *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return front * h


# ---- intervals and tests -----------------------------------------------------------------------------------------------


def mean(values):
    return math.fsum(values) / len(values)


def variance(values):
    middle = mean(values)
    return math.fsum((v - middle) ** 2 for v in values) / (len(values) - 1) if len(set(values)) > 1 else 0.0


def wilson(right, images):
    share, square = right / images, Z * Z
    centre = (share + square / (2 * images)) / (1 + square / images)
    half = Z / (1 + square / images) * math.sqrt(share * (1 - share) / images + square / (4 * images * images))
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(right, images, other_right, other_images):
    """Difference of proportions of different images, method 10."""
    p, q = right / images, other_right / other_images
    (low, high), (other_low, other_high) = wilson(right, images), wilson(other_right, other_images)
    return p - q - math.hypot(p - low, other_high - q), p - q + math.hypot(high - p, q - other_low)


def student(values):
    half = student_quantile(0.025, len(values) - 1) * math.sqrt(variance(values) / len(values))
    return mean(values) - half, mean(values) + half


def corrected(differences, test_share):
    """Corrected resampled t-test (Nadeau and Bengio): difference, standard error, degrees of freedom."""
    error = math.sqrt((1 / len(differences) + test_share) * variance(differences))
    return mean(differences), error, len(differences) - 1


def corrected_interval(differences, test_share):
    difference, error, degrees = corrected(differences, test_share)
    half = student_quantile(0.025, degrees) * error
    return difference - half, difference + half


def mcnemar(only_first, only_second):
    """Exact: as many or fewer heads of a fair coin, two-sided."""
    n = only_first + only_second
    term = tail = 1
    for k in range(1, min(only_first, only_second) + 1):
        term = term * (n - k + 1) // k
        tail += term
    return min(1.0, 2 * tail / (1 << n) if n < 1000 else math.exp(math.log(2 * tail) - n * math.log(2)))


def tango(only_first, only_second, images):
    """Score interval of a difference of paired proportions: what the score test does not reject."""
    lost = (only_first - only_second) / images

    def rejected(difference):
        a = 2.0 * images
        b = (a - only_first + only_second) * difference - only_first - only_second
        c = -only_second * difference * (1 - difference)
        share = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
        spread = images * (2 * share + difference * (1 - difference))
        return (only_first - only_second - images * difference) ** 2 > Z * Z * spread

    def bound(end):
        if not rejected(end):
            return end
        kept, refused = lost, end
        for _ in range(60):
            middle = (kept + refused) / 2
            kept, refused = (kept, middle) if rejected(middle) else (middle, refused)
        return kept

    return bound(-1.0), bound(1.0)


def holm(probabilities):
    adjusted, highest = [0.0] * len(probabilities), 0.0
    for rank, i in enumerate(sorted(range(len(probabilities)), key=lambda i: probabilities[i])):
        highest = max(highest, min(1.0, (len(probabilities) - rank) * probabilities[i]))
        adjusted[i] = highest
    return adjusted


def welch(first, second):
    """Difference, standard error, p, interval (None without any spread)."""
    difference = mean(first) - mean(second)
    a, b = variance(first) / len(first), variance(second) / len(second)
    if a + b == 0:
        return difference, 0.0, 1.0, None
    degrees = (a + b) ** 2 / (a * a / (len(first) - 1) + b * b / (len(second) - 1))
    error = math.sqrt(a + b)
    half = error * student_quantile(0.025, degrees)
    p = 2 * student_above(abs(difference) / error, degrees)
    return difference, error, p, (difference - half, difference + half)


def cochran(correct):
    """Q, degrees of freedom, p."""
    models = len(correct)
    totals = [sum(answers) for answers in correct]
    squares = sum(sum(column) ** 2 for column in zip(*correct))
    spread = models * sum(totals) - squares
    q = (models - 1) * (models * sum(t * t for t in totals) - sum(totals) ** 2) / spread if spread else 0.0
    return q, models - 1, chi_squared_above(q, models - 1)


# ---- metrics of predictions --------------------------------------------------------------------------------------------


class Predictions:
    """Labels and logits of some images, and all that follows from them."""

    def __init__(self, labels, logits, indices):
        self.labels, self.logits, self.indices = labels, logits, indices
        self.classes = len(logits[0])
        self.predicted = [row.index(max(row)) for row in logits]
        self.correct = [p == label for p, label in zip(self.predicted, labels)]

    def counts(self):
        """Confusion matrix, images of each class, predictions of each class."""
        return Counter(zip(self.labels, self.predicted)), Counter(self.labels), Counter(self.predicted)

    def metrics(self, scored=True):
        images, classes = len(self.labels), range(self.classes)
        cells, support, named = self.counts()
        right = sum(self.correct)
        result = {"images": images, "accuracy": right / images}
        result["accuracy_low"], result["accuracy_high"] = wilson(right, images)
        precision = [cells[c, c] / named[c] if named[c] else 0.0 for c in classes]
        recall = [cells[c, c] / support[c] if support[c] else 0.0 for c in classes]
        scores = {"precision": precision, "recall": recall}
        for name, square in (("f1", 1.0), ("f05", 0.25), ("f2", 4.0)):
            below = [square * support[c] + named[c] for c in classes]
            scores[name] = [(1 + square) * cells[c, c] / below[c] if below[c] else 0.0 for c in classes]
        for name, each in scores.items():
            result[name + "_macro"] = mean(each)
            result[name + "_micro"] = right / images
            result[name + "_weighted"] = math.fsum(support[c] * each[c] for c in classes) / images
        present = [c for c in classes if support[c]]
        result["balanced_accuracy"] = mean([recall[c] for c in present])
        chance = sum(support[c] * named[c] for c in classes)
        covariance = right * images - chance
        spread = math.sqrt(
            (images**2 - sum(n * n for n in support.values())) * (images**2 - sum(n * n for n in named.values()))
        )
        result["matthews"] = covariance / spread if spread else 0.0
        result["kappa"] = covariance / (images**2 - chance) if images**2 != chance else 0.0
        if scored:
            self.probabilities(result)
        else:
            result.update(dict.fromkeys(("log_loss", "top2_accuracy", "roc_auc_macro", "ece")))
        return result

    def probabilities(self, result):
        images = len(self.labels)
        loss, second, answers = [], 0, []
        of_class = [([], []) for _ in range(self.classes)]
        for row, label, answer in zip(self.logits, self.labels, self.predicted):
            highest = max(row)
            shares = [math.exp(x - highest) for x in row]
            total = math.fsum(shares)
            shares = [share / total for share in shares]
            loss.append(math.log(total) + highest - row[label])
            before = sum(x > row[label] or (x == row[label] and c < label) for c, x in enumerate(row))
            second += before < 2
            confidence = shares[answer]
            answers.append((confidence, answer == label))
            for c, share in enumerate(shares):
                of_class[c][c == label].append(share)
        result["log_loss"] = mean(loss)
        result["top2_accuracy"] = second / images
        areas = [area(inside, outside) for outside, inside in of_class if inside and outside]
        result["roc_auc_macro"] = mean(areas) if areas else None
        result["ece"] = math.fsum(
            abs(math.fsum(c for c, _ in found) - sum(r for _, r in found)) for found in bins(sorted(answers))
        ) / images

    def macro_f1_interval(self):
        """Percentile bootstrap: images are drawn with replacement, by cells of the confusion matrix.

        None if a class has a single image.
        """
        if 1 in Counter(self.labels).values():
            return None, None
        cells = sorted(sorted(self.counts()[0].items()), key=lambda cell: -cell[1])
        sizes = [size for _, size in cells]
        small = [i for i, size in enumerate(sizes) if size < SMALL for _ in range(size)]
        unseen = self.classes - len({c for (truth, named), _ in cells for c in (truth, named)})
        random, scores = SplittableRandom(0), []
        for _ in range(RESAMPLES):
            counts, images = [0] * len(cells), sum(sizes)
            draws = images
            for i, size in enumerate(sizes):
                if size < SMALL:
                    break
                counts[i] = random.binomial(draws, size / images)
                draws -= counts[i]
                images -= size
            for _ in range(draws):
                counts[small[random.below(len(small))]] += 1
            right, seen = Counter(), Counter()
            for ((truth, named), _), count in zip(cells, counts):
                right[truth] += count if truth == named else 0
                seen[truth] += count
                seen[named] += count
            drawn = [c for c in seen if seen[c]]
            scores.append(sum(2 * right[c] / seen[c] for c in drawn) / (len(drawn) + unseen))
        scores.sort()
        return quantile(scores, 0.025), quantile(scores, 0.975)


def bins(answers):
    """Bins of equal mass, by rising confidence; confidences that are equal to nine digits share one."""
    images = len(answers)
    count, fewest = max(1, min(BINS, images // FEWEST)), min(FEWEST, images)
    start = 0
    for number in range(1, count + 1):
        end = number * images // count
        while end < images and round(answers[end][0] * 1e9) == round(answers[end - 1][0] * 1e9):
            end += 1
        end = images if images - end < fewest else end
        if end - start >= fewest:
            yield answers[start:end]
            start = end


def quantile(ascending, share):
    position = share * (len(ascending) - 1)
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (position - below) * (ascending[above] - ascending[below])


def area(inside, outside):
    """Area under the ROC curve: ranks of Mann and Whitney, equal numbers count half."""
    ranked = sorted([(x, True) for x in inside] + [(x, False) for x in outside])
    total, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        total += (i + j + 1) / 2 * sum(own for _, own in ranked[i:j])
        i = j
    return (total - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside))


class SplittableRandom:
    """The generator of the bootstrap (Steele, Lea and Flood, 2014), as Java has it."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.seed = seed

    def next(self):
        self.seed = (self.seed + 0x9E3779B97F4A7C15) & self.MASK
        return self.seed

    def real(self):
        z = self.next()
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    def bits(self):
        z = self.next()
        z = ((z ^ (z >> 33)) * 0x62A9D9ED799705F5) & self.MASK
        z = ((z ^ (z >> 28)) * 0xCB24D0A5C88C35B3) & self.MASK
        return z >> 32

    def below(self, bound):
        drawn = self.bits()
        if bound & (bound - 1) == 0:
            return drawn & (bound - 1)
        drawn >>= 1
        while drawn - drawn % bound + bound - 1 >= 1 << 31:
            drawn = self.bits() >> 1
        return drawn % bound

    def binomial(self, trials, share):
        """Inversion, from the most probable number outwards."""
        if trials == 0 or share == 1:
            return trials
        mode = int((trials + 1) * share)
        odds = share / (1 - share)
        choices = math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
        above = below = math.exp(choices + mode * math.log(share) + (trials - mode) * math.log1p(-share))
        left = self.real() - above
        low = high = mode
        while left >= 0 and (low > 0 or high < trials):
            if high < trials:
                above *= odds * (trials - high) / (high + 1)
                high += 1
                left -= above
                if left < 0:
                    return high
            if low > 0:
                below *= low / (odds * (trials - low + 1))
                low -= 1
                left -= below
                if left < 0:
                    return low
        return mode


# ---- files -------------------------------------------------------------------------------------------------------------


def single(text):
    return struct.unpack("<f", struct.pack("<f", float(text)))[0]


def read_predictions(content):
    if content.startswith(b"\x93NUMPY"):
        return read_npy(content)
    rows = read_csv(content)
    names = next(rows)
    of_logits = [i for i, name in enumerate(names) if name.startswith("logit_")]
    label, index = names.index("label"), names.index("index") if "index" in names else names.index("image")
    rows = list(rows)
    return Predictions(
        [int(row[label]) for row in rows],
        [[single(row[i]) for i in of_logits] for row in rows],
        [int(row[index]) for row in rows],
    )


def read_csv(content, reader=csv.reader):
    return reader(io.StringIO(content.decode("utf-8"), newline=""))


def read_npy(content):
    """NumPy's format 1.0: one record for each image, with label, logits, index and perhaps file."""
    begin = 10 + struct.unpack("<H", content[8:10])[0]
    header, data = content[10:begin].decode("latin-1"), content[begin:]
    classes = int(re.search(r"'logits', '<f4', \((\d+),\)", header).group(1))
    record = 8 + 4 * classes + int((re.search(r"'file', '\|?S(\d+)'", header) or [0, 0])[1])
    labels, logits, indices = [], [], []
    for at in range(0, len(data), record):
        label, *row, index = struct.unpack_from(f"<i{classes}fi", data, at)
        labels.append(label)
        logits.append(list(row))
        indices.append(index)
    return Predictions(labels, logits, indices)


def split_sha256(split):
    """Digest of the indices of training and validation images; those of a fold are counted among its training images."""

    def digest(train, validation):
        numbers = [len(train), *train, len(validation), *validation]
        return hashlib.sha256(struct.pack(f">{len(numbers)}i", *numbers)).hexdigest()

    fold, validation = split.get("fold"), split["validation"]
    if fold is None:
        size = split["train"] + len(validation)
        return digest(sorted(set(range(size)) - set(validation)), validation)
    size = split["train"] + len(validation) + len(fold)
    rest = sorted(set(range(size)) - set(fold))
    place = {image: i for i, image in enumerate(rest)}
    inner = [place[image] for image in validation]
    whole = hashlib.sha256()
    for text in (digest(rest, fold), digest(sorted(set(range(len(rest))) - set(inner)), inner)):
        whole.update(struct.pack(">i", len(text)) + text.encode())
    return whole.hexdigest()


def metadata(model):
    """The entries of metadata_props of an ONNX file, field 14 of its first message."""

    def fields(data):
        at = 0

        def number():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value

        while at < len(data):
            tag = number()
            if tag & 7 == 0:
                yield tag >> 3, number()
            else:
                length = {1: 8, 2: None, 5: 4}[tag & 7]
                length = number() if length is None else length
                yield tag >> 3, data[at : at + length]
                at += length

    entries = [dict(fields(value)) for field, value in fields(model) if field == 14]
    return {entry.get(1, b"").decode(): entry.get(2, b"").decode() for entry in entries}


def flat(value, name=""):
    """Names and values of all numbers and texts of a record, as the tables name them."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in flat(one, f"{name}.{key}" if name else key).items()}
    return {name: value}


# ---- the run -----------------------------------------------------------------------------------------------------------


class Run:
    """Checks one run folder and collects what differs. A published run has trials/ID.tar.xz instead of trials/ID."""

    def __init__(self, folder):
        self.folder, self.faults, self.checked = folder, [], 0
        self.predictions = {}
        self.packed, self.left_out = {}, 0  # the files of the trial at hand, if it is packed

    def unpack(self, folder):
        archive = os.path.join(self.folder, *folder) + ".tar.xz"
        self.packed = {}
        if os.path.exists(archive) and not os.path.exists(os.path.join(self.folder, *folder)):
            with tarfile.open(archive) as tar:
                self.packed = {(*folder, member.name): tar.extractfile(member).read() for member in tar if member.isfile()}

    def stream(self, *parts):
        """A file of the run, or None if there is none."""
        if parts in self.packed:
            return io.BytesIO(self.packed[parts])
        path = os.path.join(self.folder, *parts)
        return open(path, "rb") if os.path.exists(path) else None

    def find(self, *parts):
        """The content of a file, or None if there is none."""
        file = self.stream(*parts)
        if file is None:
            return None
        with file:
            return file.read()

    def read(self, *parts):
        content = self.find(*parts)
        if content is None:
            raise FileNotFoundError(f"{'/'.join(parts)} is missing")
        return content

    def json(self, *parts):
        return json.loads(self.read(*parts))

    def fault(self, where, text):
        self.faults.append(f"{where}: {text}")

    def same(self, where, name, stated, computed, tolerance=1e-9):
        """Compares one value, or those of two records."""
        if isinstance(computed, dict):
            for key, value in computed.items():
                self.same(where, f"{name}.{key}" if name else key, (stated or {}).get(key), value, tolerance)
            return
        self.checked += 1
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (stated, computed))
        equal = stated == computed
        if numbers and not equal:
            equal = abs(stated - computed) <= tolerance * max(1e-3, abs(stated), abs(computed))
        if not equal:
            self.fault(where, f"{name} is {stated!r}, but computed is {computed!r}")

    def interval(self, where, stated, low, high, computed, tolerance=1e-9):
        bounds = computed or (None, None)
        self.same(where, low, stated.get(low), bounds[0], tolerance)
        self.same(where, high, stated.get(high), bounds[1], tolerance)

    def check(self):
        self.results = self.json("results.json")
        lines = [json.loads(line) for line in self.read("journal.jsonl").splitlines() if line.strip()]
        head, self.outcomes = lines[0], {}
        for line in lines[1:]:
            self.outcomes[name(line["outcome"])] = line["outcome"]
        self.same("results.json", "dataset", self.results["dataset"], head["dataset"])
        self.same("results.json", "started_at", self.results["experiment"]["started_at"], head["started_at"])
        self.trials = {name(trial): trial for trial in self.results["trials"]}
        self.request()
        for id, trial in self.trials.items():
            self.trial(id, trial)
        self.shared_images()
        if self.results.get("comparison"):
            self.comparison(self.results["comparison"])
        if self.results.get("tuning"):
            self.tuning(self.results["tuning"])
        self.tables()
        return self

    def request(self):
        """All trials of the request are there, or are said not to be."""
        planned, told = self.results["experiment"]["planned"], self.results["experiment"]["not_run"]
        ended = [t for t in self.trials.values() if t["status"] in ("done", "failed", "lost")]
        self.same("results.json", "finished", self.results["experiment"]["finished"], len(ended))
        if not self.results.get("tuning"):
            text = self.read("experiment.yaml").decode("utf-8").replace("\r\n", "\n")
            block = re.search(r"^classifiers:\n((?:[- ].*\n?)*)", text, re.M)
            classifiers = len(re.findall(r"^- ", block.group(1), re.M)) if block else 0
            seeds = re.search(r"^seeds:\n((?:- .*\n?)*)", text, re.M)
            folds = int(re.search(r"^  folds: (\d+)", text, re.M).group(1))
            repeats = int(re.search(r"^  repeats: (\d+)", text, re.M).group(1))
            seeds = [int(seed[2:]) for seed in seeds.group(1).splitlines()]
            stated = {"seeds": seeds, "folds": folds, "repeats": repeats}
            stated["planned"] = classifiers * len(seeds) * max(1, folds * repeats)
            self.same("results.json", "", self.results["experiment"], stated)
        if len(ended) + len(told) < planned:
            self.fault("results.json", f"{planned} trials were planned, but {len(ended)} ended and {len(told)} are said not to be run")
        for id in set(self.trials) ^ set(self.outcomes):
            if not self.results.get("tuning") or id not in self.outcomes:
                self.fault(id, "is only in one of results.json and journal.jsonl")

    def trial(self, id, trial):
        journal = placeless(self.outcomes.get(id, {}))
        self.same(id, "journal", trial, journal) if trial != journal else None
        if trial["status"] != "done":
            return
        folder = ["trials", *id.split("/")]
        self.unpack(folder)
        self.same(id, "trial.json", placeless(self.json(*folder, "trial.json")), trial)
        for file in trial["files"]:
            content = self.stream(*folder, *file["file"].split("/"))
            if content is None:
                if self.packed and not file["file"].startswith("predictions."):
                    self.left_out += 1
                else:
                    self.fault(id, f"{file['file']} is missing")
                continue
            digest, size = hashlib.sha256(), 0
            with content:
                for piece in iter(lambda: content.read(1 << 20), b""):
                    digest.update(piece)
                    size += len(piece)
            self.same(id, file["file"] + " bytes", file["bytes"], size)
            self.same(id, file["file"] + " sha256", file["sha256"], digest.hexdigest())
        listed = {file["file"] for file in trial["files"]}
        split = self.json(*folder, "split.json")
        for key in ("split.json", "provenance"):
            stated = split["sha256"] if key == "split.json" else trial["provenance"]["split_sha256"]
            self.same(id, f"split_sha256 of {key}", stated, split_sha256(split))
        given = trial.get("given")  # trained elsewhere: nothing is known of its training, and its images may have another size
        network = given or (trial.get("backbone") or {}).get("network")
        if not trial.get("image_size") and not (network and network.get("image_size")):
            self.same(id, "dataset_sha256", trial["provenance"]["dataset_sha256"], self.results["dataset"]["sha256"])
        if given:
            self.same(id, "digest of the given file", trial["provenance"]["plugin_sha256"], given["sha256"])
        for part, stem in (("test", "predictions"), ("validation", "predictions-validation")):
            if given and part == "validation":
                continue
            file = next((stem + e for e in (".csv", ".npy") if stem + e in listed), None)
            content = self.find(*folder, file) if file else None
            if content is None:
                if not (self.packed and part == "validation"):
                    self.fault(id, f"there are no {stem}")
                continue
            predictions = read_predictions(content)
            self.predictions[id, part] = predictions
            scored = trial.get("answers", {}).get("scored", True)
            self.same(id, f"metrics.{part}", trial["metrics"][part], predictions.metrics(scored))
        if given:
            return
        self.held_out(id, trial, split)
        self.overfitting(id, trial)
        self.history(id, trial, folder)
        onnx = self.find(*folder, "model.onnx") if "model.onnx" in listed else None
        if onnx:
            stated = metadata(onnx)
            for key, value in flat(trial["metrics"]["test"], "metrics.test").items():
                if key in stated and value is not None:
                    self.same(id, "model.onnx " + key, float(stated[key]), float(value))
            for key in ("dataset_sha256", "split_sha256", "plugin_sha256"):
                if "provenance." + key in stated:
                    self.same(id, "model.onnx " + key, stated["provenance." + key], trial["provenance"][key])

    def held_out(self, id, trial, split):
        """No image is in two parts, and the predictions are of the images of the split."""
        validation, fold = split["validation"], split.get("fold") or []
        if len(set(validation) | set(fold)) < len(validation) + len(fold):
            self.fault(id, "an image of split.json is in two parts")
        self.same(id, "metrics.train.images", trial["metrics"]["train"]["images"], split["train"])
        for part, images in (("validation", validation), ("test", fold)):
            predictions = self.predictions.get((id, part))
            if predictions and images:
                self.same(id, f"images of {part}", len(predictions.labels), len(images))
        test = self.predictions.get((id, "test"))
        if test and trial["purpose"] == "ship" and trial["fold"] <= 1:
            stated, support = self.results["dataset"], Counter(test.labels)
            sizes = {"train": split["train"], "validation": len(validation), "test": len(test.labels)}
            self.same(id, "dataset", stated, sizes)
            self.same(id, "number of classes", len(stated["classes"]), test.classes)
            if trial["fold"] == 0:
                images = support.values()  # of each class that has any
                self.same(id, "dataset", stated, {"largest_class": max(images), "smallest_class": min(images)})

    def overfitting(self, id, trial):
        metrics, stated = trial["metrics"], trial["overfitting"]
        train, validation, test = (metrics[part] for part in ("train", "validation", "test"))
        right = [round(m["accuracy"] * m["images"]) for m in (train, validation)]
        self.same(id, "train.accuracy", train["accuracy"], right[0] / train["images"])
        self.interval(id, train, "accuracy_low", "accuracy_high", wilson(right[0], train["images"]))
        low = newcombe(right[0], train["images"], right[1], validation["images"])[0]
        computed = {
            "training_accuracy": train["accuracy"],
            "validation_accuracy": validation["accuracy"],
            "test_accuracy": test["accuracy"],
            "validation_images": validation["images"],
            "validation_gap": train["accuracy"] - validation["accuracy"],
            "test_gap": train["accuracy"] - test["accuracy"],
            "verdict": "strong" if low > STRONG_GAP else "mild" if low > 0 else "none",
        }
        # Earlier versions asked whether the training accuracy is above the interval of the other.
        if not stated.get("rule", "mild").startswith(("no measurable", "mild", "strong")):
            del computed["verdict"]
        self.same(id, "overfitting", stated, computed)

    def history(self, id, trial, folder):
        rows = list(read_csv(self.read(*folder, "history.csv"), csv.DictReader))
        best = trial["timing"]["best_epoch"]
        self.same(id, "timing.epochs", trial["timing"]["epochs"], len(rows))
        row = next((row for row in rows if int(row["epoch"]) == best), None)
        if row is None:
            self.fault(id, f"history.csv has no epoch {best}")
            return
        stated = trial["metrics"]["validation"]["accuracy"]
        digits = 1e-6 / max(1e-3, stated)  # the table has six decimals
        self.same(id, "validation accuracy of the best epoch", float(row["validation_accuracy"]), stated, digits)
        loss = trial.get("recipe", {}).get("select_by") == "loss"
        scores = [float(row["score"]) for row in rows]
        chosen = min(scores) if loss else max(scores)
        self.same(id, "score of the best epoch", float(row["score"]), chosen, 2e-6)

    def shared_images(self):
        """Trials of one fold are evaluated on the same images."""
        first = {}
        for id, trial in self.trials.items():
            own = self.predictions.get((id, "test"))
            if own:
                other = first.setdefault(trial["fold"] if trial["purpose"] == "ship" else (trial["fold"], "score"), own)
                self.checked += 1
                if (other.labels, other.indices) != (own.labels, own.indices):
                    self.fault(id, "is evaluated on other images or labels than the trials before it")

    # -- comparison

    def comparison(self, stated):
        # The folds of a search only score its candidates.
        asked = [t for t in self.trials.values() if t["fold"] == 0 or not self.results.get("tuning")]
        done = {name(t): t for t in asked if t["status"] == "done"}
        folds = any(t["fold"] > 0 for t in asked)
        rounds = list(dict.fromkeys((t["seed"], t["fold"]) for t in asked))
        own = defaultdict(dict)
        for trial in done.values():
            own[label(trial)][trial["seed"], trial["fold"]] = trial
        shared = [r for r in rounds if all(r in trials for trials in own.values())]
        paired = len({fold for _, fold in shared}) >= (2 if folds else 1)
        if paired:
            own = {who: {r: trials[r] for r in shared} for who, trials in own.items()}
        counted = [{"seed": s, "fold": f} for s, f in shared] if paired else []
        incomplete = stated.get("incomplete")
        # Such as "mlp seed 1"; a classifier without any network is named instead.
        not_run = [one.rsplit(" seed ", 1)[0] for one in self.results["experiment"]["not_run"]]
        without = {*map(label, asked), *not_run} - set(own)
        missing = len(shared) < len(rounds) or not without.issuperset(not_run)
        if incomplete and not self.results.get("tuning"):
            self.same("comparison", "incomplete.counted", incomplete["counted"], counted)
        elif missing and not self.results.get("tuning"):
            self.fault("comparison", "does not say that trials are missing")
        if not self.results.get("tuning"):
            self.same("comparison", "without_network", sorted(stated["without_network"]), sorted(without))
        single = all(len(trials) == 1 for trials in own.values())
        scope = "classifiers" if folds else "models" if single else "seeds"
        self.same("comparison", "scope", stated["scope"], scope)
        dataset = self.results["dataset"]
        self.share = dataset["test"] / dataset["train"] if dataset["train"] else None
        self.folds, self.own = folds, own
        standings = sorted((self.standing(who) for who in own), key=lambda s: -s["accuracy"])
        order = [s["classifier"] for s in stated["standings"]]
        if sorted(order) != sorted(own):
            self.fault("comparison", f"has standings of {order}, but trained are {sorted(own)}")
            return
        self.front(standings)
        ranks = {s["classifier"]: s for s in standings}
        for before, after in zip(order, order[1:]):
            if ranks[before]["accuracy"] < ranks[after]["accuracy"] - SAME:
                self.fault("comparison", f"{before} stands before {after}, which is more accurate")
        for one in stated["standings"]:
            self.same("standing of " + one["classifier"], "", one, ranks[one["classifier"]])
        self.baselines(scope, order[0], stated["baselines"])
        pairs = self.pairs(scope, order, stated["region_points"] / 100) if paired and len(order) > 1 else []
        self.same("comparison", "number of pairs", len(stated["pairs"]), len(pairs))
        for one, computed in zip(stated["pairs"], pairs):
            self.same(f"pair {computed['first']} and {computed['second']}", "", one, computed)
        q = stated.get("cochran_q")
        if scope == "models" and paired and len(order) > 1:
            names = ("statistic", "degrees_of_freedom", "p")
            self.same("comparison", "cochran_q", q, dict(zip(names, cochran([self.answers(who).correct for who in order]))))
        elif q:
            self.fault("comparison", "has Cochran's Q, but compares no networks on the same images")

    def baselines(self, scope, best, stated):
        """What needs no network, compared with the best on the same images; baselines.json tells what was right."""
        known = json.loads(self.find("baselines.json") or "{}")
        if "nearest_right" not in known:
            self.same("comparison", "baselines", stated, [])
            return
        images, asked = known["test_images"], known["asked_images"]
        named = [self.answers(who) for who in self.own if scope == "models" and len(self.answers(who).labels) == images]
        if named:
            right = [label == known["largest_class"] for label in named[0].labels]
            self.same("baselines.json", "largest_right", known["largest_right"], sum(right))
        else:
            right = [i < known["largest_right"] for i in range(images)]
        expected = [("largest_class", None, right, range(images))]
        for name, key in (("nearest_neighbor", "nearest_right"), ("support_vector_machine", "support_right")):
            if known.get(key) is not None:  # earlier versions had no support_right
                bits = base64.b64decode(known[key])
                right = [i // 8 < len(bits) and bits[i // 8] >> i % 8 & 1 == 1 for i in range(asked)]
                expected.append((name, known["train_images"], right, [i * images // asked for i in range(asked)]))
        self.same("comparison", "number of baselines", len(stated), len(expected))
        for one, (name, learned, right, indices) in zip(stated, expected):
            low, high = wilson(sum(right), len(right))
            computed = {"name": name, "images": len(right), "accuracy": sum(right) / len(right)}
            if "train_images" in one:
                computed["train_images"] = learned
            computed.update(accuracy_low=low, accuracy_high=high)
            self.same("baseline " + name, "", one, computed)
            if named:
                correct = self.answers(best).correct
                self.same("baseline " + name, "best", one["best"], models(best, name, [correct[i] for i in indices], right))
                self.same("baseline " + name, "best.p", one["best"]["p"], one["best"]["adjusted_p"])
            else:
                self.same("baseline " + name, "best", one["best"], None)

    def answers(self, who):
        return self.predictions[name(next(iter(self.own[who].values()))), "test"]

    def each(self, who, score):
        """One number for each seed or, with folds, for each fold: the mean over the seeds."""
        groups = defaultdict(list)
        for (seed, fold), trial in self.own[who].items():
            groups[fold if self.folds else seed].append(score(trial["metrics"]["test"]))
        return [mean(group) for group in groups.values()]

    def standing(self, who):
        trials = list(self.own[who].values())

        def accuracy(metrics):
            return metrics["accuracy"]

        def macro_f1(metrics):
            return metrics["f1_macro"]

        def bounds(score):
            scores = self.each(who, score)
            if self.folds and len(scores) > 1:
                low, high = corrected_interval(scores, self.share)
            else:
                low, high = student([score(t["metrics"]["test"]) for t in trials])
            return max(0.0, low), min(1.0, high)

        tests = [trial["metrics"]["test"] for trial in trials]
        given = any(trial.get("given") for trial in trials)
        seconds = [trial["efficiency"]["training_seconds"] for trial in trials]
        steps = [t["timing"]["steps"] for t in trials if t["timing"].get("steps") is not None]
        if len(trials) == 1:
            interval = tests[0]["accuracy_low"], tests[0]["accuracy_high"]
            of_f1 = self.answers(who).macro_f1_interval()
        else:
            interval, of_f1 = bounds(accuracy), bounds(macro_f1)
        return {
            "classifier": who,
            "trials": len(trials),
            "accuracy": mean([accuracy(t) for t in tests]),
            "standard_deviation": None if len(trials) == 1 else math.sqrt(variance([accuracy(t) for t in tests])),
            "accuracy_low": interval[0],
            "accuracy_high": interval[1],
            "balanced_accuracy": mean([t["balanced_accuracy"] for t in tests]),
            "macro_f1": mean([macro_f1(t) for t in tests]),
            "macro_f1_low": of_f1[0],
            "macro_f1_high": of_f1[1],
            "gap": None if given else self.gap(trials),
            "training_seconds": None if given else {
                "mean": mean(seconds),
                "lowest": min(seconds),
                "highest": max(seconds),
            },
            "steps": min(steps) if steps else None,
        }

    def gap(self, trials):
        """Training accuracy minus validation accuracy, with its interval, and both losses."""

        def of(trial):
            return trial["metrics"]["train"]["accuracy"] - trial["metrics"]["validation"]["accuracy"]

        groups = defaultdict(list)
        for trial in trials:
            groups[trial["fold"] if self.folds else trial["seed"]].append(of(trial))
        each = [mean(group) for group in groups.values()]
        if max(map(of, trials)) - min(map(of, trials)) <= SAME:
            train, validation = (trials[0]["metrics"][part] for part in ("train", "validation"))
            right = [round(m["accuracy"] * m["images"]) for m in (train, validation)]
            low, high = newcombe(right[0], train["images"], right[1], validation["images"])
        elif self.folds and len(each) > 1:
            low, high = corrected_interval(each, self.share)
        else:
            low, high = student([of(trial) for trial in trials])
        losses = {p: mean([t["metrics"][p]["log_loss"] for t in trials]) for p in ("train", "validation")}
        return {
            "trials": len(trials),
            "mean": mean(each),
            "low": low,
            "high": high,
            "training_loss": losses["train"],
            "validation_loss": losses["validation"],
        }

    def front(self, standings):
        """Whether no other is at least as good in accuracy and latency, and better in one."""
        done = [t for t in self.trials.values() if t["status"] == "done"]
        engine = "onnxruntime" if any(t["efficiency"].get("onnxruntime") for t in done) else "pytorch"
        costs = {}
        for standing in standings:
            for trial in done:
                latency = trial["efficiency"].get(engine)
                if label(trial) == standing["classifier"] and latency and not latency.get("busy"):
                    costs[standing["classifier"]] = (-standing["accuracy"], latency["p50_micros"])
                    break

        def order(a, b):
            return 0 if abs(a - b) <= SAME else -1 if a < b else 1

        def dominates(a, b):
            compared = [order(x, y) for x, y in zip(a, b)]
            return max(compared) <= 0 and min(compared) < 0

        for standing in standings:
            own = costs.get(standing["classifier"])
            standing["on_front"] = None if own is None else not any(dominates(other, own) for other in costs.values())

    def pairs(self, scope, order, region):
        names = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
        pairs = []
        if scope == "models":
            for a, b in names:
                pairs.append(models(a, b, self.answers(a).correct, self.answers(b).correct))
        elif scope == "seeds":
            scores = {who: self.each(who, lambda m: m["accuracy"]) for who in order}
            if min(map(len, scores.values())) < FEWEST_SEEDS:
                return []
            for a, b in names:
                difference, error, p, interval = welch(scores[a], scores[b])
                pairs.append(pair(a, b, "welch", len(scores[a]), difference, interval, p))
                pairs[-1]["statistic"] = difference / error if error else None
        else:
            scores = {who: self.each(who, lambda m: m["accuracy"]) for who in order}
            return [self.over_folds(a, b, scores[a], scores[b], region) for a, b in names]
        for one, p in zip(pairs, holm([one["p"] for one in pairs])):
            one["adjusted_p"] = p
            one["outcome"] = outcome(p, one["difference"])
        return pairs

    def over_folds(self, a, b, first, second, region):
        """Corrected t-test, and the Bayesian correlated t-test with a region of practical equivalence."""
        differences = [x - y for x, y in zip(first, second)]
        differences = [0.0 if abs(d) < 1e-17 else d for d in differences]
        difference, error, degrees = corrected(differences, self.share)
        t = 0.0 if difference == 0 else math.copysign(math.inf, difference) if error == 0 else difference / error
        interval, p = corrected_interval(differences, self.share), 2 * student_above(abs(t), degrees)
        one = pair(a, b, "corrected_t", len(differences), difference, interval, p)
        one["statistic"] = None if math.isinf(t) else t
        if error == 0:
            worse, better = float(-region > difference), float(region < difference)
        else:
            worse = student_above((region + difference) / error, degrees)
            better = student_above((region - difference) / error, degrees)
        equivalent = max(0.0, 1 - worse - better)
        decided = {"better": better, "worse": worse, "equivalent": equivalent}
        one.update(decided, outcome=next((k for k, v in decided.items() if v >= SURE), "undecided"))
        return one

    # -- the rest

    def tuning(self, stated):
        for candidate in stated["candidates"]:
            for score in candidate["scores"]:
                values = score.get("folds") or score.get("accuracies") or []
                where = f"candidate {candidate['number']} after {score['epochs']} epochs"
                if values:
                    self.same(where, "mean", score["mean"], mean(values))
                    self.same(where, "standard_deviation", score["standard_deviation"], math.sqrt(variance(values)) if len(values) > 1 else None)

    def tables(self):
        """The tables state what results.json does."""
        comparison = self.results.get("comparison") or {}
        for file, records in (("results.csv", self.results["trials"]), ("standings.csv", comparison.get("standings", []))):
            content = self.find(file)
            if content is None:
                continue
            rows = list(read_csv(content, csv.DictReader))
            self.same(file, "rows", len(rows), len(records))
            for i, (row, record) in enumerate(zip(rows, records)):
                for key, value in flat(record).items():
                    if key in row and isinstance(value, (int, float)) and not isinstance(value, bool):
                        self.same(file, f"{key} of row {i + 1}", float(row[key] or "nan"), float(value))
                    elif key in row and isinstance(value, str) and row[key] != "'" + value:  # so that no program takes it for a formula
                        self.same(file, f"{key} of row {i + 1}", row[key], value)


def pair(first, second, test, observations, difference, interval, p):
    low, high = interval or (None, None)
    return {
        "first": first,
        "second": second,
        "test": test,
        "observations": observations,
        "only_first": None,
        "only_second": None,
        "statistic": None,
        "difference": difference,
        "low": low,
        "high": high,
        "p": p,
        "adjusted_p": None,
        "worse": None,
        "equivalent": None,
        "better": None,
    }


def outcome(p, difference):
    return "undecided" if p >= LEVEL else "better" if difference > 0 else "worse"


def models(first, second, correct, other):
    """Two networks on the same images: exact McNemar test, and Tango's interval; as if it were the only pair."""
    only_first = sum(x and not y for x, y in zip(correct, other))
    only_second = sum(y and not x for x, y in zip(correct, other))
    images, p = len(correct), mcnemar(only_first, only_second)
    difference = (only_first - only_second) / images
    one = pair(first, second, "mcnemar", images, difference, tango(only_first, only_second, images), p)
    one.update(only_first=only_first, only_second=only_second, adjusted_p=p, outcome=outcome(p, difference))
    return one


def label(trial):
    return trial["classifier"] + ("" if trial["variant"] == "default" else "@" + trial["variant"])


# Absolute paths in quotes, and those that begin a word; the last part of each is a group.
QUOTED_PATH = re.compile(r"(?<=')(?:/|[A-Za-z]:[/\\])(?:[^'/\\]+[/\\])*([^'/\\]+)[/\\]?(?=')")
PLAIN_PATH = re.compile(r"""(?<![^\s"'=(\[,;:])(?:/|\b[A-Za-z]:[/\\])(?:[^\s"'/\\,;:()\[\]]+[/\\])*([^\s"'/\\,;:()\[\]]+)[/\\]?""")


def placeless(trial):
    """The same, with the names of files alone, as results.json has them."""
    named = dict(trial)
    for place in ("given", "init"):
        if trial.get(place):
            named[place] = {**trial[place], "file": re.split(r"[/\\\\]", trial[place]["file"])[-1]}
    for message in ("error", "first_error"):
        if trial.get(message):
            named[message] = PLAIN_PATH.sub(r"\1", QUOTED_PATH.sub(r"\1", trial[message]))
    if trial.get("backbone"):
        network = trial["backbone"]["network"]
        named["backbone"] = {**trial["backbone"], "network": {**network, "file": re.split(r"[/\\\\]", network["file"])[-1]}}
    return named


def name(trial):
    return f"{label(trial)}/{trial['seed']}-{trial['fold']}"


def main(folders):
    here = os.path.dirname(os.path.abspath(__file__))
    failed = False
    for folder in folders or [here if os.path.exists(os.path.join(here, "journal.jsonl")) else "."]:
        if not os.path.exists(os.path.join(folder, "journal.jsonl")) or not os.path.exists(os.path.join(folder, "results.json")):
            print(f"{folder}: expected a run folder with journal.jsonl and results.json; name one", file=sys.stderr)
            return 2
        run = Run(folder)
        try:
            run.check()
        except (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError, struct.error) as e:
            run.fault("the run", f"cannot be read to the end: {type(e).__name__} {e}")
        for fault in run.faults:
            print(f"{folder}: {fault}")
        left_out = f", {run.left_out} files left out" if run.left_out else ""
        print(f"{folder}: {'FAIL' if run.faults else 'PASS'}, {run.checked} values checked, {len(run.faults)} differ{left_out}")
        failed |= bool(run.faults)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
