package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.OnnxExport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exports programs that seeds draw and holds ONNX Runtime against PyTorch. A program is refused, or its file
 * answers alike at every batch size; nothing else may happen. {@code -Dcatwalk.fuzz=COUNT} runs more of them, from
 * {@code -Dcatwalk.fuzz.seed=FIRST} on; {@code -Dcatwalk.fuzz.keep=FOLDER} keeps those that agree for other readers.
 */
@Tag("tiny")
class ProgramFuzzTest {

    private static final long KEPT_BATCH = 3;
    private static final double TOLERANCE = 1e-4;
    private static final Optional<KeptPrograms> KEPT = Optional.ofNullable(System.getProperty("catwalk.fuzz.keep"))
            .map(folder -> new KeptPrograms(Path.of(folder)));

    @Test
    void everyProgramIsRefusedOrAnswersAlike() {
        Fuzzing.some("programs", "catwalk.fuzz").run(0.5, ProgramFuzzTest::outcome);
    }

    @Tag("long")
    @Test
    void moreOfThemDoToo() {
        Fuzzing.more("programs", 150).run(0.5, ProgramFuzzTest::outcome);
    }

    private static Callable<Optional<String>> outcome(NDManager manager, long seed) throws Exception {
        FuzzedProgram program = new FuzzedProgram(seed);
        Block block = program.block();
        float[] before = Fuzzing.engine(() -> answer(manager, block, program.sample(), 3));
        Fuzzing.engine(() -> answer(manager, block, program.sample(), 64));
        Random random = new Random(seed);
        int opset = Fuzzing.opset(random);
        long[] batches = Fuzzing.batches(random);
        OnnxExport export = OnnxExport.of(block, program.sample()).withOpset(opset);
        byte[] model = (batches.length == 1 ? export.withFixedBatch(batches[0]) : export).bytes();
        return () -> {
            double difference = Agreement.difference(block, program.sample(), model, Agreement::eighths, batches);
            Optional<String> fault = Fuzzing.fault(difference, TOLERANCE, "in opset " + opset);
            if (fault.isPresent()) {
                return fault;
            }
            boolean stable = program.trap() != FuzzedProgram.Trap.CALLS;
            if (stable && !Arrays.equals(before, answer(manager, block, program.sample(), 3))) {
                return Optional.of("the block answers otherwise after its export");
            }
            if (KEPT.isPresent()) {
                NDList inputs =
                        new NDList(input(manager, program.sample(), batches.length == 1 ? batches[0] : KEPT_BATCH));
                KEPT.get().keep(seed, model, inputs, forward(block, manager, inputs));
            }
            return Optional.empty();
        };
    }

    private static float[] answer(NDManager manager, Block block, Shape sample, long batch) {
        NDArray output = forward(block, manager, new NDList(input(manager, sample, batch)))
                .get(0);
        return output.toType(DataType.FLOAT32, false).toFloatArray();
    }

    private static NDArray input(NDManager manager, Shape sample, long batch) {
        return manager.create(Agreement.eighths((int) (batch * sample.size()), batch), new Shape(batch).addAll(sample));
    }

    private static NDList forward(Block block, NDManager manager, NDList inputs) {
        return block.forward(new ParameterStore(manager, false), inputs, false);
    }
}
