package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.OutcomeCheck;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import io.catwalk.runner.trial.TroubleException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs trials as jobs of an Apache Spark cluster. The driver is a process of its own with Spark's libraries and none of
 * ours; it communicates by its standard input and output. On the workers the program {@code catwalk work} runs the
 * trial.
 */
final class SparkExecutor implements TrialExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(SparkExecutor.class);

    /** Most jobs that are submitted at once; Spark queues them until a worker is free. */
    private static final int SLOTS = 64;

    private static final String MARK = "@catwalk ";
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    /** If memory runs out, a thread of Spark ends, and the driver would wait for an outcome for ever. */
    private static final String END_OUT_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr";

    /** The JVM prints this before it ends for that reason. */
    private static final String OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError";

    private static final String ARCHIVE = "catwalk";
    private static final int START_SECONDS = 120;
    private static final int END_SECONDS = 30;
    private static final int REMEMBERED_LINES = 200;

    /** Enough for Spark to copy the program to a worker and to start it there. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Once a trial runs, a word comes only after each epoch, which may take this many times as long. */
    private static final int EPOCHS_TAKE = 15;

    /** What a standalone master says when ten executors have failed and none runs. */
    private static final Pattern KILLED = Pattern.compile("Application has been killed\\. Reason: (.*)");

    private static final Pattern EXECUTOR_ADDED = Pattern.compile("Executor added: (\\S+) on \\S+ \\((\\S+)\\)");
    private static final Pattern EXECUTOR_ENDED = Pattern.compile("Executor updated: (\\S+) is now [A-Z]+ \\((.+)\\)");

    private final Process driver;
    private final Path log;
    private final Scratch scratch;
    private final OrderFolder orders;
    private final Packing packing;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();

    /** Jobs whose outcome came back and is checked, or waits for that: the end of Spark does not lose them. */
    private final Set<String> arrived = ConcurrentHashMap.newKeySet();

    private final OutcomeCheck check = new TrialProcess();
    private final ExecutorService checks;
    private final AtomicInteger numbers = new AtomicInteger();

    /** Ids of the jobs that workers have begun. */
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    private final CountDownLatch over = new CountDownLatch(1);

    /** How many trials were submitted and messages came. */
    private final AtomicInteger events = new AtomicInteger();

    private volatile @Nullable String ended;

    /** A running trial. */
    private record Job(
            int number,
            TrialOrder order,
            TrialFolder trial,
            Consumer<TrialNews> listener,
            CompletableFuture<TrialOutcome> outcome) {}

    /**
     * Paths and addresses.
     *
     * @param home installation of Spark on this machine
     * @param master address as for {@code spark-submit}, such as {@code spark://host:7077}
     * @param program installation of Catwalk on this machine, with {@code bin}, {@code lib}, {@code data} and
     *     {@code spark}
     * @param onWorkers installation of Catwalk on each worker; null makes Spark copy it there
     * @param log receives the log of Spark
     */
    record Settings(
            SparkHome home,
            String master,
            Path program,
            @Nullable Path onWorkers,
            Path log) {}

    /**
     * Returns an executor that starts a Spark application when the first trial is submitted. If it does not start,
     * submitting throws a {@link RequestException}; if files cannot be written, a {@link java.io.UncheckedIOException}.
     *
     * @param settings paths and addresses
     * @param threads of each trial; each trial requests as many cores
     * @param imagesInPlace whether the images stay where they are
     * @return an executor that is not open yet
     */
    static TrialExecutor whenNeeded(Settings settings, int threads, boolean imagesInPlace) {
        return new DeferredExecutor(SLOTS, () -> new SparkExecutor(settings, threads, imagesInPlace));
    }

    /**
     * Starts a Spark application.
     *
     * @param settings paths and addresses
     * @param threads of each trial; each trial requests as many cores
     * @param imagesInPlace whether the images stay where they are
     * @throws RequestException if it does not start
     * @throws IOException if files cannot be written
     * @throws InterruptedException if the calling thread is interrupted
     */
    SparkExecutor(Settings settings, int threads, boolean imagesInPlace) throws IOException, InterruptedException {
        this(settings, threads, imagesInPlace, PATIENCE);
    }

    /** Starts a Spark application; the user is told when nothing has happened for a time. */
    SparkExecutor(Settings settings, int threads, boolean imagesInPlace, Duration patience)
            throws IOException, InterruptedException {
        log = settings.log;
        checks = Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() / threads));
        scratch = new Scratch();
        Process started = null;
        try {
            orders = OrderFolder.create(scratch.file("orders"));
            packing = new Packing(orders.supplies(), imagesInPlace);
            ProcessBuilder builder = new ProcessBuilder(command(settings, threads)).redirectError(log.toFile());
            if (settings.master.startsWith("local")) { // its executors are here, and nobody else needs its ports
                builder.environment().putIfAbsent("SPARK_LOCAL_IP", "127.0.0.1");
            }
            started = builder.start();
            driver = started;
            start("spark", this::listen);
            awaitReady();
            start("spark-watch", () -> watch(patience, threads));
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (started != null) {
                started.descendants().forEach(ProcessHandle::destroyForcibly);
                started.destroyForcibly();
            }
            scratch.close();
            throw e;
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private List<String> command(Settings settings, int threads) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                settings.home.submit().toString(),
                "--master",
                settings.master,
                "--name",
                "catwalk",
                "--class",
                "io.catwalk.spark.Gateway"));
        Map<String, String> conf = Map.of(
                "spark.plugins", "io.catwalk.spark.Channel",
                "spark.task.cpus", Integer.toString(threads),
                // This program decides whether and how often a trial is tried again, not Spark.
                "spark.task.maxFailures", "1",
                "spark.speculation", "false",
                // They only pass on messages: with the first compiler they start in less than half of the CPU time.
                "spark.driver.defaultJavaOptions", FIRST_COMPILER + " " + END_OUT_OF_MEMORY,
                "spark.executor.defaultJavaOptions", FIRST_COMPILER,
                "spark.log.level", "WARN");
        conf.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        if (settings.onWorkers == null) {
            command.addAll(List.of("--archives", archive(settings.program) + "#" + ARCHIVE));
        }
        command.add(gateway(settings.program).toString());
        command.add(settings.onWorkers == null ? ARCHIVE : settings.onWorkers.toString());
        command.add(Integer.toString(SLOTS));
        return command;
    }

    /**
     * Packs the parts of the program that a worker needs: neither documents nor plugins, which come with the orders.
     */
    private Path archive(Path program) throws IOException {
        Path file = scratch.file("catwalk.zip");
        new Archive()
                .addAll("bin", program.resolve("bin"))
                .addAll("lib", program.resolve("lib"))
                .addAll("data", program.resolve("data"))
                .leaveOut("lib/catwalk.jsa") // of no use in another folder
                .write(file);
        return file;
    }

    private static Path gateway(Path program) throws IOException {
        Path folder = program.resolve("spark");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    if (file.toString().endsWith(".jar")) {
                        return file;
                    }
                }
            }
        }
        throw new RequestException("expected the part of Catwalk that runs in Spark in " + folder
                + ", found no jar there: install Catwalk again");
    }

    private void awaitReady() throws InterruptedException {
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new RequestException("the Spark application did not start: " + lastWords() + "; see " + log, e);
        } catch (TimeoutException e) {
            throw new RequestException(
                    "the Spark application did not start within " + START_SECONDS + " s: see " + log, e);
        }
    }

    /** Says whenever nothing has happened for a long time, once each. */
    private void watch(Duration patience, int threads) {
        int told = 0;
        int quiet = 0;
        try {
            while (!over.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                int now = events.get();
                quiet = now == told && !jobs.isEmpty() ? quiet + 1 : 0;
                told = now;
                if (quiet == (running() ? EPOCHS_TAKE : 1)) {
                    String reason = stalled(patience.multipliedBy(quiet), threads);
                    jobs.values().stream()
                            .findAny()
                            .ifPresent(any -> any.listener.accept(new TrialNews.Stalled(reason)));
                }
            }
        } catch (InterruptedException e) { // nobody interrupts it
            Thread.currentThread().interrupt();
        }
    }

    private boolean running() {
        return jobs.keySet().stream().anyMatch(begun::contains);
    }

    private String stalled(Duration quiet, int threads) {
        String what = running()
                ? "none of the running trials has said a word"
                : "no trial has begun (is a worker free with " + threads
                        + " of its cores and the memory of an executor?)";
        return "for " + quiet.toSeconds() + " s " + what + failedExecutor(logged()) + "; see " + log;
    }

    /** Returns the line of the log that gives the reason; the lines below it only name places in the code. */
    private String lastWords() {
        List<String> lines = logged();
        for (String line : lines) {
            Matcher killed = KILLED.matcher(line);
            if (killed.find()) {
                return Reasons.oneLine(killed.group(1)) + failedExecutor(lines);
            }
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - REMEMBERED_LINES), lines.size());
        return last.stream()
                .filter(line -> line.contains("ERROR") || line.contains("Exception") || line.startsWith(OUT_OF_MEMORY))
                .reduce((one, next) -> next)
                .map(line -> Reasons.oneLine(line) + advice(line))
                .orElse("it ended by itself");
    }

    private List<String> logged() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            LOG.info("The log of Spark cannot be read", e);
            return List.of();
        }
    }

    /** Returns what the worker of the last executor that ended says about it; empty if none has. */
    private static String failedExecutor(List<String> lines) {
        Map<String, String> workers = new HashMap<>();
        String failed = "";
        for (String line : lines) {
            Matcher added = EXECUTOR_ADDED.matcher(line);
            Matcher ended = EXECUTOR_ENDED.matcher(line);
            if (added.find()) {
                workers.put(added.group(1), added.group(2));
            } else if (ended.find()) {
                failed = "; the last executor, on " + workers.getOrDefault(ended.group(1), "a worker") + ": "
                        + Reasons.oneLine(ended.group(2));
            }
        }
        return failed;
    }

    private static String advice(String lastLine) {
        return lastLine.startsWith(OUT_OF_MEMORY)
                ? ": give the driver more memory, with spark.driver.memory in spark-defaults.conf"
                : "";
    }

    private void listen() {
        String broken = null;
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(MARK)) {
                    hear(line.substring(MARK.length()).split(" ", -1));
                }
            }
        } catch (IOException | RuntimeException | Error e) { // no outcome would arrive any more: all trials end below
            LOG.info("The output of Spark broke off", e);
            broken = Reasons.of(e);
            driver.destroy(); // its trials would only take the place of others
        }
        String reason = broken == null
                ? "the Spark application ended: " + lastWords()
                : "the output of Spark could not be read: " + broken;
        ended = reason;
        over.countDown();
        ready.completeExceptionally(new IOException(reason));
        jobs.keySet().stream()
                .filter(id -> !arrived.contains(id))
                .forEach(id -> settle(id, job -> new TrialOutcome.Lost(job.order.spec(), reason)));
    }

    private void hear(String[] words) {
        events.incrementAndGet();
        if (words[0].equals("ready")) {
            ready.complete(null);
            return;
        }
        Job job = jobs.get(words[1]);
        if (job == null) {
            return; // it was canceled
        }
        switch (words[0]) {
            case "started" -> {
                begun.add(words[1]);
                job.listener.accept(new TrialNews.Started(text(words[2])));
            }
            case "news" -> epoch(text(words[2])).ifPresent(epoch -> job.listener.accept(new TrialNews.Trained(epoch)));
            case "ended" -> {
                arrived.add(words[1]);
                checks.execute(() -> settle(words[1], this::received)); // meanwhile others are heard
            }
            case "lost" ->
                settle(words[1], lost -> new TrialOutcome.Lost(lost.order.spec(), Reasons.oneLine(text(words[2]))));
            default -> LOG.warn("Spark says {}", words[0]);
        }
    }

    private TrialOutcome received(Job job) throws InterruptedException {
        Path delivery = OrderFolder.delivery(orders.order(job.number), job.order.attempt());
        try {
            TrialOutcome outcome = Delivery.read(delivery, job.order, job.trial, check);
            job.trial.writeOrder(job.order);
            Files.delete(delivery);
            Files.delete(orders.order(job.number));
            return outcome;
        } catch (IOException e) {
            return new TrialOutcome.Lost(job.order.spec(), "the returned files cannot be saved: " + Reasons.of(e));
        }
    }

    private interface Settling {

        TrialOutcome of(Job job) throws InterruptedException;
    }

    /** Completes the outcome of a job once; later results are ignored. */
    private void settle(String id, Settling outcome) {
        Job job = jobs.remove(id);
        if (job == null) {
            return;
        }
        TrialOutcome settled;
        try {
            settled = outcome.of(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            job.outcome.cancel(false);
            return;
        } catch (RuntimeException | Error e) { // whatever came back of one trial, the others go on
            LOG.error("What came back of {} cannot be kept", id, e);
            settled = new TrialOutcome.Lost(
                    job.order.spec(), "the returned files cannot be saved: " + OrderFolderExecutor.reason(e));
        }
        job.outcome.complete(settled);
    }

    private static Optional<Epoch> epoch(String line) {
        try {
            return Optional.of(Json.LINE.readValue(line, Epoch.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    @Override
    public int slots() {
        return SLOTS;
    }

    @Override
    public boolean isOver() {
        return ended != null;
    }

    @Override
    public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
        events.incrementAndGet();
        int number = numbers.getAndIncrement();
        String id = "trial-" + number;
        CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
        jobs.put(id, new Job(number, order, folder, listener, outcome));
        String over = ended;
        if (over != null) {
            settle(id, job -> new TrialOutcome.Lost(order.spec(), over));
            return new Submitted(outcome, () -> {});
        }
        try {
            Path file = orders.order(number);
            AtomicFiles.write(file, Json.JSON.writeValueAsString(packing.packed(order)));
            say("submit " + id + " " + base64(file.toString()) + " "
                    + base64(OrderFolder.delivery(file, order.attempt()).toString()) + " "
                    + base64(order.spec().title() + (order.attempt() == 1 ? "" : ", attempt " + order.attempt())));
        } catch (IOException | RequestException | TroubleException e) {
            String reason = ended == null ? "it could not be handed to Spark: " + OrderFolderExecutor.reason(e) : ended;
            settle(id, job -> new TrialOutcome.Lost(order.spec(), String.valueOf(reason)));
        }
        return new Submitted(outcome, () -> cancel(id));
    }

    private void cancel(String id) {
        jobs.remove(id);
        try {
            say("cancel " + id);
        } catch (IOException e) {
            LOG.info("{} ended before it was canceled", id, e);
        }
    }

    private synchronized void say(String line) throws IOException {
        OutputStream in = driver.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        over.countDown();
        jobs.values().forEach(job -> job.outcome.cancel(false));
        jobs.clear();
        checks.shutdownNow(); // a check that runs stops its process
        boolean interrupted = Thread.interrupted();
        try {
            driver.getOutputStream().close();
        } catch (IOException e) {
            LOG.info("Spark was gone", e);
        }
        try {
            if (!driver.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Spark does not end, and is killed");
            }
            if (!checks.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("A check does not end");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        driver.destroyForcibly();
        scratch.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
