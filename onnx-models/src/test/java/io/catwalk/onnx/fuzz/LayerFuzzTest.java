package io.catwalk.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreements;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.ExportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exports networks of DJL's own layers that seeds draw, and holds ONNX Runtime against PyTorch. A network is refused,
 * or its file answers alike at every batch size. {@code -Dcatwalk.fuzz.layers=COUNT} runs more of them, from
 * {@code -Dcatwalk.fuzz.seed=FIRST} on.
 */
@Tag("tiny")
class LayerFuzzTest {

    private static final int COUNT = Integer.getInteger("catwalk.fuzz.layers", 60);
    private static final long FIRST = Long.getLong("catwalk.fuzz.seed", 1);
    private static final long[] BATCHES = {1, 2, 3, 7, 64};
    private static final int[] OPSETS = {13, 17, 21};
    private static final double TOLERANCE = 1e-4;

    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    @Test
    void everyNetworkIsRefusedOrAnswersAlike() {
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
        System.out.println("fuzzed networks from seed " + FIRST + " on: " + counts);
        assertThat(faults).as("of " + COUNT + " networks").isEmpty();
        assertThat(counts.getOrDefault("agrees", 0)).isGreaterThan(COUNT * 3 / 4);
    }

    private String outcome(NDManager manager, long seed) throws Exception {
        FuzzedNetwork network = new FuzzedNetwork(manager, seed);
        Block block = network.block();
        Agreements.randomize(block, seed);
        Random random = new Random(seed);
        int opset = OPSETS[random.nextInt(OPSETS.length)];
        long[] batches = random.nextInt(6) == 0 ? new long[] {BATCHES[random.nextInt(BATCHES.length)]} : BATCHES;
        try {
            for (long batch : batches) {
                Shape shape = new Shape(batch).addAll(network.sample());
                block.forward(new ParameterStore(manager, false), new NDList(manager.ones(shape)), false);
            }
        } catch (EngineException | IllegalArgumentException | UnsupportedOperationException e) {
            return "engine refuses";
        }
        OnnxExport export = OnnxExport.of(block, network.sample()).withOpset(opset);
        byte[] model;
        try {
            model = (batches.length == 1 ? export.withFixedBatch(batches[0]) : export).bytes();
        } catch (ExportException e) {
            String message = String.valueOf(e.getMessage());
            counts.merge("  " + message.replaceAll("(?s)[:;(0-9].*", ""), 1, Integer::sum);
            return "refused";
        }
        double difference = Agreements.scaledDifference(block, network.sample(), model, batches);
        if (!(difference < TOLERANCE)) {
            faults.add("seed " + seed + ": answers differ by " + difference + " in opset " + opset + ": " + network);
            return "fault";
        }
        return "agrees";
    }
}
