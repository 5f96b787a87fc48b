"""Cuts four sets of photos into tiles, from pictures that Debian's packages bring.

    apt-get download mate-backgrounds budgie-backgrounds lxqt-themes lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 \
        plasma-workspace-wallpapers ukui-wallpapers opencv-doc python3-skimage
    mkdir pictures; for deb in *.deb; do dpkg-deb -x "$deb" "pictures/${deb%%_*}"; done
    /usr/bin/python3 benchmarks/photo_sets.py pictures sets             # needs Debian's python3-pil and python3-numpy
    /usr/bin/python3 benchmarks/photo_sets.py pictures sets --check     # compares with photo_sets.json

A class has several pictures, a picture gives the same number of tiles to its class, and tiles do not overlap. Beside the
folder of each set lie ten tables for --labels: random-1 to random-5 split the tiles of each class, picture-1 to picture-5
split the pictures, and name the picture of a tile as its group, so that validation images are of other pictures too.
"""
import hashlib
import json
import random
import sys
from pathlib import Path

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
DIGESTS = Path(__file__).with_name("photo_sets.json")
SPLITS = 5
TEST_SHARE = 0.2

# Of each set: side of a tile, mode of its pixels, tiles on the shorter side of a picture, tiles of a class, and for each
# class its pictures: a name that is unique among those of the packages, or the folder that holds a picture.
SETS = {
    "scenes": (64, "RGB", 6, 180, {
        "building": ["beacon-street-sunset", "casa-mila", "roman-colosseum", "singaporean-cityscape", "building",
                     "leuvenA", "data/home", "Grey"],
        "desert": ["Dune", "extreme-desert-hike", "this-is-not-windows", "fog", "Volna"],
        "flower": ["blue-periwinkle", "flowers", "FreshFlower", "Garden", "TwoWings", "YellowFlower", "seeding_by",
                   "appleflower"],
        "forest": ["Path", "life_by", "Dragonfly_by", "OneStandsOut", "FallenLeaf"],
        "leaf": ["Blinds", "GreenMeadow", "RainDrops", "drop", "tea-gardens", "LadyBird"],
        "mountain": ["Mountain", "picosdeeuropa", "Valendas", "lake-sherburne", "aitzgorri"],
        "sky": ["lxqt/wallpapers/cloud", "after-the-rain", "Kite", "Storm", "sunset_by", "Bridge_by"],
        "water": ["ocean-waves", "DarkestHour", "summer_1am", "Aqua", "EveningGlow"],
    }),
    "things": (64, "RGB", 5, 250, {
        "animal": ["baboon", "chicky_512", "examples/data/squirrel_cls", "hfs/data/000", "chelsea",
                   "examples/data/butterfly", "dnn_superres/butterfly", "oakland-zoo-otters", "perched-osprey",
                   "canyon-wren", "friends_by", "html/puppy_noisy"],
        "fruit": ["data/apple", "data/orange", "data/fruits", "html/bicubicOutput", "Picture_0B"],
        "house": ["building", "data/home", "reg/home", "leuvenA", "roman-colosseum", "casa-mila"],
        "machine": ["motorcycle_left", "pexels_double_decker_bus", "data/board", "rocket", "html/realsense"],
        "person": ["astronaut", "messi5", "227943776_1", "230501201_1", "html/person_multi_det"],
        "plant": ["input_images/plant", "aloeL", "html/retina_TreeHdr_small", "appleflower", "seeding_by"],
    }),
    "styles": (64, "RGB", 5, 220, {
        "cartoon": ["ScarletTree", "SafeLanding", "Altai", "Autumn", "FlyingKonqui", "Infinite-Sea", "starry_night"],
        "flat": ["waves-midnight", "valley-midnight", "ukui-wallpapers/usr/share/backgrounds/city",
                 "ukui-wallpapers/usr/share/backgrounds/desert", "rollpaper", "Painting-Colors"],
        "gradient": ["umang_by", "Fossa_by", "Elarun", "rhythm", "plasma-logo-bright", "Ubuntu-Mate-Warm",
                     "Ubuntu-Mate-Cold"],
        "photo": ["Path", "Garden", "roman-colosseum", "EveningGlow", "oakland-zoo-otters", "ColorfulCups", "fruits",
                  "BytheWater"],
        "polygon": ["wallpapers/triangles.", "PastelHills", "IceCold", "Opal", "Kay", "Patak", "Nexus"],
        "ribbon": ["2004default", "string", "Canopee", "Honeywave", "Shell", "Kokkini"],
    }),
    "surfaces": (48, "L", 10, 250, {
        "brick": ["data/brick", "reg/home", "leuvenA"],
        "grass": ["data/grass", "GreenMeadow", "tea-gardens", "Dune"],
        "leaf": ["Blinds", "RainDrops", "OneStandsOut", "FallenLeaf"],
        "petal": ["FreshFlower", "YellowFlower", "Garden", "flowers"],
        "sky": ["lxqt/wallpapers/cloud", "after-the-rain", "Storm", "sunset_by"],
        "wood": ["nature/Wood", "BytheWater", "ColdRipple", "Kleiber"],
    }),
}


