#!/usr/bin/env python3
"""Compares two one-core workers of Apache Spark with the local pool of two trials at once, in turns, on one quiet machine.

    mvn -Pci package -DskipTests
    benchmarks/spark.py runner/target/catwalk-*/bin/catwalk spark/target/jars

A trial of the throughput is small-conv on 6,000 images. What a trial costs the coordinator (the command and Spark's driver together) is
measured on 500 trials of one second: on the workers a stand-in for the program waits for a second and hands back what a real trial had
left, as that of a trial that failed: what is trained would be checked for seconds, in a process of its own. Its time is what passes
beyond the second, with two workers; CPU seconds and memory are those of /proc; all from the 125th trial to the last.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", "3"))
TRIALS = 8
WORKERS = 2
MANY = int(os.environ.get("MANY", "500"))
OPENED = ["lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util", "util.concurrent", "util.concurrent.atomic"]
JAVA = ["java"] + [f"--add-opens=java.base/java.{one}=ALL-UNNAMED" for one in OPENED] + [
    f"--add-opens=java.base/sun.{one}=ALL-UNNAMED" for one in ("nio.ch", "nio.cs", "security.action", "util.calendar")]


def await_text(file, text):
    for _ in range(1200):
        found = re.search(text, file.read_text()) if file.exists() else None
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"{text} did not come in {file}")


def start(folder, name, home, *arguments):
    log = folder / f"{name}.txt"
    environment = dict(os.environ, SPARK_HOME=str(home), SPARK_SCALA_VERSION="2.13", SPARK_LOCAL_IP="127.0.0.1")
    process = subprocess.Popen(JAVA + ["-Xmx256m", "-cp", f"{home}/jars/*", *arguments], stdout=log.open("w"),
                               stderr=subprocess.STDOUT, env=environment)
    return process, log


def cluster(folder, jars):
    home = folder / "spark"
    (home / "bin").mkdir(parents=True)
    (home / "jars").symlink_to(jars.resolve())
    submit = home / "bin/spark-submit"
    # As Spark's own script does: its launcher says how the driver is started.
    submit.write_text(f"""#!/bin/bash
export SPARK_HOME={home} SPARK_SCALA_VERSION=2.13
mapfile -d '' -t command < <(java -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \\
    org.apache.spark.deploy.SparkSubmit --driver-memory 512m "$@")
