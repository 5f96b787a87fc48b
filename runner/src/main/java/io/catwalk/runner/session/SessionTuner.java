package io.catwalk.runner.session;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OptimizationLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the options with which a file runs fastest. One option is changed at a time, the one with the largest effect
 * first. All its values are measured in turns with the fastest options known so far, so that other load of the machine
 * affects all of them. A value is accepted only if it was faster in each turn, and {@value #CLEARLY} times as fast in
 * the median and in its best turn: in doubt the defaults of ONNX Runtime stay. When nothing changes any more, the
 * result is measured against the standard options again, since the best of many is partly luck.
 */
public final class SessionTuner {

    private static final Logger LOG = LoggerFactory.getLogger(SessionTuner.class);

    /** Smallest speed-up for which another option is accepted. */
    private static final double CLEARLY = 1.02;

    private static final int TURNS = 5;
    private static final int LAST_TURNS = 11;
    private static final String FASTEST = "fastest";

    /** An option can hide the effect of another, so each is tried again after a change. */
    private static final int MOST_PASSES = 3;

    private final Speedometer speedometer;
    private final int mostThreads;
    private final int mostImages;
    private final Consumer<String> progress;
    private final List<TunedSession.Tried> tried = new ArrayList<>();

    /**
     * Prepares a search.
     *
     * @param speedometer measures options
     * @param mostThreads largest number of threads; at least 1
     * @param mostImages largest batch, a power of 2; 1 leaves the batch unchanged
     * @param progress receives what is measured next
     */
    public SessionTuner(Speedometer speedometer, int mostThreads, int mostImages, Consumer<String> progress) {
        this.speedometer = speedometer;
        this.mostThreads = mostThreads;
        this.mostImages = mostImages;
        this.progress = progress;
    }

    /** An option, and its values that are worth trying while the others stay unchanged. */
    private interface Knob {
        Map<String, OnnxOptions> values(OnnxOptions others);
    }

    /**
     * Runs the search.
     *
     * @param standard initial options, and the baseline
     * @return the fastest options
     * @throws OnnxFileException if the file does not even run with the standard options
     */
    public TunedSession tune(OnnxOptions standard) {
        OnnxOptions best = standard;
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            OnnxOptions before = best;
            for (Knob knob : List.<Knob>of(this::batches, this::threads, this::levels, this::spinning, this::pattern)) {
                best = better(best, knob.values(best));
            }
            if (best.equals(before)) {
                break;
            }
        }
        return confirmed(standard, best);
    }

    private Map<String, OnnxOptions> batches(OnnxOptions others) {
        return named(
                IntStream.iterate(1, batch -> batch <= mostImages && mostImages > 1, batch -> batch * 2)
                        .filter(batch -> batch == 1 || batch >= 8)
                        .mapToObj(others::withBatch),
                options -> "batches of " + options.batch());
    }

    private Map<String, OnnxOptions> threads(OnnxOptions others) {
        return named(
                IntStream.concat(
                                IntStream.iterate(1, threads -> threads < mostThreads, threads -> threads * 2),
                                IntStream.of(mostThreads))
                        .mapToObj(others::withThreads),
                options -> "threads " + options.threads());
    }

    private Map<String, OnnxOptions> levels(OnnxOptions others) {
        return named(
                Arrays.stream(OptimizationLevel.values()).map(others::withOptimization),
                options -> "optimization " + options.optimization().key());
    }

    private Map<String, OnnxOptions> spinning(OnnxOptions others) {
        return others.threads() == 1
                ? Map.of() // spinning has no effect with a single thread
                : named(
                        Stream.of(others.withSpinning(!others.spinning())),
                        options -> options.spinning() ? "spinning on" : "spinning off");
    }

    private Map<String, OnnxOptions> pattern(OnnxOptions others) {
        return named(
                Stream.of(others.withMemoryPattern(!others.memoryPattern())),
                options -> options.memoryPattern() ? "memory pattern on" : "memory pattern off");
    }

    private static Map<String, OnnxOptions> named(Stream<OnnxOptions> values, Function<OnnxOptions, String> name) {
        Map<String, OnnxOptions> named = new LinkedHashMap<>();
        values.forEach(options -> named.put(name.apply(options), options));
        return named;
    }

    /** Returns the fastest of some changes, or the original options if none is clearly faster. */
    private OnnxOptions better(OnnxOptions best, Map<String, OnnxOptions> values) {
        Map<String, OnnxOptions> changes = new LinkedHashMap<>(values);
        changes.values().removeIf(best::equals);
        if (changes.isEmpty()) {
            return best;
        }
        progress.accept(String.join(", ", changes.keySet()));
        Turns turns = inTurns(best, changes, TURNS);
        Map<String, Ratio> ratios = new LinkedHashMap<>();
        turns.others().forEach((change, speeds) -> ratios.put(change, Ratio.of(speeds, turns.known())));
        Optional<String> fastest = ratios.keySet().stream()
                .filter(change -> Objects.requireNonNull(ratios.get(change)).lowest() > 1)
                .filter(change -> isFaster(Objects.requireNonNull(turns.others().get(change)), turns.known()))
                .max(Comparator.comparingDouble(
                        change -> Objects.requireNonNull(ratios.get(change)).median()));
        ratios.forEach((change, ratio) -> tried.add(new TunedSession.Tried(
                change, ratio, fastest.filter(change::equals).isPresent())));
        return fastest.map(changes::get).orElse(best);
    }

    /**
     * Compares the median and the best turns: other load of the machine only slows, and may affect one side more often.
     */
    private static boolean isFaster(double[] speeds, double[] known) {
        return Ratio.of(speeds, known).median() >= CLEARLY && best(speeds) / best(known) >= CLEARLY;
    }

    private static double best(double[] speeds) {
        return DoubleStream.of(speeds).max().orElseThrow();
    }

    /**
     * Holds speeds that were measured in turns.
     *
     * @param known speeds of the reference options
     * @param others speeds of the changes that run
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Turns(double[] known, Map<String, double[]> others) {}

    /** Measures each once per turn, every other turn in reverse order. Options that do not run are left out. */
    private Turns inTurns(OnnxOptions known, Map<String, OnnxOptions> changes, int count) {
        double[] knownSpeeds = new double[count];
        Map<String, double[]> others = new LinkedHashMap<>();
        List<String> order = new ArrayList<>(changes.keySet());
        for (int turn = 0; turn < count; turn++) {
            if (turn % 2 == 0) {
                knownSpeeds[turn] = speedometer.imagesPerSecond(known);
            }
            for (String change : List.copyOf(order)) {
                try {
                    others.computeIfAbsent(change, key -> new double[count])[turn] =
                            speedometer.imagesPerSecond(Objects.requireNonNull(changes.get(change)));
                } catch (OnnxFileException e) {
                    LOG.warn("Not measured: {}", change, e);
                    order.remove(change);
                    others.remove(change);
                }
            }
            if (turn % 2 == 1) {
                knownSpeeds[turn] = speedometer.imagesPerSecond(known);
            }
            Collections.reverse(order);
        }
        return new Turns(knownSpeeds, others);
    }

    private TunedSession confirmed(OnnxOptions standard, OnnxOptions best) {
        if (best.equals(standard)) {
            return standard(standard, inTurns(standard, Map.of(), TURNS));
        }
        progress.accept("the fastest against the standard options");
        Turns turns = inTurns(standard, Map.of(FASTEST, best), LAST_TURNS);
        double[] speeds = turns.others().get(FASTEST);
        if (speeds == null) {
            return standard(standard, turns);
        }
        Ratio ratio = Ratio.of(speeds, turns.known());
        return isFaster(speeds, turns.known())
                ? new TunedSession(standard, best, Ratio.median(turns.known()), Ratio.median(speeds), ratio, tried)
                : standard(standard, turns);
    }

    private TunedSession standard(OnnxOptions standard, Turns turns) {
        double speed = Ratio.median(turns.known());
        return new TunedSession(standard, standard, speed, speed, new Ratio(1, 1, 1), tried);
    }
}
