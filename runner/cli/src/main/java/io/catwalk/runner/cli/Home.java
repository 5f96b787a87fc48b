package io.catwalk.runner.cli;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

final class Home {

    private Home() {}

    static Path plugins() {
        return path().resolve("plugins");
    }

    static Path artifacts() {
        return path().resolve("maven");
    }

    /** Returns where data sets are; decoding them prints its progress. */
    static DataHome data(Console console) {
        return new DataHome(
                path().resolve("data"), new ImageCache(ImageCache.standardFolder(), new CacheView(console)));
    }

    /** Returns the folder of the runners: in a checkout the source folder, which a build does not recreate. */
    static Path runtimes() {
        Path built = path().toAbsolutePath().normalize();
        Path checkout = built.resolve("../../../onnx-models/runtimes").normalize();
        return built.getParent() != null && built.getParent().endsWith("runner/target") && Files.isDirectory(checkout)
                ? checkout
                : path().resolve("runtimes");
    }

    static Path path() {
        return Path.of(System.getProperty("catwalk.home", "."));
    }

    /** Shows the progress of decoding and its disk space: a bar on a terminal, elsewhere a line now and then. */
    private static final class CacheView implements ImageCache.Listener {

        private static final long QUIET = 1L << 24;

        /** Images that a backbone answers in seconds. */
        private static final int FEW = 200;

        private static final Duration FIRST = Duration.ofSeconds(2);
        private static final Duration NEXT = Duration.ofSeconds(30);

        private final Console console;
        private final boolean terminal;
        private String name = "";
        private String done = "";
        private int images;
        private long started;
        private long due;
        private boolean quiet;
        private @Nullable ProgressBar bar;

        @SuppressWarnings(
                "SystemConsoleNull") // the launcher sets jdk.console, which brings null back on a JDK from 22 on
        CacheView(Console console) {
            this.console = console;
            terminal = System.console() != null;
        }

        @Override
        public synchronized void started(String newName, int newImages, long bytes, Path folder) {
            started(newName, newImages, bytes < QUIET, "decoding ", "decoded", bytes, folder);
        }

        @Override
        public synchronized void extracting(String newName, int newImages, long bytes, Path folder) {
            started(newName, newImages, newImages < FEW, "computing features of ", "computed", bytes, folder);
        }

        private void started(
                String newName, int newImages, boolean quietly, String doing, String newDone, long bytes, Path folder) {
            finished();
            name = newName;
            images = newImages;
            done = newDone;
            quiet = quietly;
            started = System.nanoTime();
            due = started + FIRST.toNanos();
            if (quiet) {
                return;
            }
            String room = "; they take " + Numbers.count(bytes / 1_000_000) + " MB in " + folder;
            SandboxedCommand.progress(
                    console, name + ": " + doing + Numbers.count(images) + " images, once for all runs" + room);
            if (terminal) {
                bar = ProgressView.bar(done, images);
            }
        }

        @Override
        public void decoded(int count) {
            if (quiet || (count & 0x3f) != 0) {
                return;
            }
            synchronized (this) {
                if (bar != null) {
                    bar.stepTo(count);
                    return;
                }
                long now = System.nanoTime();
                if (now < due) {
                    return;
                }
                due = now + NEXT.toNanos();
                double seconds = (now - started) / 1e9;
                SandboxedCommand.progress(
                        console,
                        name + ": " + Numbers.count(count) + " of " + Numbers.count(images) + " images " + done
                                + ", about " + Numbers.fixed(seconds * (images - count) / count, 0) + " s to go");
            }
        }

        @Override
        public synchronized void waiting(String note) {
            SandboxedCommand.progress(console, note);
        }

        @Override
        public synchronized void finished() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
