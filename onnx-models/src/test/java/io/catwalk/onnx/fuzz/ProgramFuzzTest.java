package io.catwalk.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreements;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.ExportException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exports programs that seeds draw and holds ONNX Runtime against PyTorch. A program is refused, or its file
 * answers alike at every batch size; nothing else may happen. {@code -Dcatwalk.fuzz=COUNT} runs more of them, from
 * {@code -Dcatwalk.fuzz.seed=FIRST} on; {@code -Dcatwalk.fuzz.keep=FOLDER} keeps those that agree for other readers.
 */
@Tag("tiny")
class ProgramFuzzTest {

    private static final int COUNT = Integer.getInteger("catwalk.fuzz", 150);
    private static final long FIRST = Long.getLong("catwalk.fuzz.seed", 1);
    private static final long[] BATCHES = {1, 2, 3, 7, 64};
    private static final long KEPT_BATCH = 3;
    private static final int[] OPSETS = {13, 17, 21};
    private static final double TOLERANCE = 1e-4;
    private static final Optional<KeptPrograms> KEPT = Optional.ofNullable(System.getProperty("catwalk.fuzz.keep"))
            .map(folder -> new KeptPrograms(Path.of(folder)));

    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    @Test
    void everyProgramIsRefusedOrAnswersAlike() {
        for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
            String outcome;
            try {
                outcome = outcome(seed);
            } catch (Exception | LinkageError | StackOverflowError e) {
                outcome = "fault";
                faults.add(
                        "seed " + seed + ": " + e.toString().lines().findFirst().orElse(""));
            }
            counts.merge(outcome, 1, Integer::sum);
        }
        System.out.println("fuzzed programs from seed " + FIRST + " on: " + counts);
        assertThat(faults).as("of " + COUNT + " programs").isEmpty();
        assertThat(counts.getOrDefault("agrees", 0)).isGreaterThan(COUNT / 2);
    }

    private String outcome(long seed) throws Exception {
        FuzzedProgram program = new FuzzedProgram(seed);
        Block block = program.block();
        boolean stable = program.trap() != FuzzedProgram.Trap.CALLS;
        float[] before;
        try {
            before = answer(block, program.sample(), 3);
            answer(block, program.sample(), 64);
        } catch (EngineException
                | IllegalArgumentException
                | UnsupportedOperationException
                | IndexOutOfBoundsException e) {
            return "engine refuses";
        }
        Random random = new Random(seed);
        int opset = OPSETS[random.nextInt(OPSETS.length)];
        long[] batches = random.nextInt(6) == 0 ? new long[] {BATCHES[random.nextInt(BATCHES.length)]} : BATCHES;
        OnnxExport export = OnnxExport.of(block, program.sample()).withOpset(opset);
        byte[] model;
        try {
            model = (batches.length == 1 ? export.withFixedBatch(batches[0]) : export).bytes();
        } catch (ExportException e) {
            counts.merge("  " + kind(e), 1, Integer::sum);
            return "refused";
        }
        double difference = Agreements.difference(block, program.sample(), model, batches);
        if (!(difference < TOLERANCE)) {
            faults.add("seed " + seed + ": answers differ by " + difference + " in opset " + opset);
            return "fault";
        }
        if (stable && !Arrays.equals(before, answer(block, program.sample(), 3))) {
            faults.add("seed " + seed + ": the block answers otherwise after its export");
            return "fault";
        }
        if (KEPT.isPresent()) {
            keep(KEPT.get(), seed, program, block, model, batches.length == 1 ? batches[0] : KEPT_BATCH);
        }
        return "agrees";
    }

    private static void keep(KeptPrograms kept, long seed, FuzzedProgram program, Block block, byte[] model, long batch)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList inputs = new NDList(input(manager, program.sample(), batch));
            kept.keep(seed, model, inputs, forward(block, manager, inputs));
        }
    }

    private static String kind(ExportException e) {
        String message = String.valueOf(e.getMessage());
        return message.replaceAll("(?s)[:;(0-9].*", "");
    }

    private static float[] answer(Block block, Shape sample, long batch) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray output = forward(block, manager, new NDList(input(manager, sample, batch)))
                    .get(0);
            return output.toType(ai.djl.ndarray.types.DataType.FLOAT32, false).toFloatArray();
        }
    }

    private static NDArray input(NDManager manager, Shape sample, long batch) {
        return manager.create(
                Agreements.eighths((int) (batch * sample.size()), batch), new Shape(batch).addAll(sample));
    }

    private static NDList forward(Block block, NDManager manager, NDList inputs) {
        return block.forward(new ParameterStore(manager, false), inputs, false);
    }
}
