#!/usr/bin/python3
"""Asks a file of `export --any-size` about photos of many sizes in all runtimes, and compares the answers.

    any_size.py CATWALK PICTURES TRIAL WORK [--photos 10000] [--sizes 500] [--few 500] [--runtimes java,python,node,web]

PICTURES are those of photo_sets.py; TRIAL is the folder of a trained network for images in color. WORK gets the photos, in
parts: cut from the pictures, and scaled to a side of 32 to 4,000 pixels, large ones seldom. Needs Debian's
python3-pil; the runtimes are those of `catwalk verify --runtimes`. Prints a table and writes it to WORK/any_size.json.
"""
import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
SMALLEST, LARGEST = 32, 4000
MOST_OF_SIZE = 40


def sizes(count):
    """Draws widths and heights; the square makes small sides more frequent."""
    chance = random.Random(1)
    side = lambda: round(SMALLEST * (LARGEST / SMALLEST) ** (chance.random() ** 2))
    drawn = {(LARGEST, 3 * LARGEST // 4), (SMALLEST, SMALLEST), (SMALLEST, LARGEST), (LARGEST, SMALLEST)}
    while len(drawn) < count:
        drawn.add((side(), side()))
    return sorted(drawn)


def plan(photos, count):
    """Lists the sizes of all photos: as many of each as their area allows, at most 40 and at least one."""
    all_sizes = sizes(min(count, photos))
    low, high = 1.0, 1e12
    number = lambda size, area: max(1, min(MOST_OF_SIZE, int(area / (size[0] * size[1]))))
    for _ in range(100):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if sum(number(one, middle) for one in all_sizes) < photos else (low, middle)
    planned = [one for one in all_sizes for _ in range(number(one, high))]
    random.Random(2).shuffle(planned)
    return planned[:photos]


def write(pictures, labels, planned, work, size):
    """Writes photos, one folder for each part and class, and yields each folder when it is whole; what is there stays."""
    files = sorted(one for one in pictures.rglob("*") if one.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")
                   and one.is_file() and one.stat().st_size > 200_000)
    chance = random.Random(3)
    chosen = chance.sample(files, min(len(files), 80))
    whole = None
    for i, (width, height) in enumerate(planned):
        if i and i % size == 0:
            yield work / f"part-{i // size - 1}"
        if i % max(1, len(planned) // len(chosen)) == 0:
            with Image.open(chosen[i // max(1, len(planned) // len(chosen)) % len(chosen)]) as opened:
                whole = opened.convert("RGB")
        share = chance.uniform(0.3, 1)
        scale = min(whole.width / width, whole.height / height) * share
        box = (max(1, int(width * scale)), max(1, int(height * scale)))
        left, top = (chance.randrange(length - part + 1) for length, part in zip(whole.size, box))
        to = work / f"part-{i // size}" / labels[i % len(labels)] / f"{i}-{width}x{height}.png"
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.exists():
            cut = whole.crop((left, top, left + box[0], top + box[1]))
            cut.resize((width, height), Image.BICUBIC).save(to, compress_level=1)
    yield work / f"part-{(len(planned) - 1) // size}"


def catwalk(given, *words):
    done = subprocess.run([str(word) for word in given.catwalk.split() + list(words)], capture_output=True, text=True)
    if done.returncode not in (0, 1, 5) or not done.stdout.strip():
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr or done.stdout}")
    return done.stdout


def probabilities(given, file, part, *more):
    lines = catwalk(given, "predict", file, part, "--json-lines", "--top", 1000, *more).splitlines()
    return {one["image"]: (one["label"], one["probabilities"]) for one in map(json.loads, lines)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("catwalk")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("trial", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--sizes", type=int, default=500)
    parser.add_argument("--part", type=int, default=1000, help="photos in a folder; about 2 GB of bytes are too many")
    parser.add_argument("--few", type=int, default=500, help="photos for the slow runtimes, of the first part")
    parser.add_argument("--runtimes", default="java,python,node,web")
    parser.add_argument("--slow", default="webgpu,reference")
    parser.add_argument("--runtimes-dir", default=str(Path(__file__).parents[1] / "onnx-models/runtimes"))
    parser.add_argument("--seconds", type=int, default=10**9, help="begin no other part after them; what is done counts")
    given = parser.parse_args()
    began = time.monotonic()
    shipped = given.work / "shipped"
    if not shipped.exists():
        catwalk(given, "export", given.trial, "--any-size", "--out", shipped)
    file = next(shipped.glob("*.onnx"))
    about = json.loads(next(shipped.glob("*.signature.json")).read_text())
    planned = plan(given.photos, given.sizes)
    table, own = {}, {"photos": 0, "flips": 0, "largest": 0.0}
    asked = 0
    for part in write(given.pictures, about["labels"], planned, given.work, given.part):
        if time.monotonic() - began > given.seconds:
            break
        count = len(list(part.rglob("*.png")))
        for names, images in ((given.runtimes, given.part), (given.slow, given.few)):
            if not names or (names is given.slow and asked):
                continue
            report = json.loads(catwalk(
                given, "verify", file, "--dataset", part, "--test-share", 1, "--runtimes", names, "--images", images,
                "--runtimes-dir", given.runtimes_dir, "--runtime-timeout", "1h", "--json"))
            for one in report["runtimes"]:
                row = table.setdefault(one["name"], {"photos": 0, "flips": 0, "near_ties": 0, "largest": 0.0, "notes": set()})
                if "flips" not in one:
                    row["notes"].add(one["reason"])
                    continue
                row["photos"] += one["images"]
                row["flips"] += one["flips"]
                row["near_ties"] += len(one["near_ties"])
                row["largest"] = max(row["largest"], one["max_abs"])
                row["notes"] |= {one["version"], one["note"]} - {None}
        plain = probabilities(given, given.trial / "model.onnx", part, "--fit", about["resize"]["fit"])
        whole = probabilities(given, file, part)
        own["photos"] += len(plain)
        own["flips"] += sum(plain[image][0] != whole[image][0] for image in plain)
        own["largest"] = max(own["largest"], *(abs(plain[image][1][name] - whole[image][1][name])
                                               for image in plain for name in plain[image][1]))
        asked += count
        print(f"{asked} photos after {time.monotonic() - began:.0f} s: {own} {table}", flush=True)
    result = {"photos": asked, "sizes": len(set(planned[:asked])), "catwalk predict": own,
              "runtimes": {name: {**row, "notes": sorted(row["notes"])} for name, row in table.items()}}
    (given.work / "any_size.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
