package io.catwalk.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.catwalk.onnx.graph.ExportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Goes through what seeds draw and counts what comes of it. Long runs print as they go, so that one that is cut off has
 * not been in vain.
 */
final class Fuzzing {

    /** What comes of a draw that the engine runs and the exporter takes: how the answers differ, if they do. */
    @FunctionalInterface
    interface Outcome {
        Optional<String> fault() throws Exception;
    }

    /** Makes what a seed draws: runs it in the engine, exports it, and says how to compare the answers. */
    @FunctionalInterface
    interface Draws {
        Outcome of(NDManager manager, long seed) throws Exception;
    }

    /** Says that the engine itself does not run a draw. */
    static final class NotRunException extends Exception {

        private static final long serialVersionUID = 1;

        NotRunException(RuntimeException cause) {
            super(cause);
        }
    }

    /** What the engine is asked before the export. */
    @FunctionalInterface
    interface Answers<T> {
        T get();
    }

    private static final int FEW = 20;
    private static final int PROGRESS = 1000;

    private final String kind;
    private final int count;
    private final long first;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private Fuzzing(String kind, int count, long first) {
        this.kind = kind;
        this.count = count;
        this.first = first;
    }

    /** As many as a property says, or 20: enough for a plain build. */
    static Fuzzing some(String kind, String property) {
        return new Fuzzing(kind, Integer.getInteger(property, FEW), Long.getLong("catwalk.fuzz.seed", 1));
    }

    /** The seeds behind the first 20, up to a last one, for CI. */
    static Fuzzing more(String kind, int last) {
        return new Fuzzing(kind, last - FEW, FEW + 1L);
    }

    /** Asks the engine; what it throws says that the draw is none. */
    static <T> T engine(Answers<T> answers) throws NotRunException {
        try {
            return answers.get();
        } catch (EngineException
                | IllegalArgumentException
                | UnsupportedOperationException
                | IndexOutOfBoundsException e) {
            throw new NotRunException(e);
        }
    }

    /** Goes through all seeds; none may have a fault, and more than {@code share} of them must agree. */
    void run(double share, Draws draws) {
        for (long seed = first; seed < first + count; seed++) {
            String outcome = outcome(draws, seed);
            counts.merge(outcome, 1, Integer::sum);
            long done = seed - first + 1;
            if (done % PROGRESS == 0 && done < count) {
                System.out.println(done + " of " + count + " " + kind + " from seed " + first + " on: " + counts);
            }
        }
        System.out.println("fuzzed " + kind + " from seed " + first + " on: " + counts);
        assertThat(faults).as("of " + count + " " + kind).isEmpty();
        assertThat(counts.getOrDefault("agrees", 0)).isGreaterThan((int) (count * share));
    }

    private String outcome(Draws draws, long seed) {
        Optional<String> fault;
        try (NDManager manager = NDManager.newBaseManager()) {
            fault = draws.of(manager, seed).fault();
        } catch (NotRunException e) {
            return "engine refuses";
        } catch (ExportException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.contains("please report")) {
                counts.merge("  " + message.replaceAll("(?s)[:;(0-9].*", ""), 1, Integer::sum);
                return "refused";
            }
            fault = Optional.of(message);
        } catch (Exception | LinkageError | StackOverflowError e) { // nothing else may leave an export or a file
            fault = Optional.of(e.toString().lines().findFirst().orElse(""));
        }
        fault.ifPresent(text -> {
            faults.add("seed " + seed + ": " + text);
            System.out.println("fault in " + kind + ", seed " + seed + ": " + text);
        });
        return fault.isPresent() ? "fault" : "agrees";
    }

    /** Words a difference of answers that is too large, or not a number. */
    static Optional<String> fault(double difference, double tolerance, Object where) {
        return difference < tolerance ? Optional.empty() : Optional.of("answers differ by " + difference + " " + where);
    }
}
