package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.io.File;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export does not need ONNX Runtime; a proof without it fails with a message that says what is missing. */
class WithoutOnnxRuntimeTest {

    private static final Shape SAMPLE = new Shape(1, 12, 12);

    /** Entry point of the other process. */
    static final class Exporting {

        private Exporting() {}

        /**
         * Exports in every way, writes the outputs of the network beside the file given as the first argument, and
         * requests proofs.
         */
        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]);
            try (NDManager manager = NDManager.newBaseManager()) {
                Block block = network(manager);
                OnnxExport.of(block, SAMPLE).write(file);
                OnnxExport.of(block, SAMPLE)
                        .withFloat16Weights()
                        .withFoldedBatchNorm()
                        .withUnrolledRecurrence()
                        .withProbabilities()
                        .withEmbeddedPreprocessing(new float[] {0.5f}, new float[] {0.25f})
                        .withMetadata(Map.of("labels", "a"))
                        .withExternalData()
                        .write(file.resolveSibling("every-option.onnx"));
                NDArray images = manager.ones(new Shape(2).addAll(SAMPLE));
                float[] answers = block.forward(new ParameterStore(manager, false), new NDList(images), false)
                        .singletonOrThrow()
                        .toFloatArray();
                try (Writer out = Files.newBufferedWriter(file.resolveSibling("answers.txt"))) {
                    for (float answer : answers) {
                        out.write(answer + "\n");
                    }
                }
                OnnxExport export = OnnxExport.of(block, SAMPLE);
                requireHint(() -> export.prove(new NDList(images)));
                requireHint(() -> export.withProof(List.of(new NDList(images)), Proof.TOLERANCE));
                requireHint(() -> OnnxRunner.open(file));
                requireHint(() -> OnnxPredictor.open(file));
            }
        }

        private static void requireHint(ThrowingCallable asked) {
            assertThatIllegalStateException()
                    .isThrownBy(asked)
                    .withMessage(
                            "expected ONNX Runtime on the class path, to run an ONNX file or to prove an export, but"
                                    + " found none: add com.microsoft.onnxruntime:onnxruntime, or onnxruntime_gpu, to the"
                                    + " dependencies");
        }

        private static Block network(NDManager manager) {
            SequentialBlock block = new SequentialBlock()
                    .add(Conv2d.builder()
                            .setKernelShape(new Shape(3, 3))
                            .setFilters(16)
                            .build())
                    .add(BatchNorm.builder().build())
                    .add(Activation::relu)
                    .addSingleton(array -> array.reshape(-1, 16, 100))
                    .add(LSTM.builder()
                            .setStateSize(8)
                            .setNumLayers(1)
                            .optBatchFirst(true)
                            .optReturnState(false)
                            .build())
                    .addSingleton(array -> array.mean(new int[] {1}))
                    .add(Linear.builder().setUnits(3).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(SAMPLE));
            return block;
        }
    }

    @Test
    void aNetworkIsExportedAndAProofIsRefused(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.onnx");
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("onnxruntime"))
                .collect(Collectors.joining(File.pathSeparator));
        OtherJvm.run("512m", without, Exporting.class, Duration.ofMinutes(2), file);

        float[] ones = new float[2 * 144];
        Arrays.fill(ones, 1);
        Tensor logits;
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            logits = runner.run(Map.of("images", Tensor.of(ones, 2, 1, 12, 12))).get("logits");
        }
        double[] numbers = Objects.requireNonNull(logits).toDoubles();
        double[] expected = Files.readAllLines(folder.resolve("answers.txt")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(numbers).hasSize(6).containsExactly(expected, within(1e-5));
        try (OnnxRunner runner = OnnxRunner.open(folder.resolve("every-option.onnx"))) {
            Map<String, Tensor> answers = runner.run(
                    Map.of("images", Tensor.of(TensorType.UINT8, ByteBuffer.allocate(2 * 144), 2, 1, 12, 12)));
            assertThat(answers).containsOnlyKeys("logits", "probabilities");
        }
    }
}
