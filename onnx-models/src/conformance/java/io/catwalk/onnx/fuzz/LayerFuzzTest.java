package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.OnnxExport;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exports networks of DJL's own layers that seeds draw, and holds ONNX Runtime against PyTorch. A network is refused,
 * or its file answers alike at every batch size. {@code -Dcatwalk.fuzz.layers=COUNT} runs more of them, from
 * {@code -Dcatwalk.fuzz.seed=FIRST} on.
 */
@Tag("tiny")
class LayerFuzzTest {

    private static final double TOLERANCE = 1e-4;

    @Test
    void everyNetworkIsRefusedOrAnswersAlike() {
        Fuzzing.some("networks", "catwalk.fuzz.layers").run(0.75, LayerFuzzTest::outcome);
    }

    @Tag("long")
    @Test
    void moreOfThemDoToo() {
        Fuzzing.more("networks", 60).run(0.75, LayerFuzzTest::outcome);
    }

    private static Callable<Optional<String>> outcome(NDManager manager, long seed) throws Exception {
        FuzzedNetwork network = new FuzzedNetwork(manager, seed);
        Block block = network.block();
        Agreement.randomize(block, seed);
        Random random = new Random(seed);
        int opset = Fuzzing.opset(random);
        long[] batches = Fuzzing.batches(random);
        for (long batch : batches) {
            NDList inputs = new NDList(manager.ones(new Shape(batch).addAll(network.sample())));
            Fuzzing.engine(() -> block.forward(new ParameterStore(manager, false), inputs, false));
        }
        OnnxExport export = OnnxExport.of(block, network.sample()).withOpset(opset);
        byte[] model = (batches.length == 1 ? export.withFixedBatch(batches[0]) : export).bytes();
        return () -> Fuzzing.fault(
                Agreement.scaledDifference(block, network.sample(), model, batches),
                TOLERANCE,
                "in opset " + opset + ": " + network);
    }
}
