package io.catwalk.onnx;

import static io.catwalk.onnx.SmallNetworks.norm;
import static io.catwalk.onnx.SmallNetworks.relu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A network has the inputs, outputs and dynamic axes that its caller gives, and computes the same as in DJL at every
 * size.
 */
@Tag("tiny")
class SignatureTest extends ExportTest {

    private static final Axis.Dynamic SEQUENCE = Axis.of("sequence");
    private static final Axis.Dynamic HEIGHT = Axis.of("height");
    private static final Axis.Dynamic WIDTH = Axis.of("width");

    private static final OnnxInput VALUES = floats("values", Axis.BATCH, Axis.of(5));
    private static final OnnxInput LENGTHS = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH);

    /** Takes the last value of each sequence. */
    private static final Block LAST = new LambdaBlock(inputs -> {
        NDArray last = inputs.get(1).sub(1).expandDims(1);
        return new NDList(inputs.get(0).gather(last, 1).squeeze(1));
    });

    private static OnnxInput floats(String name, Axis... axes) {
        return OnnxInput.of(name, DataType.FLOAT32, axes);
    }

    private static OnnxInput images(int channels, Axis height, Axis width) {
        return floats("pixels", Axis.BATCH, Axis.of(channels), height, width);
    }

    private static ListAssert<String> assertInputs(byte[] model) {
        return described(OnnxParser.model(model).graph().inputs());
    }

    private static ListAssert<String> assertOutputs(byte[] model) {
        return described(OnnxParser.model(model).graph().outputs());
    }

    private static ListAssert<String> described(List<Value> values) {
        return assertThat(values.stream().map(value -> value.name() + " " + value.type() + value.shape()));
    }

    /** Exports, compares at inputs of FLOAT32 of each shape, and returns the file. */
    private byte[] assertTakes(Block block, OnnxInput input, double tolerance, long[]... shapes) {
        byte[] model = OnnxExport.of(block, input).bytes();
        for (long[] shape : shapes) {
            NDList inputs = new NDList(floats(shape));
            assertThat(Agreement.difference(block, model, inputs)).isLessThanOrEqualTo(tolerance);
        }
        return model;
    }

    @Test
    void aTransformerOfTokensAndMaskTakesEverySequenceUpToItsTableOfPositions() {
        OwnBlocks.Transformer block = new OwnBlocks.Transformer();
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5), new Shape(2, 5));
        Agreement.randomize(block, 3);
        assertRefused(OnnxExport.of(block, tokens("ids", SEQUENCE), tokens("mask", SEQUENCE)), "atMost");
        Axis upTo43 = SEQUENCE.atMost(43);
        OnnxExport export = OnnxExport.of(block, tokens("ids", upTo43), tokens("mask", upTo43));
        byte[] model = export.bytes();
        assertInputs(model).containsExactly("ids int64(batch, sequence)", "mask int64(batch, sequence)");
        assertOutputs(model).containsExactly("output float(batch, sequence, 8)");
        for (long[] shape : new long[][] {{1, 1}, {1, 16}, {2, 7}, {3, 5}, {4, 43}, {9, 16}, {17, 12}}) {
            NDArray mask = ids(DataType.INT64, 3, shape).gt(0).toType(DataType.INT64, false);
            NDList inputs = new NDList(ids(DataType.INT64, 11, shape), mask);
            assertThat(Agreement.difference(block, model, inputs)).isLessThan(TOLERANCE);
        }
    }

    private static OnnxInput tokens(String name, Axis sequence) {
        return OnnxInput.of(name, DataType.INT64, Axis.BATCH, sequence);
    }

    @Test
    void aFullyConvolutionalNetworkTakesEveryImage() {
        Conv2d.Builder halving = Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3));
        Conv2d.Builder pointwise = Conv2d.builder().setFilters(3).setKernelShape(new Shape(1, 1));
        Shape one = new Shape(1, 1);
        Block block = seq(
                halving.optPadding(one).optStride(new Shape(2, 2)).build(),
                norm(),
                relu(),
                Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), one),
                Pool.avgPool2dBlock(new Shape(2, 2), one, one),
                pointwise.build());
        initialized(block, new Shape(3, 32, 32));
        long[][] sizes = {{1, 3, 1, 1}, {1, 3, 32, 32}, {2, 3, 7, 43}, {3, 3, 29, 18}, {1, 3, 224, 160}, {5, 3, 64, 65}
        };
        byte[] model = assertTakes(block, images(3, HEIGHT, WIDTH), TOLERANCE, sizes);
        assertInputs(model).containsExactly("pixels float(batch, 3, height, width)");
        assertOutputs(model).containsExactly("output float(batch, 3, floor((height+3)/4)+1, floor((width+3)/4)+1)");
    }

    @Test
    void globalPoolingMakesClassesOfEveryImage() {
        Conv2d.Builder halving = Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3));
        Block weighted = lambda(x -> {
            Shape shape = x.getShape();
            NDArray mean =
                    x.reshape(shape.get(0), 4, shape.get(2) * shape.get(3)).mean(new int[] {2}, true);
            return mean.mul(shape.get(2)).reshape(-1, 4, 1, 1).mul(x);
        });
        Block block = seq(halving.optStride(new Shape(2, 2)).build(), weighted, Pool.globalAvgPool2dBlock(), dense(5));
        initialized(block, new Shape(3, 32, 32));
        OnnxInput pixels = images(3, HEIGHT.atLeast(4), WIDTH.atLeast(5));
        assertTakes(block, pixels, TOLERANCE, new long[][] {{1, 3, 8, 8}, {2, 3, 9, 31}, {3, 3, 100, 17}});
        OnnxExport export =
                OnnxExport.of(block, pixels).withOutputNames("scores").withProbabilities();
        assertOutputs(export.bytes()).containsExactly("scores float(batch, 5)", "probabilities float(batch, 5)");
    }

    @Test
    void anLstmTakesEverySequence() {
        Block lstm = SmallNetworks.lstm(6, 2).build();
        Block block = seq(lstm, lambda(x -> x.mean(new int[] {1}, true).add(x)));
        initialized(block, new Shape(5, 3));
        OnnxInput series = floats("series", Axis.BATCH, SEQUENCE, Axis.of(3));
        byte[] model =
                assertTakes(block, series, TOLERANCE, new long[][] {{1, 1, 3}, {2, 8, 3}, {3, 31, 3}, {7, 100, 3}});
        assertOutputs(model).containsExactly("output float(batch, sequence, 6)");
    }

    @Test
    void whatIsHalvedAndDoubledAgainTakesMultiples() {
        Shape four = new Shape(4, 4);
        Block block = lambda(x -> {
            NDArray small = x.getNDArrayInternal().maxPool(four, four, new Shape(0, 0), false);
            return x.concat(small.repeat(2, 4).repeat(3, 4), 1);
        });
        OnnxInput pixels = images(2, HEIGHT.inStepsOf(32), WIDTH.inStepsOf(32));
        byte[] model = assertTakes(block, pixels, 0, new long[][] {{1, 2, 32, 64}, {2, 2, 96, 32}});
        assertInputs(model).containsExactly("pixels float(batch, 2, height, width)");
        assertOutputs(model).containsExactly("output float(batch, 4, height, width)");
        assertRefused(OnnxExport.of(block, images(2, HEIGHT, WIDTH)), "height");
    }

    @Test
    void outputsAreCalledAsTheCallerSaysElseAsForwardSays() {
        Block block = new LambdaBlock(inputs -> {
            NDArray product = inputs.get(0).mul(inputs.get(1));
            product.setName("product");
            return new NDList(inputs.get(0).add(inputs.get(1)), product);
        });
        OnnxExport export = OnnxExport.of(block, floats("left", Axis.BATCH), floats("right", Axis.BATCH));
        assertOutputs(export.bytes()).containsExactly("output_1 float(batch)", "product float(batch)");
        assertOutputs(export.withOutputNames("a", "b").bytes()).containsExactly("a float(batch)", "b float(batch)");
        assertRefused(export.withOutputNames("a", "left"), "the name left is given to two");
        assertRefused(export.withOutputNames("a"), "returns 2 array(s)");
        assertRejected(() -> export.withOutputNames("a", "a"), "a different name for each output");
        assertRefused(export.withProbabilities(), "returns 2 arrays");
        float[] zero = {0};
        assertRejected(() -> export.withEmbeddedPreprocessing(zero, zero), "expected one FLOAT32 input of images");
    }

    @Test
    void aClassifierMayNameItsInputAndOutputs() {
        Block block = lambda(x -> {
            x.setName("pixels");
            NDArray y = x.neg();
            y.setName("scores");
            return y;
        });
        byte[] model = OnnxExport.of(block, new Shape(3)).bytes();
        assertInputs(model).containsExactly("pixels float(batch, 3)");
        assertOutputs(model).containsExactly("scores float(batch, 3)");
    }

    @Test
    void namesAndAxesThatDoNotFitAreRefused() {
        Block block = lambda(x -> x);
        OnnxInput x = floats("x", SEQUENCE);
        OnnxInput short9 = floats("y", SEQUENCE.atMost(9));
        OnnxExport export = OnnxExport.of(block, x);
        assertRejected(() -> OnnxExport.of(block, x, x), "found x twice");
        assertRejected(() -> OnnxExport.of(block, x, short9), "the same sizes wherever an axis is called sequence");
        assertRejected(() -> export.withFixedBatch(3), "one of [sequence], found batch");
        assertRejected(() -> OnnxExport.of(block, short9).withFixedSize("sequence", 10), "found 10");
        assertRejected(() -> Axis.of("floor"), "name of an axis");
        assertRejected(() -> Axis.of("2d"), "name of an axis");
        assertRejected(() -> Axis.of("x").inStepsOf(8).atMost(7), "found none");
        assertRejected(() -> Axis.of("x").atLeast(5).atMost(4), "found none");
        assertRejected(() -> OnnxInput.of("x", DataType.STRING), "a type that is exported");
    }

    @Test
    void inputsHaveTheirNamesInForward() {
        Block block = new LambdaBlock(inputs -> {
            NDArray left = inputs.get("left");
            return new NDList(left.sub(inputs.get("right")), left.toType(DataType.INT32, false), left);
        });
        OnnxExport export = OnnxExport.of(block, floats("left", Axis.BATCH), floats("right", Axis.BATCH));
        NDList inputs = new NDList(floats(3), floats(3).mul(2));
        inputs.get(0).setName("left");
        inputs.get(1).setName("right");
        byte[] model = export.bytes();
        assertOutputs(model).containsExactly("output_1 float(batch)", "output_2 int32(batch)", "output_3 float(batch)");
        assertThat(Agreement.difference(block, model, inputs)).isZero();
        assertThat(export.prove(inputs).agrees()).isTrue();
    }

    @Test
    void aFixedAxisMayBeLookedAt() {
        Block block = lambda(x -> x.getShape().get(1) > 8 ? x.neg() : x.abs());
        OnnxExport export = OnnxExport.of(block, floats("x", Axis.BATCH, SEQUENCE));
        assertRefused(export, "sequence-dependent control flow", "NDArray.abs()", "a sequence of 7", "44");
        byte[] model = export.withFixedSize("sequence", 9).bytes();
        assertInputs(model).containsExactly("x float(batch, 9)");
        assertThat(Agreement.difference(block, model, new NDList(floats(4, 9)))).isZero();
    }

    @Test
    void anAxisInStepsHasNoLargestSizeUnlessItIsGivenOne() {
        Axis.Dynamic even = SEQUENCE.inStepsOf(2);
        assertThat(even.most()).isEqualTo(Long.MAX_VALUE);
        assertThat(SEQUENCE.atMost(17).inStepsOf(2).most()).isEqualTo(16);
        for (Axis axis : List.of(even, even.atMost(17))) {
            Block block = lambda(x -> x.add(positions(x)));
            assertTakes(block, floats("x", Axis.BATCH, axis), TOLERANCE, new long[][] {{2, 2}, {2, 8}, {2, 16}});
        }
    }

    /** The first of the numbers is -0.0, which counting in whole numbers does not make. */
    @Test
    void positionsBelowZeroAreExported() {
        Block block = lambda(x -> {
            NDArray below = x.getManager().arange((float) x.getShape().get(1)).neg();
            return x.add(1).div(below);
        });
        for (Axis axis : List.of(SEQUENCE, SEQUENCE.atMost(16))) {
            assertTakes(block, floats("x", Axis.BATCH, axis), TOLERANCE, new long[][] {{2, 1}, {2, 7}, {2, 16}});
        }
    }

    @Test
    void positionsThatAreRepeatedForEachSampleAreComputed() {
        OnnxInput input = floats("x", Axis.BATCH, SEQUENCE.atMost(16));
        Block repeated = lambda(x -> x.add(positions(x).repeat(0, x.getShape().get(0))));
        byte[] model = OnnxExport.of(repeated, input).bytes();
        assertThat(Agreement.difference(repeated, model, new NDList(floats(3, 9))))
                .isZero();
    }

    private static NDArray positions(NDArray x) {
        return x.getManager().arange((float) x.getShape().get(1)).sin().expandDims(0);
    }

    @Test
    void numbersThatAreDrawnForEachSizeAreRefused() {
        Block block = lambda(x -> {
            float[] numbers = new float[(int) x.getShape().get(1)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = i * i % numbers.length;
            }
            return x.add(x.getManager().create(numbers));
        });
        for (Axis axis : List.of(SEQUENCE, SEQUENCE.atMost(100))) {
            OnnxExport export = OnnxExport.of(block, floats("x", Axis.BATCH, axis));
            assertRefused(export, "sequence-dependent control flow", "numbers for");
        }
    }

    @Test
    void aModelKnowsTheShapeOfItsInput() {
        try (Model model = Model.newInstance("linear")) {
            model.setBlock(dense(2));
            assertRejected(() -> OnnxExport.of(model), "the shape of its one input");
            Block block = seq(dense(2));
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            model.setBlock(block);
            byte[] file = OnnxExport.of(model).bytes();
            assertInputs(file).containsExactly("images float(batch, 3)");
            ZooModel<NDList, NDList> loaded = new ZooModel<>(model, new NoopTranslator());
            assertThat(OnnxExport.of(loaded).bytes()).isEqualTo(file);
            assertThat(OnnxExport.of(block, new Shape(3)).bytes()).isEqualTo(file);
        }
    }

    // Whole numbers are zeros during an export, unless the input says which numbers are valid.

    private NDList lengths(long... lengths) {
        return new NDList(floats(lengths.length, 5), manager.create(lengths));
    }

    @Test
    void anIndexBelowZeroIsRefusedWithTheCureThatWorks() {
        OnnxExport export = OnnxExport.of(LAST, VALUES, LENGTHS);
        assertRefused(export, "gather", "whole numbers of lengths are 0", "withRange(low, high)");
        OnnxExport ranged = OnnxExport.of(LAST, VALUES, LENGTHS.withRange(1, 5));
        assertThat(ranged.prove(lengths(1, 5, 3), lengths(2)).agrees()).isTrue();
        assertThat(ranged.withFixedBatch(2).bytes()).isNotEmpty();
    }

    /** The engine checks indices, so a number outside of the range would be refused. */
    @Test
    void bothEndsOfTheRangeAreUsed() {
        OnnxInput many = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH, Axis.of(200));
        Block table = lambda(x -> x.getManager().arange(12f).get(x.sub(-7)));
        assertThat(OnnxExport.of(table, many.withRange(-7, 4)).bytes()).isNotEmpty();
        for (OnnxInput wider : List.of(many.withRange(-7, 5), many.withRange(-20, 4))) {
            OnnxExport export = OnnxExport.of(table, wider);
            assertRefused(export, "SignatureTest.java:");
            assertThatThrownBy(export::bytes).message().doesNotContain("withRange");
        }
    }

    @Test
    void aRangeFitsItsType() {
        OnnxInput mask = OnnxInput.of("mask", DataType.BOOLEAN);
        assertRejected(() -> LENGTHS.withRange(5, 1), "found 5.0 and 1.0");
        assertRejected(() -> LENGTHS.withRange(0.5, 1), "expected whole numbers");
        assertRejected(() -> mask.withRange(0, 1), "truth values");
    }
}
