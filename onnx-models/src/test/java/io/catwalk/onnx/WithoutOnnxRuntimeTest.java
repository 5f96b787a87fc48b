package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export does not need ONNX Runtime; a proof without it fails with a message that says what is missing. */
class WithoutOnnxRuntimeTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(1, 12, 12);

    /** The same weights in every process. */
    private static Block network(NDManager manager) {
        Conv2d.Builder conv = Conv2d.builder().setFilters(16).setKernelShape(new Shape(3, 3));
        Block features =
                seq(conv.build(), SmallNetworks.norm(), SmallNetworks.relu(), lambda(x -> x.reshape(-1, 16, 100)));
        Block lstm = SmallNetworks.lstm(8, 1)
                .optBatchFirst(true)
                .optReturnState(false)
                .build();
        Block block = seq(features, lstm, lambda(x -> x.mean(new int[] {1})), dense(3));
        return Agreement.initialized(block, manager, SAMPLE);
    }

    /** Entry point of the other process. */
    static final class Exporting {

        private Exporting() {}

        /** Exports in every way, also to the file given as the first argument, and requests proofs. */
        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            try (NDManager manager = NDManager.newBaseManager()) {
                OnnxExport export = OnnxExport.of(network(manager), SAMPLE);
                export.write(file);
                export.withFloat16Weights()
                        .withFoldedBatchNorm()
                        .withUnrolledRecurrence()
                        .withProbabilities()
                        .withEmbeddedPreprocessing(new float[] {0.5f}, new float[] {0.25f})
                        .withMetadata(Map.of("labels", "a"))
                        .withExternalData()
                        .write(file.resolveSibling("every-option.onnx"));
                NDList images = new NDList(manager.ones(new Shape(2).addAll(SAMPLE)));
                requireHint(() -> export.prove(images));
                requireHint(() -> export.withProof(List.of(images), Proof.TOLERANCE));
                requireHint(() -> OnnxRunner.open(file));
                requireHint(() -> OnnxPredictor.open(file));
            }
        }

        private static void requireHint(ThrowingCallable asked) {
            assertThatIllegalStateException()
                    .isThrownBy(asked)
                    .withMessageContainingAll(
                            "ONNX Runtime", "com.microsoft.onnxruntime:onnxruntime", "onnxruntime_gpu");
        }
    }

    @Test
    void aNetworkIsExportedAndAProofIsRefused(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.onnx");
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("onnxruntime"))
                .collect(Collectors.joining(File.pathSeparator));
        OtherJvm.run("512m", without, Exporting.class, Duration.ofMinutes(2), file);

        assertThat(Agreement.difference(network(manager), SAMPLE, Files.readAllBytes(file)))
                .isLessThan(TOLERANCE);
        Tensor pixels = Tensor.of(TensorType.UINT8, ByteBuffer.allocate(2 * 144), 2, 1, 12, 12);
        try (OnnxRunner runner = OnnxRunner.open(folder.resolve("every-option.onnx"))) {
            assertThat(runner.run(Map.of("images", pixels))).containsOnlyKeys("logits", "probabilities");
        }
    }
}
