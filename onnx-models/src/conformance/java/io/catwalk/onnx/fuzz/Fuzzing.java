package io.catwalk.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.catwalk.onnx.ExportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Goes through what seeds draw and counts what comes of it; long runs print as they go. */
final class Fuzzing {

    /** Runs what a seed draws in the engine, exports it, and says how to ask in what the answers differ, if they do. */
    interface Draws {
        Callable<Optional<String>> of(NDManager manager, long seed) throws Exception;
    }

    /** Says that the engine itself does not run a draw. */
    static final class NotRunException extends Exception {

        private static final long serialVersionUID = 1;

        NotRunException(RuntimeException cause) {
            super(cause);
        }
    }

    private static final long[] BATCHES = {1, 2, 3, 7, 64};
    private static final int[] OPSETS = {13, 17, 21};
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
    static <T> T engine(Supplier<T> answers) throws NotRunException {
        try {
            return answers.get();
        } catch (EngineException
                | IllegalArgumentException
                | UnsupportedOperationException
                | IndexOutOfBoundsException e) {
            throw new NotRunException(e);
        }
    }

    static int opset(Random random) {
        return OPSETS[random.nextInt(OPSETS.length)];
    }

    /** All sizes of batch, or now and then one. */
    static long[] batches(Random random) {
        return random.nextInt(6) == 0 ? new long[] {BATCHES[random.nextInt(BATCHES.length)]} : BATCHES;
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
            fault = draws.of(manager, seed).call();
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
