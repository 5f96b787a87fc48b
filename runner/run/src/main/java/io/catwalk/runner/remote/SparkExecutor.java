package io.catwalk.runner.remote;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialExecutorFactory;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs trials as jobs of an Apache Spark cluster. The driver is a process of its own with Spark's libraries and none of
 * ours; it is told by a line of its input which order to carry out, and its output says what becomes of it. It is
 * started for the first trial: a run that has nothing left to train does not need it.
 */
public final class SparkExecutor implements TrialExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(SparkExecutor.class);

    /** Most jobs that are submitted at once; Spark queues them until a worker is free. */
    private static final int SLOTS = 64;

    private static final String MARK = "@catwalk ";
    private static final int START_SECONDS = 120;
    private static final int END_SECONDS = 30;

    /** Enough for Spark to copy the program to a worker and to start it there. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Once a trial runs, a word comes only after each epoch, which may take this many times as long. */
    private static final int EPOCHS_TAKE = 15;

    private final SparkApplication application;
    private final Duration patience;
    private final SparkLog log;
    private final Scratch scratch = new Scratch();
    private final RemoteExecutor remote;

    /** What is on its way, by the files of the orders. */
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CountDownLatch over = new CountDownLatch(1);

    /** How many trials were submitted and messages came. */
    private final AtomicInteger events = new AtomicInteger();

    private volatile @Nullable Process driver;
    private volatile @Nullable String ended;

    /** An order on its way; it begins once, on some machine. */
    private record Job(RemoteExecutor.Sent sent, CompletableFuture<Void> begun, CompletableFuture<Void> arrived) {}

    /** Takes every master that {@code spark-submit} accepts. */
    public static final class Factory implements TrialExecutorFactory {

        @Override
        public String scheme() {
            return "";
        }

        @Override
        public Opening checked(Request request) {
            Path home = SparkApplication.find(System.getenv("SPARK_HOME"));
            SparkApplication.requireMaster(request.on());
            String onWorkers = System.getenv("CATWALK_WORKER_HOME");
            return needs -> new SparkExecutor(
                    new SparkApplication(
                            home,
                            request.on(),
                            needs.program(),
                            onWorkers == null ? null : Path.of(onWorkers),
                            needs.log(),
                            needs.threads()),
                    request.imagesInPlace(),
                    PATIENCE);
        }
    }

    /** Opens an executor that tells the user when nothing has happened for a time; Spark is not started yet. */
    SparkExecutor(SparkApplication application, boolean imagesInPlace, Duration patience) throws IOException {
        this.application = application;
        this.patience = patience;
        log = new SparkLog(application.log());
        remote = new RemoteExecutor(SLOTS, application.threads(), imagesInPlace, this::carryOut);
    }

    @Override
    public int slots() {
        return SLOTS;
    }

    @Override
    public boolean isOver() {
        return ended != null;
    }

    /** Submits a trial, and starts Spark for the first one. */
    @Override
    public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
        try {
            if (driver == null) {
                start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller stops when it waits for an outcome
            return new Submitted(CompletableFuture.failedFuture(new CancellationException()), () -> {});
        }
        return remote.submit(order, folder, listener);
    }

    private void start() throws IOException, InterruptedException {
        Process started = application.start(scratch.file("catwalk.zip"), SLOTS);
        driver = started;
        Thread listening = new Thread(() -> listen(started), "spark");
        listening.setDaemon(true);
        listening.start();
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new RequestException(
                    "the Spark application did not start: " + log.lastWords() + "; see " + log.file(), e);
        } catch (TimeoutException e) {
            throw new RequestException(
                    "the Spark application did not start within " + START_SECONDS + " s: see " + log.file(), e);
        } finally {
            if (!ready.isDone() || ready.isCompletedExceptionally()) {
                ChildProcess.kill(started);
            }
        }
        Thread watching = new Thread(this::watch, "spark-watch");
        watching.setDaemon(true);
        watching.start();
    }

    private void carryOut(RemoteExecutor.Sent sent) throws IOException, InterruptedException {
        Job job = new Job(sent, new CompletableFuture<>(), new CompletableFuture<>());
        String id = sent.order().toString();
        jobs.put(id, job);
        events.incrementAndGet();
        try {
            String reason = ended;
            if (reason != null) { // otherwise the end will find this job
                throw new IOException(reason);
            }
            say(id + "\t" + sent.outcome() + "\t" + sent.title());
            job.arrived.get();
        } catch (ExecutionException e) {
            throw new IOException(Reasons.of(e.getCause()), e);
        } catch (InterruptedException e) {
            say(id);
            throw e;
        } finally {
            jobs.remove(id);
        }
    }

    /** Tells the driver an order and where its outcome goes, or an order alone to cancel it. */
    private synchronized void say(String line) {
        try {
            OutputStream in = Objects.requireNonNull(driver).getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            LOG.info("Spark was gone", e); // whoever listens to it knows why
        }
    }

    private void listen(Process started) {
        String reason;
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(MARK)) {
                    hear(line.substring(MARK.length()).split("\t", -1));
                }
            }
            reason = "the Spark application ended: " + log.lastWords();
        } catch (IOException | RuntimeException | Error e) { // no outcome would arrive any more
            LOG.info("The output of Spark broke off", e);
            reason = "the output of Spark could not be read: " + Reasons.of(e);
            started.destroy(); // its trials would only take the place of others
        }
        ended = reason;
        over.countDown();
        IOException lost = new IOException(reason);
        ready.completeExceptionally(lost);
        jobs.values().forEach(job -> job.arrived.completeExceptionally(lost));
    }

    private void hear(String[] words) {
        events.incrementAndGet();
        if (words.length < 3) {
            ready.complete(null);
            return;
        }
        Job job = jobs.get(words[0]);
        if (job == null) { // it was canceled
            return;
        }
        switch (words[1]) {
            case "started" -> {
                job.begun.complete(null);
                job.sent.news().accept(new TrialNews.Started(words[2]));
            }
            case "news" -> job.sent.heard(words[2]);
            case "ended" -> job.arrived.complete(null);
            case "lost" -> job.arrived.completeExceptionally(new IOException(Reasons.oneLine(words[2])));
            default -> LOG.warn("Spark says {}", words[1]);
        }
    }

    /** Says whenever nothing has happened for a long time, once each. */
    private void watch() {
        int told = 0;
        int quiet = 0;
        try {
            while (!over.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                int now = events.get();
                quiet = now == told && !jobs.isEmpty() ? quiet + 1 : 0;
                told = now;
                boolean runs = jobs.values().stream().anyMatch(job -> job.begun.isDone());
                if (quiet == (runs ? EPOCHS_TAKE : 1)) {
                    String what = runs
                            ? "no running trial has reported"
                            : "no trial has begun (is a worker free with " + application.threads()
                                    + " of its cores and the memory of an executor?)";
                    TrialNews stalled = new TrialNews.Stalled("for "
                            + patience.multipliedBy(quiet).toSeconds() + " s " + what + log.failedExecutor() + "; see "
                            + log.file());
                    jobs.values().stream()
                            .findAny()
                            .ifPresent(any -> any.sent.news().accept(stalled));
                }
            }
        } catch (InterruptedException e) { // nobody interrupts it
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.countDown();
        remote.close();
        Process started = driver;
        if (started != null) {
            end(started);
        }
        scratch.close();
    }

    private static void end(Process started) {
        boolean interrupted = Thread.interrupted();
        try {
            started.getOutputStream().close();
        } catch (IOException e) {
            LOG.info("Spark was gone", e);
        }
        try {
            if (!started.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Spark does not end, and is killed");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        ChildProcess.kill(started);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finds in the log of a Spark application why it ended, and what became of its executors. */
    record SparkLog(Path file) {

        private static final Logger LOG = LoggerFactory.getLogger(SparkLog.class);

        /** The JVM prints this before it ends for that reason. */
        private static final String OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError";

        private static final int REMEMBERED_LINES = 200;

        /** What a standalone master says when ten executors have failed and none runs. */
        private static final Pattern KILLED = Pattern.compile("Application has been killed\\. Reason: (.*)");

        private static final Pattern EXECUTOR = Pattern.compile(
                "Executor (?:added: (\\S+) on \\S+ \\((\\S+)\\)|updated: (\\S+) is now [A-Z]+ \\((.+)\\))");

        /** Returns the line that gives the reason; the lines below it only name places in the code. */
        String lastWords() {
            List<String> lines = lines();
            for (String line : lines) {
                Matcher killed = KILLED.matcher(line);
                if (killed.find()) {
                    return Reasons.oneLine(killed.group(1)) + failedExecutor(lines);
                }
            }
            return lines.stream()
                    .skip(Math.max(0, lines.size() - REMEMBERED_LINES))
                    .filter(line ->
                            line.contains("ERROR") || line.contains("Exception") || line.startsWith(OUT_OF_MEMORY))
                    .reduce((one, next) -> next)
                    .map(line -> Reasons.oneLine(line)
                            + (line.startsWith(OUT_OF_MEMORY)
                                    ? ": give the driver more memory, with spark.driver.memory in spark-defaults.conf"
                                    : ""))
                    .orElse("it ended by itself");
        }

        /** Returns what the worker of the last executor that ended says about it; empty if none has. */
        String failedExecutor() {
            return failedExecutor(lines());
        }

        private static String failedExecutor(List<String> lines) {
            Map<String, String> workers = new HashMap<>();
            String failed = "";
            for (String line : lines) {
                Matcher executor = EXECUTOR.matcher(line);
                if (executor.find()) {
                    if (executor.group(1) != null) {
                        workers.put(executor.group(1), executor.group(2));
                    } else {
                        failed = "; the last executor, on " + workers.getOrDefault(executor.group(3), "a worker") + ": "
                                + Reasons.oneLine(executor.group(4));
                    }
                }
            }
            return failed;
        }

        private List<String> lines() {
            try {
                return Files.readAllLines(file);
            } catch (IOException e) {
                LOG.info("The log of Spark cannot be read", e);
                return List.of();
            }
        }
    }
}
