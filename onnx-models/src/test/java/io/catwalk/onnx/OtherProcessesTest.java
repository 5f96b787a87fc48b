package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.file.ModelFiles;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports in processes with another heap than the tests, or without ONNX Runtime. */
class OtherProcessesTest extends ExportTest {

    private static final Shape IMAGE = new Shape(1, 12, 12);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("model.onnx");
    }

    /** Runs a program, which gets the name of the file, to its end, which must be successful. */
    private void run(String heap, String classPath, Class<?> program) throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String temporary = "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir");
        ProcessBuilder builder = new ProcessBuilder(java, "-Xmx" + heap, temporary, program.getName(), file.toString());
        builder.environment().put("CLASSPATH", classPath);
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static Block layers(NDManager manager, int layers, Shape sample) {
        int units = (int) sample.get(sample.dimension() - 1);
        Block block = seq(Collections.nCopies(layers, units).stream()
                .map(ExportTest::dense)
                .toArray(Block[]::new));
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
        return block;
    }

    /** Exports 80 MB of weights, all of which get a new layout. */
    static final class InSmallHeap {

        private InSmallHeap() {}

        public static void main(String[] arguments) throws IOException {
            try (NDManager manager = NDManager.newBaseManager()) {
                Shape sample = new Shape(2, 2_000);
                OnnxExport.of(layers(manager, 5, sample), sample).write(Path.of(arguments[0]));
            }
        }
    }

    /** The heap holds the weights once, so BERT with its 440 MB is exported in 1 GB. */
    @Test
    void weightsOf80MegabytesAreExportedInAHeapOf128() throws Exception {
        run("128m", classPath(), InSmallHeap.class);
        assertThat(Files.size(file)).isGreaterThan(80_000_000);
    }

    /** Exports 2.3 GB of weights, and runs them: the tests have 2 GB of heap. */
    static final class BesideTheFile {

        private BesideTheFile() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            try (NDManager manager = NDManager.newBaseManager()) {
                Shape sample = new Shape(12_000);
                Block block = layers(manager, 4, sample);
                NDList images = new NDList(manager.create(Agreement.images(24_000, 1), new Shape(2, 12_000)));
                ParameterStore store = new ParameterStore(manager, false);
                NDArray expected = block.forward(store, images, false).head();
                OnnxExport.of(block, sample).write(file);
                try (OnnxRunner runner = OnnxRunner.open(file)) {
                    NDArray found = DjlTensors.run(runner, images, manager).head();
                    float difference = found.sub(expected).abs().max().getFloat();
                    assertThat(difference / expected.abs().max().getFloat()).isLessThanOrEqualTo(1e-5f);
                }
            }
        }
    }

    @Tag("nightly")
    @Test
    void weightsOfMoreThan2GigabytesAreBesideTheFile() throws Exception {
        run("4g", classPath(), BesideTheFile.class);
        assertThat(Files.size(file)).isLessThan(1 << 20);
        assertThat(Files.size(ModelFiles.data(file))).isGreaterThan(2_300_000_000L);
    }

    /** The same weights in every process. */
    private static Block network(NDManager manager) {
        Conv2d.Builder conv = Conv2d.builder().setFilters(16).setKernelShape(new Shape(3, 3));
        Block features =
                seq(conv.build(), SmallNetworks.norm(), SmallNetworks.relu(), lambda(x -> x.reshape(-1, 16, 100)));
        Block lstm = SmallNetworks.lstm(8, 1).build();
        Block block = seq(features, lstm, lambda(x -> x.mean(new int[] {1})), dense(3));
        return Agreement.initialized(block, manager, IMAGE);
    }

    /** Exports in every way, also to the file, and requests proofs. */
    static final class Exporting {

        private Exporting() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            try (NDManager manager = NDManager.newBaseManager()) {
                OnnxExport export = OnnxExport.of(network(manager), IMAGE);
                export.write(file);
                OnnxExport lean =
                        export.withFloat16Weights().withFoldedBatchNorm().withUnrolledRecurrence();
                OnnxExport pixels = lean.withEmbeddedPreprocessing(new float[] {0.5f}, new float[] {0.25f});
                OnnxExport every = pixels.withProbabilities().withMetadata(Map.of("labels", "a"));
                every.withExternalData().write(file.resolveSibling("every-option.onnx"));
                NDList images = new NDList(manager.ones(new Shape(2).addAll(IMAGE)));
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
    void withoutOnnxRuntimeANetworkIsExportedAndAProofIsRefused() throws Exception {
        String without = Arrays.stream(classPath().split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("onnxruntime"))
                .collect(Collectors.joining(File.pathSeparator));
        run("512m", without, Exporting.class);

        assertThat(Agreement.difference(network(manager), IMAGE, Files.readAllBytes(file)))
                .isLessThan(TOLERANCE);
        Tensor pixels = Tensor.of(TensorType.UINT8, ByteBuffer.allocate(2 * 144), 2, 1, 12, 12);
        try (OnnxRunner runner = OnnxRunner.open(folder.resolve("every-option.onnx"))) {
            assertThat(runner.run(Map.of("images", pixels))).containsOnlyKeys("logits", "probabilities");
        }
    }
}
