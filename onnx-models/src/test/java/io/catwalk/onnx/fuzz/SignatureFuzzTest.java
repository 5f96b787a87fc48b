package io.catwalk.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreements;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.ExportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exports programs of two inputs and two or three dynamic axes that seeds draw. A program is refused, or its file
 * answers alike at sizes that no trace had; nothing else may happen. Properties as for {@link ProgramFuzzTest}.
 */
@Tag("tiny")
class SignatureFuzzTest {

    /** Length of the tables that programs take the beginning of. */
    static final long LONGEST = 100;

    private static final int COUNT = Integer.getInteger("catwalk.fuzz", 60);
    private static final long FIRST = Long.getLong("catwalk.fuzz.seed", 1);
    private static final int[] OPSETS = {13, 17, 21};
    private static final int SIZES = 5;
    // Differences of long sums are worth a digit less than those of ProgramFuzzTest.
    private static final double TOLERANCE = 1e-3;

    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    @Test
    void everyProgramIsRefusedOrAnswersAlike() {
        for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
            String outcome;
            try (NDManager manager = NDManager.newBaseManager()) {
                outcome = outcome(manager, seed);
            } catch (Exception | LinkageError | StackOverflowError e) {
                outcome = "fault";
                faults.add(
                        "seed " + seed + ": " + e.toString().lines().findFirst().orElse(""));
            }
            counts.merge(outcome, 1, Integer::sum);
        }
        System.out.println("fuzzed signatures from seed " + FIRST + " on: " + counts);
        assertThat(faults).as("of " + COUNT + " programs").isEmpty();
        assertThat(counts.getOrDefault("agrees", 0)).isGreaterThan(COUNT / 3);
    }

    private String outcome(NDManager manager, long seed) throws Exception {
        FuzzedSignature program = new FuzzedSignature(seed);
        Block block = program.block();
        Random random = new Random(seed);
        Map<List<Integer>, List<NDList>> samples = new HashMap<>();
        try {
            for (int i = 0; i < SIZES; i++) {
                long[] sizes = program.sizes(random);
                NDList inputs = program.samples(manager, sizes[0], sizes[1], sizes[2]);
                block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
                samples.computeIfAbsent(program.choices(), choices -> new ArrayList<>())
                        .add(inputs);
            }
        } catch (EngineException
                | IllegalArgumentException
                | UnsupportedOperationException
                | IndexOutOfBoundsException e) {
            return "engine refuses";
        }
        byte[] model;
        try {
            int opset = OPSETS[random.nextInt(OPSETS.length)];
            model = OnnxExport.of(block, program.inputs()).withOpset(opset).bytes();
        } catch (ExportException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("please report")) {
                faults.add("seed " + seed + ": " + message);
                return "fault";
            }
            counts.merge("  " + message.replaceAll("(?s)[:;(0-9].*", ""), 1, Integer::sum);
            return "refused";
        }
        // Where arrays of two sequences happen to be equally long, a draw is another program, which no trace saw.
        List<NDList> most = Collections.max(samples.values(), Comparator.comparing(List::size));
        for (NDList inputs : most) {
            double difference = Agreements.difference(block, model, inputs);
            if (!(difference < TOLERANCE)) {
                faults.add("seed " + seed + ": answers differ by " + difference + " for "
                        + inputs.get(0).getShape() + " and " + inputs.get(1).getShape());
                return "fault";
            }
        }
        return "agrees";
    }
}
