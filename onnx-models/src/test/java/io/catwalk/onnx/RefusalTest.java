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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be exported is refused, with the reason and the place. */
@Tag("tiny")
class RefusalTest {

    private static final Shape SAMPLE = new Shape(6);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(Function<NDArray, NDArray> body) {
        Block block = new SequentialBlock().add(LambdaBlock.singleton(x -> x)).add(LambdaBlock.singleton(body));
        return assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("SequentialBlock")
                .hasMessageContaining("RefusalTest.java:");
    }

    @Test
    void anOperationWithoutARowIsNamed() {
        assertRefused(x -> x.toSparse(SparseFormat.COO))
                .hasMessageContaining("NDArray.toSparse(SparseFormat) has no ONNX form")
                .hasMessageContaining("files hold dense arrays");
    }

    @Test
    void aNetworkThatIsRefusedKeepsNoArrayOfTheExport() {
        Deque<NDArray> recent = new ArrayDeque<>();
        Block block = LambdaBlock.singleton(x -> {
            NDArray sum = recent.isEmpty() ? x : x.add(recent.getLast());
            recent.addLast(x);
            return sum.mul(sum.max().getFloat());
        });

        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes()).isInstanceOf(ExportException.class);

        assertThat(recent).isEmpty();
        NDList ones = new NDList(manager.ones(new Shape(1, 6)));
        NDList made = block.forward(new ParameterStore(manager, false), ones, false);
        assertThat(made.head().toFloatArray()).containsOnly(1);
    }

    @Test
    void whatDoesNotDependOnTheInputIsInvertedWhileExporting() throws Exception {
        Block block = LambdaBlock.singleton(x -> x.matMul(
                x.getManager().create(new float[] {2, 1, 7, 4}, new Shape(2, 2)).inverse()));
        Shape matrix = new Shape(2, 2);
        byte[] model = OnnxExport.of(block, matrix).bytes();
        assertThat(OnnxParser.model(model).graph().nodes())
                .extracting(Node::operator)
                .containsExactly("MatMul");
        assertThat(Agreement.difference(block, matrix, model)).isLessThan(1e-5);
    }

    @Test
    void branchesOnEqualityOrOnTextAreRefused() {
        assertRefused(x -> x.equals(x.abs()) ? x.neg() : x).hasMessageContaining("data-dependent control flow: equals");
        assertRefused(x -> x.toDebugString(true).contains("-") ? x.neg() : x)
                .hasMessageContaining("data-dependent control flow: toDebugString");
    }

    /** Advised where the inverse of a matrix is refused. */
    @Test
    void theFormulaForTwoRowsIsExported() throws Exception {
        Block block = LambdaBlock.singleton(x -> {
            NDArray matrix = x.add(x.getManager().eye(2).mul(5));
            NDArray a = matrix.get(":, 0:1, 0:1");
            NDArray b = matrix.get(":, 0:1, 1:2");
            NDArray c = matrix.get(":, 1:2, 0:1");
            NDArray d = matrix.get(":, 1:2, 1:2");
            NDArray inverse = d.concat(b.neg(), 2).concat(c.neg().concat(a, 2), 1);
            return matrix.matMul(inverse.div(a.mul(d).sub(b.mul(c))));
        });
        Shape matrix = new Shape(2, 2);
        assertThat(Agreement.difference(
                        block, matrix, OnnxExport.of(block, matrix).bytes()))
                .isLessThan(1e-5);
    }

    @Test
    void whatTheEngineDoesNotImplementIsNamedWithAWay() {
        assertRefused(x -> x.atanh())
                .hasMessageContaining("the engine itself does not implement NDArray.atanh()")
                .hasMessageContaining("log()");
        assertRefused(x -> x.getNDArrayInternal().prelu(x, x).head())
                .hasMessageContaining("the engine itself does not implement NDArrayEx.prelu")
                .hasMessageContaining("leakyRelu");
        assertRefused(x -> x.batchDot(x)).hasMessageContaining("use batchMatMul");
        assertRefused(x -> x.reshape(-1, 2, 3).trace(0, 1, 2)).hasMessageContaining("the diagonal");
        assertRefused(x -> {
                    NDArray image = x.reshape(-1, 1, 2, 3);
                    Shape one = new Shape(1, 1);
                    return image.getNDArrayInternal()
                            .deconvolution(
                                    image,
                                    x.getManager().ones(new Shape(1, 1, 2, 2)),
                                    x.getManager().ones(one),
                                    one,
                                    one,
                                    one,
                                    one,
                                    1)
                            .head();
                })
                .hasMessageContaining("NDArrayEx.deconvolution")
                .hasMessageContaining("interpolation");
    }

    /** The engine makes all rows equal to the first one, whatever the image holds. */
    @Test
    void smoothingOfOneColumnIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray image = manager.arange(5f).reshape(1, 1, 5, 1);
            float[] rows = image.getNDArrayInternal()
                    .interpolation(new long[] {4, 1}, 1, false)
                    .toFloatArray();
            assertThat(rows).containsOnly(rows[0]);
        }
        assertRefused(x -> x.reshape(-1, 1, 6, 1).getNDArrayInternal().interpolation(new long[] {4, 1}, 1, false))
                .hasMessageContaining("one column")
                .hasMessageContaining("area");
        assertRefused(x -> x.reshape(-1, 1, 3, 2).getNDArrayInternal().interpolation(new long[] {4, 1}, 3, false))
                .hasMessageContaining("one column");
        assertRefused(x -> x.reshape(-1, 3, 2, 1).getNDArrayInternal().resize(1, 4, 1))
                .hasMessageContaining("one column");
    }

    @Test
    void complexNumbersAreRefusedWhereNothingExpectsThem() {
        assertRefused(x -> x.rfft(6, 1))
                .hasMessageContaining("complex numbers can only be transformed")
                .hasMessageContaining("real()");
        assertRefused(x -> x.fft(6, 1).mul(2).real())
                .hasMessageContaining("complex NDArray.mul(Number) has no ONNX form here: split them with real()");
        assertRefused(x -> x.fft(6, 1).get(":, 2").real())
                .hasMessageContaining("complex numbers can only be transformed");
        assertRefused(x -> x.fft(6, 1).muli(2).real()).hasMessageContaining("complex numbers can only be transformed");
        assertRefused(x -> x.fft(6, 1).transpose().real()).hasMessageContaining("complex NDArray.transpose(");
        assertRefused(x -> x.mul(x.fft(6, 1)).real()).hasMessageContaining("complex numbers can only be transformed");
        assertRefused(x ->
                        NDArrays.concat(new NDList(x.fft(6, 1), x.fft(6, 1)), 1).real())
                .hasMessageContaining("complex numbers can only be transformed");
    }

    @Test
    void aSignalTooLongForAMatrixIsRefused() {
        assertRefused(x -> x.fft(5_000, 1).fft(5_000, 1).real())
                .hasMessageContaining("takes a matrix of 381 MiB")
                .hasMessageContaining("stft");
    }

    @Test
    void suppressingBoxesIsRefused() {
        assertRefused(x -> {
                    NDArray classes = x.reshape(-1, 2, 3);
                    NDArray anchors = x.getManager().ones(new Shape(1, 3, 4));
                    NDArray boxes = x.repeat(1, 2);
                    return MultiBoxDetection.builder()
                            .build()
                            .detection(new ai.djl.ndarray.NDList(classes, boxes, anchors))
                            .head();
                })
                .hasMessageContaining("NDArrayEx.multiBoxDetection")
                .hasMessageContaining("return the predictions");
    }

    /** In a process of its own, toType(BFLOAT16) ends with "terminate called without an active exception". */
    @Test
    void aTypeThatEndsTheProcessIsRefusedBeforeItIsMade() {
        for (DataType type : new DataType[] {DataType.BFLOAT16, DataType.INT16, DataType.UINT32}) {
            assertRefused(x -> x.toType(type, false)).hasMessageContaining("the engine has no " + type);
            assertRefused(x -> x.add(x.getManager().ones(new Shape(6), type)))
                    .hasMessageContaining("crashes the whole process");
        }
    }

    @Test
    void readingDataIsDataDependentControlFlow() {
        assertRefused(x -> x.sum().getFloat() > 0 ? x : x.neg()).hasMessageContaining("data-dependent control flow");
    }

    @Test
    void comparingContentsIsDataDependentControlFlow() {
        assertRefused(x -> x.contentEquals(x.neg()) ? x : x.neg()).hasMessageContaining("data-dependent control flow");
    }

    @Test
    void branchingOnTheBatchSizeIsBatchDependentControlFlow() {
        assertThatThrownBy(() -> export(x -> x.getShape().get(0) > 3 ? x.neg() : x.abs()))
                .hasMessageContaining("batch-dependent control flow")
                .hasMessageContaining("NDArray.abs()")
                .hasMessageContaining("NDArray.neg()");
    }

    @Test
    void loopingOverSamplesIsBatchDependentControlFlow() {
        assertThatThrownBy(() -> export(x -> {
                    NDArray sum = x.get(0);
                    for (int i = 1; i < x.getShape().get(0); i++) {
                        sum = sum.add(x.get(i));
                    }
                    return sum;
                }))
                .hasMessageContaining("batch-dependent control flow");
    }

    @Test
    void halfOfTheBatchIsBatchDependentControlFlow() {
        assertThatThrownBy(() -> export(x -> x.get("0:" + x.getShape().get(0) / 2)))
                .hasMessageContaining("batch-dependent control flow");
    }

    @Test
    void asManyPartsAsSamplesAreBatchDependentControlFlow() {
        assertThatThrownBy(() -> export(x -> x.split(x.getShape().get(0)).get(0)))
                .hasMessageContaining("batch-dependent control flow: NDArray.split(long, int) in block LambdaBlock")
                .hasMessageContaining("makes 2 arrays for a batch of 2, but 5 for 5");
    }

    @Test
    void aSparseArrayIsRefusedWhereItIsUsedAndMayBeMadeDense() throws Exception {
        NDArray sparse =
                manager.create(new float[] {1, 0, 2, 0, 0, 3}, new Shape(1, 6)).toSparse(SparseFormat.COO);
        assertRefused(x -> x.mul(sparse))
                .hasMessageContaining("(1, 6) is sparse")
                .hasMessageContaining("toDense()");
        Block block = LambdaBlock.singleton(x -> x.mul(sparse.toDense()));
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model)).isZero();
    }

    @Test
    void theBatchMayBranchWhereItIsFixed() throws Exception {
        Block block = LambdaBlock.singleton(x -> x.getShape().get(0) > 3 ? x.neg() : x.abs());
        byte[] model = OnnxExport.of(block, SAMPLE).withFixedBatch(4).bytes();
        assertThat(ExportTest.operators(model)).containsExactly("Neg");
    }

    @Test
    void randomNumbersAreRefused() {
        assertThatThrownBy(() -> export(x -> x.add(x.getManager().randomNormal(new Shape(6)))))
                .hasMessageContaining("random");
    }

    @Test
    void aMaskThatDependsOnTheDataIsRefused() {
        assertRefused(x -> x.get(x.gt(0))).hasMessageContaining("shape depends on the data");
    }

    @Test
    void trainingModeIsRefused() {
        assertRefused(x -> x.getNDArrayInternal().dropout(x, 0.5f, true).singletonOrThrow())
                .hasMessageContaining("runs in training mode");
        assertRefused(x -> {
                    NDArray ones = x.getManager().ones(new Shape(6));
                    return x.getNDArrayInternal()
                            .batchNorm(x, ones, ones.add(1), ones.add(2), ones.add(3), 1, 0.9f, 1e-3f, true)
                            .singletonOrThrow();
                })
                .hasMessageContaining("runs in training mode");
    }

    /** DJL passes weights where PyTorch expects biases; with other sizes PyTorch throws, with these it computes. */
    @Test
    void bothDirectionsWithBiasesAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape sequence = new Shape(6, 4);
            Block one = Agreement.initialized(bidirectional(1), manager, sequence);
            assertThatThrownBy(
                            () -> OnnxExport.of(one, sequence).withFixedBatch(4).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("biases in place of weights")
                    .hasMessageContaining("optHasBiases(false)");
            Block three = Agreement.initialized(bidirectional(3), manager, sequence);
            assertThatThrownBy(() -> OnnxExport.of(three, sequence).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("the engine itself cannot compute NDArrayEx.lstm")
                    .hasMessageContaining("mixes biases and weights up")
                    .hasMessageContaining("optHasBiases(false)");
        }
    }

    /** PyTorch reads beyond the end of the weights there, and returns a result. */
    @Test
    void aSequenceWithAnotherNumberOfFeaturesThanTheWeightsIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block lstm = LSTM.builder()
                    .setStateSize(4)
                    .setNumLayers(1)
                    .optHasBiases(false)
                    .build();
            lstm.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 5));
            Block block = new SequentialBlock()
                    .add(LambdaBlock.singleton(x -> x.get(":, :, 0:3")))
                    .add(lstm);
            assertThatThrownBy(() -> OnnxExport.of(block, new Shape(2, 4)).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("lstm")
                    .hasMessageContaining("5 features");
        }
    }

    private static Block bidirectional(int hidden) {
        return LSTM.builder()
                .setStateSize(hidden)
                .setNumLayers(1)
                .optBidirectional(true)
                .build();
    }

    @Test
    void usingAnArrayThatAnotherOneChangedIsRefused() {
        assertRefused(x -> {
                    NDArray view = x.reshape(-1, 2, 3);
                    x.addi(1);
                    return view.neg();
                })
                .hasMessageContaining("changed in place through another array");
    }

    @Test
    void aConstantThatAViewOfItOverwroteIsRefused() {
        assertRefused(x -> {
                    NDArray zeros = x.getManager().zeros(x.getShape());
                    zeros.reshape(-1, 6).addi(x);
                    return x.mul(zeros.add(1));
                })
                .hasMessageContaining("changed in place through another array");
    }

    @Test
    void aConstantOverwrittenByConstantsIsUpToDate() throws Exception {
        Block block = LambdaBlock.singleton(x -> {
            NDArray constant = x.getManager().zeros(new Shape(6));
            NDArray before = x.add(constant);
            constant.reshape(2, 3).addi(1);
            constant.set(new NDIndex("2:4"), 5f);
            return before.mul(constant);
        });
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model)).isZero();
    }

    static Stream<Consumer<NDArray>> writes() {
        return Stream.of(
                counter -> counter.addi(1),
                counter -> counter.reshape(1, 1).addi(1),
                counter -> counter.set(new NDIndex("0"), 5),
                counter -> counter.set(new NDIndex("{}", counter.gt(-9)), 5),
                counter -> counter.set(new float[] {5}));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void aNetworkThatWritesItsParametersIsRefused(Consumer<NDArray> write) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(new OwnBlocks.Writing(write), manager, SAMPLE);
            float before = block.getParameters().get("counter").getArray().getFloat(0);
            assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("changes a parameter (counter)")
                    .hasMessageContaining("block Writing, called at RefusalTest.java:");
            assertThat(block.getParameters().get("counter").getArray().getFloat(0))
                    .isEqualTo(before);
        }
    }

    @Test
    void aFractionOfTheBatchIsBatchDependent() {
        assertThatThrownBy(() -> export(x -> x.mul(1.0 / x.getShape().get(0))))
                .hasMessageContaining("batch-dependent control flow")
                .hasMessageContaining("0.2");
    }

    @Test
    void anArrayFromOutsideAsReceiverIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.ones(new Shape(6));
            assertRefused(x -> outside.add(x)).hasMessageContaining("let the traced array be the receiver");
        }
    }

    @Test
    void anArrayFromOutsideAsOperandIsAConstant() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.ones(new Shape(6)).mul(3);
            Block block = LambdaBlock.singleton(x -> NDArrays.mul(x, outside));
            byte[] model = OnnxExport.of(block, SAMPLE).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model)).isZero();
        }
    }

    /** NaN of either sign, alone at the very end of many numbers. */
    @ParameterizedTest
    @ValueSource(ints = {0x7fc0_0000, 0x7f80_0001, 0xffc0_0000, 0xff80_0001})
    void weightsThatAreNotNumbersAreRefused(int bits) {
        assertThatThrownBy(() -> OnnxExport.of(biased(Float.intBitsToFloat(bits)), SAMPLE)
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("bias(5000) holds NaN");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -Float.MAX_VALUE})
    void infiniteWeightsAreExported(float weight) throws Exception {
        Block block = biased(weight);
        byte[] model = OnnxExport.of(block, SAMPLE).bytes();
        assertThat(Agreement.difference(block, SAMPLE, model)).isLessThan(1e-5);
    }

    private Block biased(float last) {
        Block block = Agreement.initialized(Linear.builder().setUnits(5_000).build(), manager, SAMPLE);
        float[] bias = new float[5_000];
        bias[bias.length - 1] = last;
        block.getParameters().get("bias").getArray().set(bias);
        return block;
    }

    /** Expected values are those of the function; in FLOAT32, x + sqrt(x^2 + 1) is 0 for x of -5000. */
    @Test
    void theWayAroundAsinhIsRightBelowZeroToo() throws Exception {
        assertRefused(x -> x.asinh()).hasMessageContaining("x.sign().mul(x.abs().add(x.square().add(1).sqrt()).log())");
        byte[] model =
                export(x -> x.sign().mul(x.abs().add(x.square().add(1).sqrt()).log()));
        double[] expected = {-9.210340382, -7.600902710, -0.881373587, 0, 0.481211825, 9.210340382};
        try (OrtSession session = new OrtSession(model)) {
            List<Double> found = session.run(new float[] {-5_000, -1_000, -1, 0, 0.5f, 5_000}, 1, 6)
                    .get(0)
                    .numbers();
            for (int i = 0; i < expected.length; i++) {
                assertThat(found.get(i)).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    /** DJL documents the lengths as (batch). */
    @Test
    void theWayAroundSequenceMaskTakesOneLengthPerSample() throws Exception {
        assertRefused(x -> x.sequenceMask(x.sum(new int[] {1})))
                .hasMessageContaining("multiply by manager.arange(length).lt(lengths.expandDims(1))");
        Block block = new LambdaBlock(inputs -> {
            NDArray x = inputs.get(0);
            NDArray mask = x.getManager().arange(3).lt(inputs.get(1).expandDims(1));
            return new NDList(x.mul(mask.expandDims(-1)));
        });
        byte[] model = OnnxExport.of(
                        block,
                        OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, Axis.of(3), Axis.of(2)),
                        OnnxInput.of("lengths", DataType.INT64, Axis.BATCH))
                .bytes();
        NDArray x = manager.ones(new Shape(2, 3, 2));
        NDArray lengths = manager.create(new long[] {1, 3});
        try (OrtSession session = new OrtSession(model)) {
            assertThat(session.run(new NDList(x, lengths)).get(0).numbers())
                    .containsExactly(1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
        }
    }

    @Test
    void wrongSettingsAreRefused() {
        OnnxExport export = OnnxExport.of(LambdaBlock.singleton(NDArray::neg), SAMPLE);
        assertThatThrownBy(() -> export.withOpset(12)).hasMessageContaining("from 13 to 21, found 12");
        assertThatThrownBy(() -> export.withOpset(22)).hasMessageContaining("from 13 to 21, found 22");
        assertThatThrownBy(() -> export.withFixedBatch(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> export.withEmbeddedPreprocessing(new float[] {0, 0}, new float[] {1}))
                .hasMessageContaining("2 means and 1 deviations");
        assertThatThrownBy(() -> export.withEmbeddedPreprocessing(new float[] {0}, new float[] {0}))
                .hasMessageContaining("above 0");
        OnnxExport color = OnnxExport.of(LambdaBlock.singleton(NDArray::neg), new Shape(3, 4, 4))
                .withEmbeddedPreprocessing(new float[] {0, 0}, new float[] {1, 1});
        assertThatThrownBy(color::bytes).hasMessageContaining("for 3 channels, found 2");
        assertThatThrownBy(() -> OnnxExport.of(LambdaBlock.singleton(NDArray::neg), new Shape(-1, 6)))
                .hasMessageContaining("without the batch");
    }

    private static byte[] export(Function<NDArray, NDArray> body) {
        return OnnxExport.of(LambdaBlock.singleton(body), SAMPLE).bytes();
    }
}
