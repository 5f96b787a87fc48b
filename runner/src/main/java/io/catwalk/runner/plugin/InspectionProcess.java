package io.catwalk.runner.plugin;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.JvmOptions;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Asks a new JVM about jars, and ends it whatever the code of the plugins does. */
final class InspectionProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InspectionProcess.class);

    /** Longest answer that is accepted from a plugin, in bytes. */
    static final int LONGEST_LINE = 1 << 23;

    /** How much of the log is kept, in bytes. */
    private static final int LONGEST_LOG = 1 << 14;

    /** The environment variables that a plugin may see; all others are removed. */
    private static final Set<String> ENVIRONMENT = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        Collections.addAll(
                ENVIRONMENT,
                "PATH",
                "HOME",
                "LANG",
                "LC_ALL",
                "LC_CTYPE",
                "LD_LIBRARY_PATH",
                "TMPDIR",
                "TMP",
                "TEMP",
                "TZ",
                "SYSTEMROOT",
                "JAVA_TOOL_OPTIONS",
                "JDK_JAVA_OPTIONS");
    }

    /** A busy machine may take long to start a JVM, which is not the fault of a plugin. */
    private static final Duration TO_START = Duration.ofSeconds(30);

    /** Message of a JVM in its log when it crashes; the exit code does not show a crash. */
    private static final String CRASH = "A fatal error has been detected by the Java Runtime Environment";

    /** Lines that a JVM that does not start prints before the reason. */
    private static final Pattern NOT_THE_REASON =
            Pattern.compile("Picked up (JAVA_TOOL|JDK_JAVA)_OPTIONS|^Error occurred during initialization of");

    private static final int LAST_WORDS_MILLIS = 2_000;

    private static final InspectionEvent END = new InspectionEvent(-1, null, null, null);

    private final Process process;
    private final Duration patience;
    private final BlockingQueue<InspectionEvent> events = new ArrayBlockingQueue<>(64);
    private final StringBuilder log = new StringBuilder();
    private final Thread logReader;
    private volatile boolean crashed;

    private InspectionProcess(Process process, Duration patience) {
        this.process = process;
        this.patience = patience;
        logReader = start("plugin-log", this::readLog);
        start("plugin-events", this::readEvents);
    }

    /**
     * Asks about jars, all in one process.
     *
     * @param patience the longest time that a step of a plugin may take
     * @return an answer to each question, in order
     * @throws RequestException if no process can be started
     * @throws InterruptedException if the calling thread is interrupted
     */
    static List<InspectionAnswer> ask(List<InspectionQuestion> questions, Duration patience)
            throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().keySet().retainAll(ENVIRONMENT);
        try (InspectionProcess asked = new InspectionProcess(builder.start(), patience)) {
            return asked.answers(questions);
        } catch (IOException e) {
            throw new RequestException("cannot start a process to inspect the plugins: " + Reasons.of(e), e);
        }
    }

    private List<InspectionAnswer> answers(List<InspectionQuestion> questions) throws InterruptedException {
        try {
            OutputStream orders = process.getOutputStream();
            orders.write((Json.LINE.writeValueAsString(questions) + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
        } catch (IOException e) {
            LOG.info("The process that looks at the plugins takes no questions", e); // the reason is reported later
        }
        List<InspectionAnswer> answers = new ArrayList<>();
        String step = null;
        Duration wait = TO_START.plus(patience);
        while (answers.size() < questions.size()) {
            InspectionEvent event = events.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
            if (event == null || event.equals(END)) {
                String what = event == null ? "gave no answer within " + seconds(wait) : ending();
                LOG.info("A plugin {} in {}; the log of its process: {}", what, step, log());
                answers.add(new InspectionAnswer.None(what + where(step) + advice(step)));
                break;
            }
            if (event.question() != answers.size()) {
                continue; // an answer to another question
            }
            step = event.step();
            wait = patience;
            if (event.seen() != null) {
                answers.add(new InspectionAnswer.Seen(event.seen()));
            } else if (event.failure() != null) {
                answers.add(new InspectionAnswer.Refused(Reasons.oneLine(event.failure())));
            }
        }
        while (answers.size() < questions.size()) {
            answers.add(new InspectionAnswer.None("was not inspected"));
        }
        return answers;
    }

    /** Returns how the process ended, after its output has ended. */
    private String ending() throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return "closed the output of its process";
        }
        logReader.join(LAST_WORDS_MILLIS);
        if (crashed) {
            return "crashed its process in native code";
        }
        return switch (process.exitValue()) {
            case 128 + 9 -> "was killed from outside, perhaps for want of memory,";
            default -> "ended its process with exit code " + process.exitValue();
        };
    }

    private static String where(@Nullable String step) {
        return step == null ? " before it began" : " in " + step;
    }

    private String advice(@Nullable String step) {
        return step == null
                ? log().lines()
                        .filter(line ->
                                !line.isBlank() && !NOT_THE_REASON.matcher(line).find())
                        .findFirst()
                        .map(line -> " (" + Reasons.oneLine(line) + ")")
                        .orElse("")
                : ": a plugin only describes networks, so take another release of it, or remove the jar";
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() / 1000.0 + " s";
    }

    private void readEvents() {
        try (InputStream in = new BufferedInputStream(process.getInputStream())) {
            for (String line = line(in); line != null; line = line(in)) {
                if (!line.isBlank()) {
                    put(line);
                }
            }
        } catch (IOException e) {
            LOG.debug("The output of the inspection broke off", e);
        } catch (InterruptedException e) {
            return;
        }
        events.offer(END);
    }

    private void put(String line) throws InterruptedException {
        InspectionEvent event;
        try {
            event = Json.LINE.readValue(line, InspectionEvent.class);
        } catch (JacksonException e) {
            LOG.debug("Not a line of the inspection", e);
            return;
        }
        events.put(event);
    }

    /** Reads a line; null at the end of the output, or if the line is too long. */
    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == LONGEST_LINE) {
                return null;
            }
            line.write(read);
        }
        return null;
    }

    private synchronized void append(String text) {
        if (log.length() < LONGEST_LOG) {
            log.append(text);
        }
    }

    private synchronized String log() {
        return log.toString();
    }

    private void readLog() {
        byte[] buffer = new byte[1 << 12];
        String before = "";
        try (InputStream in = process.getErrorStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                String text = new String(buffer, 0, read, StandardCharsets.UTF_8);
                append(text);
                String both = before + text;
                if (both.contains(CRASH)) {
                    crashed = true;
                }
                before = both.substring(Math.max(0, both.length() - CRASH.length()));
            }
        } catch (IOException e) {
            LOG.debug("The log of the inspection broke off", e);
        }
    }

    /** Also ends the processes that plugins have started, while their parent still runs. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true); // a process that a plugin started may hold the pipe open for ever
        thread.start();
        return thread;
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.shared());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // Both, since an initial heap that the environment asks for may be larger than this one.
                "-Xms8m",
                "-Xmx256m",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                // A crash of the JVM is reported in the log and leaves no file.
                "-XX:+DisplayVMOutputToStderr",
                "-XX:+ErrorFileToStderr",
                "-XX:-CreateCoredumpOnCrash",
                // The log messages of the libraries are not needed.
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-cp",
                System.getProperty("java.class.path"),
                InspectionMain.class.getName()));
        return command;
    }
}