def named(files, name):
    """Finds the picture with a name, in its largest version."""
    fitting = [one for one in files if f"/{name}" in str(one) and "dark" not in str(one)]
    return max(fitting, key=lambda one: (one.stat().st_size, str(one)))


def tiles(file, side, mode, rows):
    """Cuts a picture that is reduced to some rows of tiles; a smaller one is cut as it is."""
    with Image.open(file) as picture:
        picture = picture.convert("RGB")
        height = min(picture.size)
        if height > rows * side:
            size = tuple(round(length * rows * side / height) for length in picture.size)
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        picture = picture.convert(mode)
        for top in range(0, picture.height - side + 1, side):
            for left in range(0, picture.width - side + 1, side):
                yield picture.crop((left, top, left + side, top + side))


def cut(pictures, folder, name):
    """Writes the tiles of a set, and lists their paths, classes and pictures."""
    side, mode, rows, most, classes = SETS[name]
    files = sorted(one for one in pictures.rglob("*") if one.suffix.lower() in (".jpg", ".jpeg", ".png"))
    listed = []
    for label, names in classes.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(names, 1):
            cuts = list(tiles(named(files, picture), side, mode, rows))
            random.Random(f"{name} {label} {picture}").shuffle(cuts)
            for at, tile in enumerate(cuts[:most // len(names)]):
                path = f"{label}/{number:02}-{at:03}.png"
                tile.save(folder / path)
                listed.append((path, label, f"{label}-{number:02}"))
    return listed


def tables(listed, folder):
    """Writes the splits: a fifth of the tiles of a class, or of its pictures, is the test set."""
    for kind in ("random", "picture"):
        for seed in range(1, SPLITS + 1):
            drawn = random.Random(f"{kind} {seed}")
            test = set()
            for label in sorted({label for _, label, _ in listed}):
                units = sorted({path if kind == "random" else picture for path, own, picture in listed if own == label})
                test |= set(drawn.sample(units, max(1, round(TEST_SHARE * len(units)))))
            lines = ["path,label,split,group"]
            for path, label, picture in listed:
                split = "test" if (path if kind == "random" else picture) in test else "train"
                lines.append(f"{path},{label},{split},{picture if kind == 'picture' else path}")
            (folder.parent / f"{folder.name}-{kind}-{seed}.csv").write_text("\n".join(lines) + "\n")


def digest(folder, listed):
    """Digests the pixels, which all versions of the library decode alike from a PNG file."""
    whole = hashlib.sha256()
    for path, _, _ in listed:
        with Image.open(folder / path) as tile:
            whole.update(path.encode() + tile.tobytes())
    return {"tiles": len(listed), "pictures": len({picture for _, _, picture in listed}), "sha256": whole.hexdigest()}


def main():
    pictures, sets = Path(sys.argv[1]), Path(sys.argv[2])
    made = {}
    for name in SETS:
        folder = sets / name
        listed = cut(pictures, folder, name)
        tables(listed, folder)
        made[name] = digest(folder, listed)
        print(name, made[name], flush=True)
    if "--check" in sys.argv:
        if made != json.loads(DIGESTS.read_text()):
            sys.exit(f"expected the tiles of {DIGESTS}, but made others: take the versions of the packages that it names")
    else:
        DIGESTS.write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
