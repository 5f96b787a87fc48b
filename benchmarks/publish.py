#!/usr/bin/env python3
"""Puts a run into docs/results: its tables, and one compressed file for each trial, without the networks.

    python3 benchmarks/publish.py RUN docs/results/NAME
    python3 benchmarks/publish.py RUN docs/results/NAME --page      # with page and slides, which are 8 MB for 10,000 images
    python3 benchmarks/publish.py RUN docs/results/NAME --tables    # without trials, whose logits may be too large

What is there under these names is replaced; README.md and pictures stay. A trial's file has what docs/reference/check_run.py needs to
compute the test metrics again from the logits: the predictions on validation images, the weights and the files in ONNX are left out.
The script ends with that check, with --tables with that of RUN. The same run gives the same bytes.
"""
import io
import lzma
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

CHECKER = Path(__file__).resolve().parent.parent / "docs/reference/check_run.py"
TABLES = ("experiment.yaml", "results.json", "results.csv", "results.md", "standings.csv")
NUMBERS = ("journal.jsonl", "baselines.json")
PAGE = ("report.html", "slides.pptx")
OF_TRIAL = ("history.csv", "predictions.csv", "split.json", "trial.json")


def pack(trial, archive):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in OF_TRIAL:
            content = (trial / name).read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def main(run, folder, tables, page):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "trials", ignore_errors=True)
    for name in (*TABLES, *NUMBERS, *PAGE):
        (folder / name).unlink(missing_ok=True)
    for name in (*TABLES, *(() if tables else NUMBERS), *(PAGE if page else ())):
        if (run / name).exists():
            shutil.copyfile(run / name, folder / name)
    # Later jars may run the request again; results.json has the digests.
    request = folder / "experiment.yaml"
    text = request.read_text(encoding="utf-8")
    request.write_text(re.sub(r"^ *plugin_sha256: .*\n", "", text, flags=re.M), encoding="utf-8")
    if not tables:
        for trial in sorted(outcome.parent for outcome in run.glob("trials/*/*/trial.json")):
            pack(trial, folder / "trials" / trial.parent.name / (trial.name + ".tar.xz"))
    files = [file for file in folder.rglob("*") if file.is_file()]
    print(f"{folder}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")
    return subprocess.call([sys.executable, str(CHECKER), str(run if tables else folder)])


if __name__ == "__main__":
    flags = sys.argv[3:]
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--tables" in flags, "--page" in flags))
