package io.catwalk.runner.cli;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.remote.OrderRunner;
import io.catwalk.runner.remote.TrialResultArchive;
import io.catwalk.runner.supply.FileSource;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "work",
        description = {
            "Carry out one order that another command wrote with --orders, and write its outcome beside it.",
            "Exit codes: 0 if the trial is done; 1 if it failed, as it would on any machine; 75 if it was lost, and "
                    + "may be done on another machine; 2 if there is no such order."
        })
final class WorkCommand extends ConsoleCommand {

    private static final Logger LOG = LoggerFactory.getLogger(WorkCommand.class);
    private static final String FROM_INPUT = "-";
    private static final long MOST_BYTES = 64L << 20;

    @Parameters(
            paramLabel = "ORDER|-",
            description =
                    "File or https: address of the order. With -, each line of the standard input is an order: ORDER, "
                            + "a tab, FILE.zip. The answer to each is a line 'ended CODE WHY'")
    private String order = "";

    @Option(names = "--out", paramLabel = "FILE.zip", description = "The outcome. Default: ORDER.outcome-ATTEMPT.zip")
    private @Nullable Path out;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description = "Folder for the files of the trial while it runs, a new one for each order. After a kill, or "
                    + "if the trial was lost, the same command continues from them; otherwise the folder is deleted "
                    + "at the end. Default: a temporary folder")
    private @Nullable Path files;

    @Option(
            names = "--lives-with",
            paramLabel = "input|TIME",
            description = "End when the standard input ends, or when nothing has touched the file of the order for "
                    + "this time, such as 10m. Default: end with the trial")
    private @Nullable String livesWith;

    @Option(names = "--json", description = "Print a line of JSON for each epoch.")
    private boolean json;

    private record Ended(int exitCode, String why) {}

    @Override
    int run() throws InterruptedException {
        if (order.equals(FROM_INPUT)) {
            return oneAfterTheOther();
        }
        URI address = FileSource.address(order);
        boolean local = "file".equals(address.getScheme());
        if (!local && out == null) {
            throw new RequestException("--out must name a file for the outcome, because nothing can be written beside "
                    + FileSource.shown(order));
        }
        liveWith(livesWith, local ? Path.of(address) : null);
        Ended ended = carryOut(address, out);
        console.note(ended.why);
        return ended.exitCode;
    }

    /** Carries out several orders, to start this process only once; each trial still runs in its own process. */
    private int oneAfterTheOther() throws InterruptedException {
        if (out != null || files != null || livesWith != null) {
            throw new RequestException(
                    "expected no --out, --files or --lives-with beside -: each line of the input says where "
                            + "the outcome goes, and the process ends with the input");
        }
        BlockingQueue<String> lines = inputLines();
        while (true) {
            Ended ended = answer(lines.take());
            console.line("ended " + ended.exitCode + " " + ended.why);
        }
    }

    private Ended answer(String line) throws InterruptedException {
        String[] words = line.split("\t", -1);
        try {
            if (words.length != 2) {
                throw new RequestException("expected ORDER, a tab and FILE.zip in a line, but found "
                        + Reasons.quoted(FileSource.shown(line)));
            }
            return carryOut(FileSource.address(words[0]), Path.of(words[1]));
        } catch (RequestException e) {
            return new Ended(ExitCode.BAD_REQUEST, Reasons.of(e));
        }
    }

    /** Carries out an order. Trouble of this machine loses the trial, since another machine may do better. */
    private Ended carryOut(URI address, @Nullable Path into) throws InterruptedException {
        String title = "";
        try {
            PrivateFolder.claim();
        } catch (RequestException e) { // no order can change what this machine lacks
            return new Ended(ExitCode.LOST, "lost: " + Reasons.of(e));
        }
        try {
            TrialOrder asked = read(address);
            title = asked.spec().title() + ": ";
            Path delivery =
                    into != null ? into.toAbsolutePath() : OrderRunner.delivery(Path.of(address), asked.attempt());
            if (!Files.isWritable(Objects.requireNonNull(delivery.getParent()))) {
                throw new RequestException("expected a writable folder for the outcome of the order, but "
                        + delivery.getParent() + " is not: choose another file with --out");
            }
            TrialOutcome before = delivered(delivery);
            if (before != null && !(before instanceof TrialOutcome.Lost)) {
                return new Ended(exitCode(before), title + "was carried out before: " + delivery);
            }
            requireOwn(files, asked);
            TrialOutcome outcome = work(asked, address, delivery);
            String came = outcome instanceof TrialOutcome.Done
                    ? "done"
                    : (outcome instanceof TrialOutcome.Lost ? "lost: " : "failed: ") + outcome.error();
            return new Ended(exitCode(outcome), title + came + "; see " + delivery);
        } catch (IOException | UncheckedIOException | OutOfMemoryError e) {
            return new Ended(ExitCode.LOST, title + "lost: " + Reasons.of(e));
        }
    }

    /** Refuses a folder with other files, or those of another trial: an attempt deletes what is there. */
    private static void requireOwn(@Nullable Path files, TrialOrder asked) throws IOException {
        String foreign =
                files == null ? null : new TrialFolder(files).foreign(asked).orElse(null);
        if (foreign != null) {
            throw new RequestException("expected for --files a new folder, or that of an earlier attempt of this trial,"
                    + " because its content is deleted, but " + files + " has " + foreign
                    + ": nothing was changed; name another folder");
        }
    }

    /** Returns what came of the order before; null if nothing did, or it cannot be read and is replaced. */
    private @Nullable TrialOutcome delivered(Path delivery) {
        try {
            return Files.exists(delivery) ? TrialResultArchive.outcome(delivery) : null;
        } catch (IOException | RequestException e) {
            console.note(delivery + " cannot be read, and the order is carried out again: " + Reasons.of(e));
            return null;
        }
    }

    private static int exitCode(TrialOutcome outcome) {
        return outcome instanceof TrialOutcome.Done
                ? ExitCode.DONE
                : outcome instanceof TrialOutcome.Lost ? ExitCode.LOST : ExitCode.SOME_FAILED;
    }

    private TrialOutcome work(TrialOrder asked, URI address, Path delivery) throws IOException, InterruptedException {
        try {
            OrderRunner runner =
                    new OrderRunner(TrialProcess::train, Home.data(console).known());
            return runner.carryOut(asked, address, files, delivery, epoch -> {
                if (json) {
                    console.line(Json.LINE.writeValueAsString(epoch));
                    return;
                }
                console.note(String.format(
                        Locale.ROOT,
                        "%s: epoch %d of %d, validation accuracy %.2f %%",
                        asked.spec().title(),
                        epoch.epoch(),
                        asked.spec().recipe().epochs(),
                        epoch.validationAccuracy() * 100));
            });
        } catch (RequestException e) { // the order was read: no room for files, say
            throw new IOException(e.getMessage(), e);
        }
    }

    private static TrialOrder read(URI address) throws IOException {
        if ("file".equals(address.getScheme())) {
            return Json.read(Path.of(address), TrialOrder.class, "the order of a trial");
        }
        try (Scratch scratch = Scratch.in(PrivateFolder.claim().temporary())) {
            Path copy = scratch.file("order.json");
            FileSource.standard().copy(address, copy, MOST_BYTES);
            return Json.read(copy, TrialOrder.class, "the order of a trial");
        }
    }

    /** Watches the standard input, or how long ago the file was touched; null watches nothing. */
    private static void liveWith(@Nullable String livesWith, @Nullable Path file) {
        if (livesWith == null) {
            return;
        }
        if (livesWith.equals("input")) {
            watch(() -> System.in.transferTo(OutputStream.nullOutputStream()));
            return;
        }
        Duration lease = Duration.ofSeconds(ExperimentTree.seconds("--lives-with", livesWith));
        if (file == null) {
            throw new RequestException(
                    "--lives-with " + livesWith + " needs an order in a file: try --lives-with input");
        }
        watch(() -> untilUntouched(file, lease));
    }

    /** Passes on the lines of the standard input, and ends this process when the input ends. */
    private static BlockingQueue<String> inputLines() {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        watch(() -> {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        });
        return lines;
    }

    private interface Watch {

        void await() throws IOException, InterruptedException;
    }

    /** Ends this process, and the processes that it has started, when the watch is over. */
    private static void watch(Watch watch) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        watch.await();
                    } catch (IOException e) {
                        LOG.warn("What the work lives with cannot be read", e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                    System.exit(ExitCode.LOST);
                },
                "parent-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** An order whose file was deleted is withdrawn. */
    private static void untilUntouched(Path file, Duration lease) throws IOException, InterruptedException {
        while (Files.exists(file)
                && Files.getLastModifiedTime(file).toInstant().plus(lease).isAfter(Instant.now())) {
            Thread.sleep(Math.min(5_000, Math.max(100, lease.toMillis() / 10))); // a touched file notifies nobody
        }
    }
}
