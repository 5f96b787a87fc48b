package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.stateRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.sun.management.ThreadMXBean;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class OnnxPredictorTest {

    private static final int SIZE = 64;
    private static final int CLASSES = 5;
    private static final Signature LINEAR = new Signature(
            "images",
            Layout.NCHW,
            Signature.PixelType.FLOAT32,
            Signature.ANY_BATCH,
            1,
            2,
            2,
            "logits",
            TensorType.FLOAT,
            3);
    private static final OnnxMetadata HALF =
            OnnxMetadata.empty().withPreprocessing(new Preprocessing(2, 2, List.of(0.5), List.of(0.25)));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(OptimizationLevel.class)
    void answersByTheWeightsOfTheFile(OptimizationLevel level) {
        OnnxOptions options = OnnxOptions.standard()
                .withThreads(2)
                .withOptimization(level)
                .withSpinning(false)
                .withMemoryPattern(false);
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear()), options)) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4, -1, 0, 0, 0.5f}, 2))
                    .containsExactly(10, 1, 41, -0.5f, -1, 6);
            assertThat(predictor.signature()).isEqualTo(LINEAR);
        }
    }

    @Test
    void everyBatchSizeGivesTheAnswersOfSingleImages() {
        float[] images = images(300);
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.convolution(1)))) {
            float[] single = new float[300 * CLASSES];
            for (int i = 0; i < 300; i++) {
                float[] image = Arrays.copyOfRange(images, i * SIZE, (i + 1) * SIZE);
                System.arraycopy(predictor.logits(image, 1), 0, single, i * CLASSES, CLASSES);
            }
            for (int count : new int[] {7, 256, 3, 300, 1}) {
                assertThat(predictor.logits(Arrays.copyOf(images, count * SIZE), count))
                        .containsExactly(Arrays.copyOf(single, count * CLASSES), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 8, 9})
    void aFileOfFixedBatchAnswersAnyNumberOfImages(int count) {
        float[] images = new float[count * 4];
        float[] expected = new float[count * 3];
        for (int i = 0; i < count; i++) {
            images[i * 4] = i + 1;
            expected[i * 3] = i + 1;
            expected[i * 3 + 1] = i + 1;
            expected[i * 3 + 2] = 1;
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear(4)))) {
            assertThat(predictor.signature().batch()).isEqualTo(4);
            assertThat(predictor.logits(images, count)).containsExactly(expected);
        }
    }

    /** The file adds the pixels of the whole batch to each logit, so that its logits tell the size of its batch. */
    @Test
    void aCallRunsInBatchesOfTheOptions() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .removeNode(1)
                .addNode(TestModels.node("Gemm", List.of("flat", "weight", "bias"), "scores"))
                .addNode(TestModels.node("ReduceSum", List.of("flat"), "total"))
                .addNode(TestModels.node("Add", List.of("scores", "total"), "logits"));
        Path file = file(model);
        float[] images = new float[9 * 4];
        for (int image = 0; image < 9; image++) {
            images[image * 4] = 1;
        }
        try (OnnxPredictor predictor =
                OnnxPredictor.open(file, OnnxOptions.standard().withBatch(4))) {
            float[] logits = predictor.logits(images, 9);
            assertThat(Arrays.copyOf(logits, 24)).containsOnly(1 + 4);
            assertThat(Arrays.copyOfRange(logits, 24, 27)).containsOnly(1 + 1);
            assertThat(predictor.logits(Arrays.copyOf(images, 12), 3)).containsOnly(1 + 3);
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(images, 9)).containsOnly(1 + 9);
        }
    }

    @Test
    void aFileOfPixelsAnswersNormalizedImages() {
        Path file = file(TestModels.pixels());
        HALF.write(file);
        float[] normalized = {-2, 2, (51 / 255f - 0.5f) / 0.25f, (204 / 255f - 0.5f) / 0.25f};
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(normalized, 1)).containsExactly(new float[] {0, -2, 13}, within(1e-5f));
            argumentRefused(() -> predictor.logits(new float[] {0, 0, 0, 0}, 1)).contains("pixel 127.5");
        }
    }

    @Test
    void aFileOfPixelsWithoutPreprocessingTakesPixels() {
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.pixels()))) {
            assertThat(predictor.logits(new float[] {0, 255, 51, 204}, 1))
                    .containsExactly(new float[] {0, -2, 13}, within(1e-5f));
            for (float wrong : new float[] {-1, 256, 0.5f, Float.NaN}) {
                float[] image = {0, 0, 0, wrong};
                argumentRefused(() -> predictor.logits(image, 1)).contains("number 3");
            }
        }
    }

    @Test
    void bytesAreNormalizedAsTheFileSays() {
        for (ModelProto.Builder model : List.of(TestModels.linear(), TestModels.pixels())) {
            Path file = file(model);
            HALF.write(file);
            try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
                assertThat(predictor.logits(new byte[] {0, (byte) 255, 51, (byte) 204}, 1))
                        .containsExactly(new float[] {0, -2, 13}, within(1e-5f));
                argumentRefused(() -> predictor.logits(new byte[5], 1)).contains("1 x 2 x 2", "found 5");
            }
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear()))) {
            stateRefused(() -> predictor.logits(new byte[4], 1))
                    .contains("how pixels are normalized", "logits(float[], int)");
        }
    }

    @Test
    void aFileOfFixedBatchAnswersAnyNumberOfBytes() {
        Path file = file(TestModels.linear(4));
        HALF.write(file);
        byte[] images = new byte[20];
        images[17] = (byte) 255; // the second pixel of the fifth image, so of the second batch
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            float[] logits = predictor.logits(images, 5);
            assertThat(Arrays.copyOf(logits, 3)).containsExactly(-8, -2, -19);
            assertThat(Arrays.copyOfRange(logits, 12, 15)).containsExactly(-4, -2, -19);
        }
    }

    @Test
    void aBatchOfBytesTakesNoMemoryButItsAnswer() {
        Path file = file(TestModels.convolution(1));
        OnnxMetadata.empty()
                .withPreprocessing(new Preprocessing(8, 8, List.of(0.5), List.of(0.25)))
                .write(file);
        byte[] images = new byte[256 * SIZE];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (OnnxPredictor predictor =
                OnnxPredictor.open(file, OnnxOptions.standard().withThreads(1))) {
            predictor.logits(images, 256);
            predictor.logits(images, 256);
            long before = threads.getCurrentThreadAllocatedBytes();
            predictor.logits(images, 256);
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(taken).isLessThan(256 * CLASSES * Float.BYTES + 8192); // normalized, they are 64 KiB
        }
    }

    @Test
    void theOutputNamedLogitsIsTakenAmongSeveralAndWeightsAreNoInputs() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .addInput(TestModels.value("bias", TestModels.FLOAT, 3))
                .addOutput(0, TestModels.value("probabilities", TestModels.FLOAT, "batch", 3))
                .addNode(TestModels.node("Softmax", List.of("logits"), "probabilities"));
        try (OnnxPredictor predictor = OnnxPredictor.open(file(model))) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4}, 1)).containsExactly(10, 1, 41);
        }
    }

    @Test
    void eightThreadsGetTheAnswersOfOne() throws Exception {
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.convolution(2)))) {
            float[] images = images(40);
            float[] expected = predictor.logits(images, 40);
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int call = 0; call < 2000; call++) {
                int count = call % 5 + 1;
                int first = call % 35;
                calls.add(() -> {
                    float[] some = Arrays.copyOfRange(images, first * SIZE, (first + count) * SIZE);
                    float[] right = Arrays.copyOfRange(expected, first * CLASSES, (first + count) * CLASSES);
                    return agree(predictor.logits(some, count), right);
                });
            }
            assertThat(all(calls)).hasSize(2000).containsOnly(true);
        }
    }

    @Test
    void closingWhileThreadsRunAnswersRightlyOrNotAtAll() throws Exception {
        float[] images = images(3);
        for (int round = 0; round < 20; round++) {
            OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.convolution(3)));
            float[] expected = predictor.logits(images, 3);
            CountDownLatch underWay = new CountDownLatch(50);
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                calls.add(() -> {
                    while (true) {
                        try {
                            if (!agree(predictor.logits(images, 3), expected)) {
                                return false;
                            }
                            underWay.countDown();
                        } catch (IllegalStateException e) {
                            return String.valueOf(e.getMessage()).contains("closed");
                        }
                    }
                });
            }
            calls.add(() -> {
                boolean began = underWay.await(1, TimeUnit.MINUTES); // not if a thread has ended with a wrong answer
                predictor.close(); // or else the others go on for ever
                return began;
            });
            assertThat(all(calls)).containsOnly(true);
        }
    }

    @Test
    void aClosedPredictorKeepsNoMemoryOfItsRuns() throws Exception {
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear()));
        predictor.logits(new float[4 << 20], 1 << 20); // 28 MiB with the answers
        long running = direct.getMemoryUsed();
        predictor.close();
        long freed = 0;
        for (int wait = 0; wait < 100 && freed < 20 << 20; wait++) {
            System.gc();
            Thread.sleep(20); // a thread of the virtual machine frees buffers, and does not report it
            freed = running - direct.getMemoryUsed();
        }
        assertThat(freed).isGreaterThan(20 << 20);
        predictor.close();
        stateRefused(() -> predictor.logits(new float[4], 1)).contains("closed");
        assertThat(predictor.scores()).isEqualTo(Scores.LOGITS); // it is still in use
    }

    @Test
    void imagesOfAnotherNumberOrSizeAndOptionsBelowZeroAreRefused() {
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear()))) {
            for (int count : new int[] {-1, 0, 1, 3}) {
                argumentRefused(() -> predictor.logits(new float[8], count)).contains("1 x 2 x 2", "found 8");
            }
        }
        argumentRefused(() -> OnnxOptions.standard().withThreads(-1)).contains("-1");
        argumentRefused(() -> OnnxOptions.standard().withBatch(-2)).contains("-2");
    }

    @Test
    @Tag("long")
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlatOverManyRuns() throws Exception {
        try (OnnxPredictor predictor = OnnxPredictor.open(file(TestModels.linear()))) {
            Runnable runs = () -> {
                // Every run has another batch size, thus new tensors; two of them take some 300 bytes of native memory.
                for (int run = 0; run < 200_000; run++) {
                    int count = run % 2 + 1;
                    predictor.logits(new float[count * 4], count);
                }
            };
            assertThat(growth(runs)).isLessThan(32L << 20);
        }
    }

    @Test
    @Tag("long")
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlatOverManyOpenings() throws Exception {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("large")
                .addInput(TestModels.value("images", TestModels.FLOAT, "batch", 1, 64, 64))
                .addOutput(TestModels.value("logits", TestModels.FLOAT, "batch", 64))
                .addInitializer(TestModels.tensor("weight", new float[1 << 18], 1 << 12, 64)) // 1 MiB
                .addNode(TestModels.node("Flatten", List.of("images"), "flat"))
                .addNode(TestModels.node("MatMul", List.of("flat", "weight"), "logits")));
        Path file = file(model);
        model.getGraphBuilder().getNodeBuilder(0).setOpType("NoSuchOperator");
        Path broken = TestModels.write(folder.resolve("broken.onnx"), model);
        Runnable openings = () -> {
            for (int opening = 0; opening < 150; opening++) {
                try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
                    predictor.logits(new float[1 << 12], 1);
                }
                assertThat(catchThrowable(() -> OnnxPredictor.open(broken))).isNotNull();
            }
        };
        assertThat(growth(openings)).isLessThan(128L << 20);
    }

    /** Returns by how many bytes the process grows in a second round of the same work. */
    private static long growth(Runnable work) throws Exception {
        work.run();
        System.gc();
        long before = resident();
        work.run();
        System.gc();
        return resident() - before;
    }

    static long resident() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static boolean agree(float[] found, float[] expected) {
        return found.length == expected.length
                && IntStream.range(0, found.length).allMatch(i -> Math.abs(found[i] - expected[i]) < 1e-4);
    }

    private static List<Boolean> all(List<Callable<Boolean>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static float[] images(int count) {
        return TestModels.random(new Random(7), count * SIZE);
    }

    private Path file(ModelProto.Builder model) {
        return TestModels.write(folder.resolve("model.onnx"), model);
    }
}
