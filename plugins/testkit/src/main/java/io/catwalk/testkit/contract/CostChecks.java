package io.catwalk.testkit.contract;

import io.catwalk.api.Layers;
import io.catwalk.api.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Checks of the time and the memory that a plugin takes. */
final class CostChecks {

    static final List<Check> ALL = List.of(
            Check.of("time", "a network is built and trained for a step in 10 s", CostChecks::time)
                    .presuming("finite"),
            Check.of("memory", "a network and a step on it take at most 1 GiB", CostChecks::memory)
                    .presuming("finite"));

    /** Number of images in a step, unless they are large. */
    private static final int BATCH = 100;

    /** Most numbers in a batch: those of 100 color images of 32x32. */
    private static final long MOST_NUMBERS = BATCH * 3L * 32 * 32;

    /** Gives the resident memory of this process on Linux; elsewhere, only the weights count. */
    private static final Path STATUS = Path.of("/proc/self/status");

    private CostChecks() {}

    private static void time(Candidate candidate) {
        Task task = candidate.task();
        Duration limit = candidate.subject().limits().step();
        startEngine();
        Effort effort = Effort.of(ProcessHandle.current());
        step(candidate, task);
        Duration taken = effort.taken();
        BrokenPromise.unless(
                taken.compareTo(limit) <= 0,
                "expected a network and a step on " + batch(task) + " images of " + task + " within " + limit.toMillis()
                        + " ms, but it took " + taken.toMillis());
    }

    private static void memory(Candidate candidate) throws IOException, InterruptedException {
        Task task = candidate.task();
        long limit = candidate.subject().limits().bytes();
        startEngine();
        Watch watch = new Watch();
        watch.start();
        long weights;
        try {
            weights = step(candidate, task);
        } finally {
            watch.interrupt();
            watch.join();
        }
        long taken = Math.max(weights, watch.most - watch.before);
        BrokenPromise.unless(
                taken <= limit,
                "expected a network and a step on " + batch(task) + " images of " + task + " to take at most "
                        + (limit >> 20) + " MiB, but it took " + (taken >> 20));
    }

    /** Runs another network first: loading the engine may cost more than the plugin does. */
    private static void startEngine() {
        Task task = Task.of(1, 4, 4, 2);
        Images images = Images.random(task, 2, Candidate.SEED);
        try (Network network = Network.initialized(
                Layers.sequence(Layers.flatten(), Layers.dense(task.classes())), images.shape(), Candidate.SEED)) {
            network.step(images);
        }
    }

    /** Returns the number of images in a step: fewer of large ones, but at least two. */
    private static int batch(Task task) {
        long numbers = (long) task.channels() * task.height() * task.width();
        return (int) Math.max(2, Math.min(BATCH, MOST_NUMBERS / numbers));
    }

    /** Runs one training step and returns the size of the weights, in bytes. */
    private static long step(Candidate candidate, Task task) {
        try (Network network = candidate.initialized(task)) {
            network.step(Images.random(task, batch(task), Candidate.SEED));
            return network.bytes();
        }
    }

    private static long resident() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    /** Measures the memory of this process until it is interrupted. */
    private static final class Watch extends Thread {

        private static final int MILLIS = 5;

        private final long before = resident();
        private volatile long most = before;

        Watch() throws IOException {
            super("memory-watch");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!isInterrupted()) {
                    most = Math.max(most, resident());
                    Thread.sleep(MILLIS);
                }
            } catch (IOException | InterruptedException e) {
                interrupt(); // what was measured until then counts
            }
        }
    }
}
