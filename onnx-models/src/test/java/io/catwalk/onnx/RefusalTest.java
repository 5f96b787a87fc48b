package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.modality.cv.MultiBoxDetection;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be exported is refused, with the reason, the place and what works. */
@Tag("tiny")
class RefusalTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(6);

    /** Programs, and words of their refusal, with bars between. */
    static Stream<Arguments> refused() {
        String control = "data-dependent control flow";
        String batch = "batch-dependent control flow";
        String complex = "complex numbers can only be transformed";
        String missing = "the engine itself does not implement NDArray";
        String stale = "changed in place through another array";
        long[] four = {4, 1};
        return Stream.of(
                of(x -> x.toSparse(SparseFormat.COO), "NDArray.toSparse(SparseFormat) has no ONNX form|dense arrays"),
                of(x -> x.equals(x.abs()) ? x.neg() : x, control + ": equals"),
                of(x -> x.toDebugString(true).contains("-") ? x.neg() : x, control + ": toDebugString"),
                of(x -> x.sum().getFloat() > 0 ? x : x.neg(), control),
                of(x -> x.atanh(), missing + ".atanh()|log()"),
                of(x -> x.asinh(), "x.sign().mul(x.abs().add(x.square().add(1).sqrt()).log())"),
                of(x -> x.sequenceMask(x.sum(new int[] {1})), "manager.arange(length).lt(lengths.expandDims(1))"),
                of(x -> ex(x).prelu(x, x).head(), missing + "Ex.prelu|leakyRelu"),
                of(x -> x.batchDot(x), "use batchMatMul"),
                of(x -> x.reshape(-1, 2, 3).trace(0, 1, 2), "the diagonal"),
                of("NDArrayEx.deconvolution|interpolation", x -> {
                    NDArray image = x.reshape(-1, 1, 2, 3);
                    NDArray kernel = x.getManager().ones(new Shape(1, 1, 2, 2));
                    Shape one = new Shape(1, 1);
                    NDArray bias = x.getManager().ones(one);
                    return ex(image)
                            .deconvolution(image, kernel, bias, one, one, one, one, 1)
                            .head();
                }),
                // A convolution keeps channels last, so that the reshaped array is a copy.
                of(stale, x -> {
                    NDArray image = x.reshape(-1, 1, 3, 2).transpose(0, 3, 1, 2);
                    NDArray kernel = x.getManager().ones(new Shape(2, 2, 1, 1));
                    Shape one = new Shape(1, 1);
                    NDArray made = ex(image)
                            .convolution(image, kernel, null, one, new Shape(0, 0), one, 1)
                            .head();
                    made.reshape(-1, 6).muli(0.5f);
                    return made.add(1);
                }),
                // The engine makes all rows equal to the first one, whatever the image holds.
                of(x -> ex(x.reshape(-1, 1, 6, 1)).interpolation(four, 1, false), "one column|area"),
                of(x -> ex(x.reshape(-1, 3, 2, 1)).resize(1, 4, 1), "one column"),
                of(x -> x.rfft(6, 1), complex + "|real()"),
                of(x -> x.fft(6, 1).mul(2).real(), "complex NDArray.mul(Number) has no ONNX form here|real()"),
                of(x -> x.fft(6, 1).get(":, 2").real(), complex),
                of(x -> x.fft(6, 1).concat(x.fft(6, 1), 1).real(), complex),
                of(x -> x.fft(5_000, 1).fft(5_000, 1).real(), "takes a matrix of 381 MiB|stft"),
                of("NDArrayEx.multiBoxDetection|return the predictions", x -> {
                    NDList boxes = new NDList(x.reshape(-1, 2, 3), x.repeat(1, 2));
                    boxes.add(x.getManager().ones(new Shape(1, 3, 4)));
                    return MultiBoxDetection.builder().build().detection(boxes).head();
                }),
                // In a process of its own, toType(BFLOAT16) ends with "terminate called without an active exception".
                of(x -> x.toType(DataType.BFLOAT16, false), "the engine has no bfloat16"),
                of(x -> x.add(ones(x, DataType.BFLOAT16)), "crashes the whole process"),
                of(
                        x -> x.split(batch(x)).get(0),
                        batch + ": NDArray.split(long, int) in block|makes 2 arrays for a batch of 2, but 5 for 5"),
                of(x -> x.mul(Math.sin((double) batch(x))), batch + "|0.909"),
                of(x -> x.add(x.getManager().randomNormal(new Shape(6))), "random"),
                of(x -> ex(x).dropout(x, 0.5f, true).head(), "runs in training mode"),
                of("runs in training mode", x -> {
                    NDArray ones = ones(x, DataType.FLOAT32);
                    NDArray two = ones.add(1);
                    return ex(x).batchNorm(x, ones, two, two, ones, 1, 0.9f, 1e-3f, true)
                            .head();
                }),
                of(stale, x -> {
                    NDArray zeros = x.getManager().zeros(x.getShape());
                    zeros.reshape(-1, 6).addi(x);
                    return x.mul(zeros.add(1));
                }));
    }

    private static NDArrayEx ex(NDArray x) {
        return x.getNDArrayInternal();
    }

    private static NDArray ones(NDArray x, DataType type) {
        return x.getManager().ones(new Shape(6), type);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void theReasonThePlaceAndAWayAreNamed(String words, UnaryOperator<NDArray> body) {
        OnnxExport export = OnnxExport.of(seq(lambda(x -> x), lambda(body)), SAMPLE);
        assertRefused(export, words.split("\\|", -1));
        assertRefused(export, "SequentialBlock", "RefusalTest.java:");
    }

    @Test
    void aNetworkThatIsRefusedKeepsNoArrayOfTheExport() {
        Deque<NDArray> recent = new ArrayDeque<>();
        Block block = lambda(x -> {
            NDArray sum = recent.isEmpty() ? x : x.add(recent.getLast());
            recent.addLast(x);
            return sum.mul(sum.max().getFloat());
        });

        assertRefused(block, SAMPLE, "data-dependent control flow");

        assertThat(recent).isEmpty();
        NDList ones = new NDList(manager.ones(new Shape(1, 6)));
        NDList made = block.forward(new ParameterStore(manager, false), ones, false);
        assertThat(made.head().toFloatArray()).containsOnly(1);
    }

    @Test
    void whatDoesNotDependOnTheInputIsInvertedWhileExporting() throws Exception {
        Shape matrix = new Shape(2, 2);
        Block block = lambda(x -> {
            NDArray fixed = x.getManager().create(new float[] {2, 1, 7, 4}, matrix);
            return x.matMul(fixed.inverse());
        });
        assertThat(operators(assertAgrees(block, matrix, TOLERANCE))).containsExactly("MatMul");
    }

    @Test
    void aSparseArrayIsRefusedWhereItIsUsedAndMayBeMadeDense() throws Exception {
        NDArray dense = manager.create(new float[] {1, 0, 2, 0, 0, 3}, new Shape(1, 6));
        NDArray sparse = dense.toSparse(SparseFormat.COO);
        assertRefused(lambda(x -> x.mul(sparse)), SAMPLE, "(1, 6) is sparse", "toDense()");
        assertAgrees(lambda(x -> x.mul(sparse.toDense())), SAMPLE, 0);
    }

    /** DJL passes weights where PyTorch expects biases; with other sizes PyTorch throws, with these it computes. */
    @Test
    void bothDirectionsWithBiasesAreRefused() {
        Shape sequence = new Shape(6, 4);
        Block one = initialized(SmallNetworks.lstm(1, 1).optBidirectional(true).build(), sequence);
        OnnxExport export = OnnxExport.of(one, sequence).withFixedBatch(4);
        assertRefused(export, "biases in place of weights", "optHasBiases(false)");
        Block three =
                initialized(SmallNetworks.lstm(3, 1).optBidirectional(true).build(), sequence);
        String reason = "the engine itself cannot compute NDArrayEx.lstm";
        String place = "(block LSTM, called at LSTM.java:";
        assertRefused(three, sequence, reason, "mixes biases and weights up", "optHasBiases(false)", place);
    }

    /** PyTorch reads beyond the end of the weights there, and returns a result. */
    @Test
    void aSequenceWithAnotherNumberOfFeaturesThanTheWeightsIsRefused() {
        LSTM lstm = SmallNetworks.lstm(4, 1).optHasBiases(false).build();
        lstm.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 5));
        assertRefused(seq(lambda(x -> x.get(":, :, 0:3")), lstm), new Shape(2, 4), "lstm", "5 features");
    }

    @Test
    void boundsAreAdvisedForABatchAndWork() throws Exception {
        Block block = lambda(x -> x.mul(2).squeeze());
        assertRefused(block, SAMPLE, "for a batch of 1", "Axis.of(\"batch\").atLeast(n)");
        Axis several = Axis.of("batch").atLeast(2);
        OnnxInput bounded = OnnxInput.of("images", DataType.FLOAT32, several, Axis.of(6));
        byte[] model = OnnxExport.of(block, bounded).bytes();
        assertThat(Agreement.scaledDifference(block, SAMPLE, model, 2, 3, 7)).isZero();
    }

    @Test
    void aNetworkThatWritesItsParametersIsRefused() {
        List<Consumer<NDArray>> writes = List.of(
                counter -> counter.addi(1),
                counter -> counter.reshape(1, 1).addi(1),
                counter -> counter.set(new NDIndex("0"), 5),
                counter -> counter.set(new NDIndex("{}", counter.gt(-9)), 5),
                counter -> counter.set(new float[] {5}));
        for (Consumer<NDArray> write : writes) {
            Block block = initialized(new OwnBlocks.Writing(write), SAMPLE);
            NDArray counter = block.getParameters().get("counter").getArray();
            float before = counter.getFloat(0);
            String place = "block Writing, called at RefusalTest.java:";
            assertRefused(block, SAMPLE, "changes a parameter (counter)", place);
            assertThat(counter.getFloat(0)).isEqualTo(before);
        }
    }

    @Test
    void anArrayFromOutsideIsAConstantAsAnOperandAndRefusedAsAReceiver() throws Exception {
        NDArray outside = manager.ones(new Shape(6)).mul(3);
        assertRefused(lambda(x -> outside.add(x)), SAMPLE, "let the traced array be the receiver");
        assertAgrees(lambda(x -> NDArrays.mul(x, outside)), SAMPLE, 0);
    }

    /** NaN of either sign, alone at the very end of many numbers. */
    @ParameterizedTest
    @ValueSource(ints = {0x7fc0_0000, 0x7f80_0001, 0xffc0_0000, 0xff80_0001})
    void weightsThatAreNotNumbersAreRefused(int bits) {
        assertRefused(biased(Float.intBitsToFloat(bits)), SAMPLE, "bias(5000) holds NaN");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64"})
    void aNanOfEveryPrecisionIsRefused(DataType type) {
        NDArray broken = manager.create(new float[] {1, Float.NaN, 2}).toType(type, false);
        assertRefused(lambda(x -> x.toType(type, false).mul(broken)), new Shape(3), "(3) holds NaN");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -Float.MAX_VALUE})
    void infiniteWeightsAreExported(float weight) throws Exception {
        assertAgrees(biased(weight), SAMPLE, TOLERANCE);
    }

    private Block biased(float last) {
        Block block = initialized(dense(5_000), SAMPLE);
        float[] bias = new float[5_000];
        bias[bias.length - 1] = last;
        block.getParameters().get("bias").getArray().set(bias);
        return block;
    }

    /** Expected values are those of the function; in FLOAT32, x + sqrt(x^2 + 1) is 0 for x of -5000. */
    @Test
    void theWayAroundAsinhIsRightBelowZeroToo() throws Exception {
        Block way =
                lambda(x -> x.sign().mul(x.abs().add(x.square().add(1).sqrt()).log()));
        double[] expected = {-9.210340382, -7.600902710, -0.881373587, 0, 0.481211825, 9.210340382};
        Tensor numbers = Tensor.of(new float[] {-5_000, -1_000, -1, 0, 0.5f, 5_000}, 1, 6);
        assertThat(Agreement.answer(OnnxExport.of(way, SAMPLE).bytes(), numbers))
                .containsExactly(expected, within(1e-5));
    }

    /** DJL documents the lengths as (batch). */
    @Test
    void theWayAroundSequenceMaskTakesOneLengthPerSample() throws Exception {
        Block block = new LambdaBlock(inputs -> {
            NDArray x = inputs.get(0);
            NDArray mask = x.getManager().arange(3).lt(inputs.get(1).expandDims(1));
            return new NDList(x.mul(mask.expandDims(-1)));
        });
        OnnxInput sequences = OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, Axis.of(3), Axis.of(2));
        OnnxInput lengths = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH);
        NDList inputs = new NDList(manager.ones(new Shape(2, 3, 2)), manager.create(new long[] {1, 3}));
        try (OnnxRunner runner =
                Agreement.runner(OnnxExport.of(block, sequences, lengths).bytes())) {
            assertThat(Agreement.run(runner, inputs).get(0).toDoubles())
                    .containsExactly(1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
        }
    }

    @Test
    void wrongSettingsAreRefused() {
        OnnxExport export = OnnxExport.of(lambda(NDArray::neg), SAMPLE);
        assertRejected(() -> export.withOpset(12), "from 13 to 21, found 12");
        assertRejected(() -> export.withOpset(22), "from 13 to 21, found 22");
        assertRejected(() -> export.withFixedBatch(0), "at least 1");
        float[] one = {1};
        assertRejected(
                () -> export.withEmbeddedPreprocessing(new float[] {0, 0}, one),
                "as many means as deviations, found 2 and 1");
        assertRejected(() -> export.withEmbeddedPreprocessing(one, new float[] {0}), "above 0");
        OnnxExport color = OnnxExport.of(lambda(NDArray::neg), new Shape(3, 4, 4))
                .withEmbeddedPreprocessing(new float[] {0, 0}, new float[] {1, 1});
        assertRefused(color, "for 3 channels, found 2");
        assertRejected(() -> OnnxExport.of(lambda(NDArray::neg), new Shape(-1, 6)), "without the batch");
    }

    // Whatever a block is or throws, an export ends in a file or in an ExportException.

    /** Loads the engine and the exporter, so that the time limits below are about the exports alone. */
    @BeforeAll
    static void export() {
        OnnxExport.of(lambda(NDArray::neg), SAMPLE).bytes();
    }

    static Stream<Throwable> throwing() {
        return Stream.of(new NoClassDefFoundError("some/Class"), new ClassCastException("no"), new IOException("gone"));
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void whateverForwardThrowsBecomesAnExportException(Throwable thrown) {
        assertThrowerRefused(() -> ExportTest.<RuntimeException, NDArray>sneak(thrown), thrown.getClass());
    }

    @Test
    void aRecursionWithoutEndBecomesAnExportException() {
        assertThrowerRefused(RefusalTest::endless, StackOverflowError.class);
    }

    private static void assertThrowerRefused(Supplier<NDArray> thrower, Class<? extends Throwable> type) {
        for (OnnxExport export : exports(seq(new LambdaBlock(inputs -> new NDList(thrower.get()))), SAMPLE)) {
            assertRefused(export, type.getSimpleName(), "SequentialBlock", "RefusalTest.java:");
            assertThatThrownBy(export::bytes).hasRootCauseInstanceOf(type);
        }
    }

    @Test
    void nullInPlaceOfAnArrayIsRefused() {
        NDList holdingNull = new NDList();
        holdingNull.add(null);
        for (NDList returned : new NDList[] {null, holdingNull}) {
            for (OnnxExport export : exports(new LambdaBlock(inputs -> returned), SAMPLE)) {
                assertRefused(export, "forward returns null", "block LambdaBlock");
            }
        }
    }

    @Test
    void weightsThatAreNotThereAreRefused() {
        for (OnnxExport export : exports(seq(dense(3)), SAMPLE)) {
            assertRefused(export, "parameter \"weight\" has not been initialized", "block SequentialBlock");
        }
        NDManager weights = NDManager.newBaseManager();
        Block closed = Agreement.initialized(seq(dense(3)), weights, SAMPLE);
        NDManager others = weights.newSubManager();
        others.close();
        OnnxExport stored = OnnxExport.of(closed, SAMPLE).withParameters(new ParameterStore(others, false));
        assertRefused(stored, "the manager of the weights is closed");
        weights.close();
        for (OnnxExport export : exports(closed, SAMPLE)) {
            assertRefused(export, "parameter weight of block SequentialBlock/01Linear is closed");
        }
    }

    @Test
    void memoryThatIsFullIsNoMatterOfTheNetwork() {
        Block block = new LambdaBlock(inputs -> {
            throw new OutOfMemoryError("full");
        });
        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes()).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void torchScriptAndGhostBatchNormAreRefused() {
        assertRefused(seq(SymbolBlock.newInstance(manager)), SAMPLE, "TorchScript", "torch.onnx.export");
        assertRefused(initialized(GhostBatchNorm.builder().build(), SAMPLE), SAMPLE, "GhostBatchNorm");
    }

    /** The weights take no memory here: all their elements share the memory of one. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void moreThanTwoGigabytesAreRefusedAtOnce() {
        OwnBlocks.Huge block = new OwnBlocks.Huge(manager.ones(new Shape(1)).broadcast(new Shape(50_000, 20_000)));
        for (OnnxExport export : exports(block, SAMPLE)) {
            assertRefused(export, "4.0 GB", "2 GB");
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void aConstantOfMoreThanTwoGigabytesIsRefused() {
        NDArray huge = manager.zeros(new Shape(1), DataType.FLOAT32).broadcast(new Shape(200_000_000, 6));
        Block block = lambda(x -> x.add(huge.get(0)).matMul(huge.transpose(1, 0)));
        assertRefused(OnnxExport.of(block, SAMPLE).withFixedBatch(1), "2 GB");
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static NDArray endless() {
        return endless().neg();
    }
}