command=("${{command[@]:1}}")
exec "${{command[@]#$'\\n'}}"
""")
    submit.chmod(0o755)
    master, log = start(folder, "master", home, "org.apache.spark.deploy.master.Master", "--host", "localhost", "--port",
                        "17077", "--webui-port", "0")
    await_text(log, "elected leader")
    processes = [master]
    for name in (f"worker-{number + 1}" for number in range(WORKERS)):
        worker, log = start(folder, name, home, "org.apache.spark.deploy.worker.Worker", "--host", "localhost",
                            "--webui-port", "0", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / name),
                            "spark://localhost:17077")
        await_text(log, "Successfully registered")
        processes.append(worker)
    return home, processes


def tree(pid):
    """Lists a command and what it started, which is the driver of Spark."""
    pids = [pid]
    for one in pids:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                pids += [int(child) for child in task.read_text().split()]
            except OSError:
                pass
    return pids


def run(command, environment):
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout)


def watched(command, environment, journal):
    """Runs a command whose trials fail; returns for each instant how many had ended, its CPU seconds, its resident bytes and the clock."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    seen, cpu = [], {}
    while process.poll() is None:
        total = 0
        for pid in tree(process.pid):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                cpu[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            except OSError:
                pass
        ended = journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0
        seen.append((ended, sum(cpu.values()), total, time.monotonic()))
        time.sleep(0.2)
    if process.returncode != 1:
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return seen


def stand_in(catwalk, folder):
    """Makes a program that takes a second for any trial, and hands back what a real one had left."""
    orders = folder / "orders"
    run(command(catwalk, folder / "one", 1, 600, 1, "--orders", str(orders)), os.environ)
    run([catwalk, "work", str(orders / "0.json")], os.environ)
    program = folder / "stand-in" / "bin" / "catwalk"
    program.parent.mkdir(parents=True)
    program.write_text(f"exec {sys.executable} {Path(__file__).resolve()} --stand-in {orders / '0.outcome-1.zip'}\n")
    return program.parent.parent


def answer(delivery):
    with zipfile.ZipFile(delivery) as real:
        files = {name: real.read(name) for name in real.namelist()}
    for line in sys.stdin:
        end = time.monotonic() + 1
        order, target = line.rstrip("\n").split("\t")
        failed = {"status": "failed", **json.loads(Path(order).read_text())["spec"], "error": "made up", "first_error": None}
        with zipfile.ZipFile(target, "w") as made:
            for name, data in files.items():
                made.writestr(name, json.dumps(failed) if name == "outcome.json" else data)
        time.sleep(max(0, end - time.monotonic()))
        print("ended 0 done", flush=True)


def command(catwalk, out, trials, images, epochs, *more):
    return [catwalk, "compare", "small-conv", "--seeds", str(trials), "--limit-train", str(images), "--limit-test", "1000",
            "--epochs", str(epochs), "--threads", "1", "--jobs", "2", "--no-latency", "--out", str(out), *more]


def training(out):
    """Seconds from the first trial that began to the last that ended: the time that a start takes is not throughput."""
    journal = [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()[1:]]
    starts = [json.loads(one.read_text())["timing"]["started_at"] for one in out.glob("trials/*/*/trial.json")]
    first = min(time.mktime(time.strptime(start[:19], "%Y-%m-%dT%H:%M:%S")) for start in starts)
    begun = json.loads((out / "journal.jsonl").read_text().splitlines()[0])["started_at"]
    offset = first - time.mktime(time.strptime(begun[:19], "%Y-%m-%dT%H:%M:%S"))
    return max(entry["seconds"] for entry in journal) - offset


def main():
    catwalk, jars = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home, processes = cluster(folder, jars)
        spark = dict(os.environ, SPARK_HOME=str(home), CATWALK_WORKER_HOME=str(Path(catwalk).parent.parent))
        on = ["--on", "spark://localhost:17077"]
        try:
            times = {"pool": [], "spark": []}
            for turn in range(ROUNDS):
                for kind in ("pool", "spark"):
                    out = folder / f"{kind}-{turn}"
                    run(command(catwalk, out, TRIALS, 6000, 6, *(on if kind == "spark" else [])), spark)
                    times[kind].append(training(out))
                    print(f"{kind}: {times[kind][-1]:.1f} s for {TRIALS} trials", flush=True)
            if ROUNDS:
                ratio = statistics.median(times["pool"]) / statistics.median(times["spark"])
                print(f"throughput of Spark over that of the pool: {ratio:.2f} (medians of {ROUNDS})")
            spark["CATWALK_WORKER_HOME"] = str(stand_in(catwalk, folder))
            many = folder / "many"
            seen = watched(command(catwalk, many, MANY, 600, 1, *on), spark, many / "journal.jsonl")
            marks = [next(one for one in seen if one[0] >= MANY * quarter // 4) for quarter in (1, 2, 3, 4)]
            between = marks[3][0] - marks[0][0]
            share = (marks[3][1] - marks[0][1]) / between
            beyond = (marks[3][3] - marks[0][3]) * WORKERS / between - 1
            print(f"{MANY} trials of a second: {beyond * 1000:.0f} ms a trial beyond the second, {share * 1000:.0f} ms of CPU "
                  f"a trial for command and driver, memory after each "
                  f"quarter {', '.join(f'{one[2] / 2**20:.0f}' for one in marks)} MiB")
        finally:
            for process in processes:
                process.kill()


if __name__ == "__main__":
    if sys.argv[1] == "--stand-in":
        answer(sys.argv[2])
    else:
        main()
