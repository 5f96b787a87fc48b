package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.OnnxExport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
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

    private static final int SIZES = 5;
    // Differences of long sums are worth a digit less than those of ProgramFuzzTest.
    private static final double TOLERANCE = 1e-3;

    @Test
    void everyProgramIsRefusedOrAnswersAlike() {
        Fuzzing.some("signatures", "catwalk.fuzz").run(1 / 3.0, SignatureFuzzTest::outcome);
    }

    @Tag("long")
    @Test
    void moreOfThemDoToo() {
        Fuzzing.more("signatures", 60).run(1 / 3.0, SignatureFuzzTest::outcome);
    }

    private static Callable<Optional<String>> outcome(NDManager manager, long seed) throws Exception {
        FuzzedSignature program = new FuzzedSignature(seed);
        Block block = program.block();
        Random random = new Random(seed);
        Map<List<Integer>, List<NDList>> samples = new HashMap<>();
        for (int i = 0; i < SIZES; i++) {
            long[] sizes = program.sizes(random);
            NDList inputs = program.samples(manager, sizes[0], sizes[1], sizes[2]);
            Fuzzing.engine(() -> block.forward(new ParameterStore(manager, false), new NDList(inputs), false));
            samples.computeIfAbsent(program.choices(), choices -> new ArrayList<>())
                    .add(inputs);
        }
        int opset = Fuzzing.opset(random);
        byte[] model = OnnxExport.of(block, program.inputs()).withOpset(opset).bytes();
        return () -> compare(block, model, samples);
    }

    /** Compares where most samples are: arrays of two sequences that happen to be equally long draw another program. */
    private static Optional<String> compare(Block block, byte[] model, Map<List<Integer>, List<NDList>> samples) {
        for (NDList inputs : Collections.max(samples.values(), Comparator.comparing(List::size))) {
            String where =
                    "for " + inputs.get(0).getShape() + " and " + inputs.get(1).getShape();
            Optional<String> fault = Fuzzing.fault(Agreement.difference(block, model, inputs), TOLERANCE, where);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
