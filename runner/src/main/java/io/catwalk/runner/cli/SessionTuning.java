package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.SessionFile;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.session.FileSpeedometer;
import io.catwalk.runner.session.SessionGoal;
import io.catwalk.runner.session.SessionTuner;
import io.catwalk.runner.session.TunedSession;
import io.catwalk.runner.trial.BenchImage;
import io.catwalk.runner.trial.BusyWatch;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option of {@code bench}: finds the fastest options of ONNX Runtime for a file and writes them beside it. */
final class SessionTuning {

    private static final Duration TURN = Duration.ofMillis(100);
    private static final int TURNS_OF_SECONDS = 10;

    @Option(
            names = "--tune",
            description = "Try threads, batches, optimization levels, spinning and memory pattern in turns, and write "
                    + "the fastest options into NAME.session.properties beside the file, where predict and "
                    + "OnnxOptions.tuned take them. --threads is then the upper limit, --seconds the time for ten "
                    + "turns of each.")
    private boolean tune;

    @Option(
            names = "--for",
            paramLabel = "latency|throughput",
            description = "What --tune optimizes: one image at a time, or many. Default: latency")
    private @Nullable String goal;

    /** Returns whether tuning is requested. */
    boolean asked() {
        if (!tune && goal != null) {
            throw new RequestException("expected --for with --tune only: add --tune, or leave --for out");
        }
        return tune;
    }

    /** Refuses subjects that have no options to tune. */
    void requireFile(Path subject) {
        goal();
        if (Files.isDirectory(subject)) {
            throw new RequestException("expected an ONNX file with --tune, found the folder " + subject
                    + ": name the file in it, such as model.onnx in the folder of a trial");
        }
        Path folder = Objects.requireNonNull(subject.toAbsolutePath().getParent());
        if (Files.exists(subject) && !Files.isWritable(folder)) {
            throw new RequestException("cannot write " + SessionFile.beside(subject) + ": " + folder
                    + " is not writable: copy the file to a folder that is");
        }
    }

    private SessionGoal goal() {
        if (goal == null) {
            return SessionGoal.LATENCY;
        }
        List<String> keys = List.of(SessionGoal.LATENCY.key(), SessionGoal.THROUGHPUT.key());
        return SessionGoal.valueOf(
                Typed.oneOf("--for", goal, keys.toArray()).toString().toUpperCase(Locale.ROOT));
    }

    /**
     * Tunes a file, writes the fastest options, and prints them.
     *
     * @param file an ONNX file that opens
     * @param hints what the file does not say about itself
     * @param image the input for the measurement
     * @param threads largest number; null for one for each processor
     * @param seconds for ten turns of each; null for the default
     * @return the exit code
     */
    int run(
            Path file,
            OnnxHints hints,
            BenchImage image,
            @Nullable Integer threads,
            @Nullable Double seconds,
            boolean json,
            Console console)
            throws IOException {
        Duration turn = seconds == null ? TURN : Duration.ofNanos(Math.round(seconds * 1e9 / TURNS_OF_SECONDS));
        FileSpeedometer speedometer =
                FileSpeedometer.of(file, hints, image.normalized(), goal(), turn, System::nanoTime);
        SessionTuner tuner = new SessionTuner(
                options -> {
                    ForeignFile.sign(console);
                    return speedometer.imagesPerSecond(options);
                },
                Objects.requireNonNullElse(threads, Runtime.getRuntime().availableProcessors()),
                speedometer.mostTogether(),
                trying -> console.note("measuring " + trying));
        BusyWatch watch = BusyWatch.start(System::nanoTime, 0);
        TunedSession tuned = tuner.tune(standard(threads, speedometer));
        String busy = watch.verdict();
        Path beside = SessionFile.beside(file);
        try {
            SessionFile.write(beside, tuned.options(), found(file, tuned, speedometer.images(), busy));
        } catch (IOException e) {
            throw new RequestException("cannot write " + beside + ": " + Reasons.of(e), e);
        }
        if (json) {
            console.json(asMap(file, tuned, speedometer.images(), busy));
        } else {
            print(file, tuned, busy, console);
        }
        return ExitCode.DONE;
    }

    /** Runs a whole call as one batch; a caller may pass larger calls than those that are measured. */
    private static OnnxOptions standard(@Nullable Integer threads, FileSpeedometer speedometer) {
        OnnxOptions standard = OnnxOptions.standard();
        if (threads != null) {
            standard = standard.withThreads(threads);
        }
        return speedometer.mostTogether() == 1 ? standard : standard.withBatch(speedometer.mostTogether());
    }

    private Map<String, String> found(Path file, TunedSession tuned, int images, @Nullable String busy)
            throws IOException {
        Map<String, String> found = new TreeMap<>();
        found.put("by", "catwalk " + Software.current().catwalk() + " bench --tune --for " + goal().key());
        found.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        found.put("images_in_a_call", Integer.toString(images));
        found.put("images_per_second", number(tuned.speed()));
        found.put("images_per_second.standard", number(tuned.standardSpeed()));
        found.put("machine", Machine.current().title());
        found.put("model.sha256", Sha256.of(file));
        found.put("onnxruntime", Software.current().onnxruntime());
        found.put("standard", tuned.standard().toString());
        found.put("times_standard", tuned.ratio().words());
        if (busy != null) {
            found.put("busy", busy);
        }
        return found;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private void print(Path file, TunedSession tuned, @Nullable String busy, Console console) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("changed to", "as fast as before", ""));
        tuned.tried()
                .forEach(each -> table.add(List.of(each.change(), each.ratio().words(), each.taken() ? "taken" : "")));
        console.table(table);
        console.line("");
        console.item("", "Each against the fastest options known by then, in turns: median (lowest to highest).");
        console.item(
                file.getFileName() + ": ",
                tuned.faster()
                        ? goal().words(tuned.speed()) + ", " + tuned.ratio().words()
                                + " as fast as the standard options (" + goal().words(tuned.standardSpeed()) + ")"
                        : goal().words(tuned.speed()) + " with the standard options, and no others are clearly faster");
        console.item("  ", tuned.options().toString());
        console.item("  ", "written to " + SessionFile.beside(file));
        if (busy != null) {
            console.note("the machine was busy (" + busy + "): tune again when it is quiet");
        }
    }

    private Map<String, @Nullable Object> asMap(Path file, TunedSession tuned, int images, @Nullable String busy) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("model", String.valueOf(file.getFileName()));
        answer.put("session", SessionFile.beside(file).toString());
        answer.put("goal", goal().key());
        answer.put("images_in_a_call", images);
        answer.put("images_per_second", tuned.speed());
        answer.put("images_per_second_standard", tuned.standardSpeed());
        answer.put("times_standard", tuned.ratio());
        answer.put("options", asMap(tuned.options()));
        answer.put("standard", asMap(tuned.standard()));
        answer.put("tried", tuned.tried());
        answer.put("busy", busy);
        return answer;
    }

    private static Map<String, Object> asMap(OnnxOptions options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("threads", options.threads());
        map.put("batch", options.batch());
        map.put("optimization", options.optimization().key());
        map.put("spinning", options.spinning());
        map.put("memory_pattern", options.memoryPattern());
        return map;
    }
}
