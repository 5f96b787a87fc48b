package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.onnxruntime.OrtException;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A network has the inputs, outputs and dynamic axes that its caller gives, and computes the same as in DJL at every
 * size.
 */
@Tag("tiny")
class SignatureTest {

    private static final double TOLERANCE = 1e-5;
    private static final Axis.Dynamic SEQUENCE = Axis.of("sequence");
    private static final Axis.Dynamic HEIGHT = Axis.of("height");
    private static final Axis.Dynamic WIDTH = Axis.of("width");

    private final NDManager manager = NDManager.newBaseManager();

    private static OnnxInput floats(String name, Axis... axes) {
        return OnnxInput.of(name, DataType.FLOAT32, axes);
    }

    private NDArray floats(long... shape) {
        Shape wanted = new Shape(shape);
        return manager.create(Agreement.images((int) wanted.size(), wanted.hashCode()), wanted);
    }

    private NDArray ids(int below, long... shape) {
        Shape wanted = new Shape(shape);
        long[] numbers = new long[(int) wanted.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i * 7919L % below;
        }
        return manager.create(numbers, wanted);
    }

    private static Block block(Function<NDArray, NDArray> body) {
        return new SequentialBlock().add(LambdaBlock.singleton(body));
    }

    private static List<String> described(List<Value> values) {
        return values.stream()
                .map(value -> value.name() + " " + value.type() + value.shape())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 16", "2, 7", "3, 5", "4, 43", "9, 16", "17, 12"})
    void aTransformerOfTokensAndMaskTakesEverySequence(int batch, int sequence) throws OrtException {
        Transformer block = new Transformer(11, 8, 2, 43);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5), new Shape(2, 5));
        Agreement.randomize(block, 3);
        Axis.Dynamic upTo43 = SEQUENCE.atMost(43);
        byte[] model = OnnxExport.of(
                        block,
                        OnnxInput.of("input_ids", DataType.INT64, Axis.BATCH, upTo43),
                        OnnxInput.of("attention_mask", DataType.INT64, Axis.BATCH, upTo43))
                .bytes();
        var graph = OnnxParser.model(model).graph();
        assertThat(described(graph.inputs()))
                .containsExactly("input_ids INT64(batch, sequence)", "attention_mask INT64(batch, sequence)");
        assertThat(described(graph.outputs())).containsExactly("output FLOAT(batch, sequence, 8)");
        NDArray mask = ids(3, batch, sequence).gt(0).toType(DataType.INT64, false);
        NDList inputs = new NDList(ids(11, batch, sequence), mask);
        assertThat(Agreement.difference(block, model, inputs)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 32, 32", "2, 7, 43", "3, 29, 18", "1, 224, 160", "5, 64, 65"})
    void aFullyConvolutionalNetworkTakesEveryImage(int batch, int height, int width) throws OrtException {
        Block block = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .optStride(new Shape(2, 2))
                        .setFilters(4)
                        .build())
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)))
                .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(1, 1), new Shape(1, 1)))
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(3)
                        .build());
        Agreement.initialized(block, manager, new Shape(3, 32, 32));
        byte[] model = OnnxExport.of(block, floats("pixels", Axis.BATCH, Axis.of(3), HEIGHT, WIDTH))
                .bytes();
        var graph = OnnxParser.model(model).graph();
        assertThat(described(graph.inputs())).containsExactly("pixels FLOAT(batch, 3, height, width)");
        assertThat(described(graph.outputs()))
                .containsExactly("output FLOAT(batch, 3, floor((height+3)/4)+1, floor((width+3)/4)+1)");
        assertThat(Agreement.difference(block, model, new NDList(floats(batch, 3, height, width))))
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "2, 9, 31", "3, 100, 17"})
    void globalPoolingMakesClassesOfEveryImage(int batch, int height, int width) throws OrtException {
        Block block = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optStride(new Shape(2, 2))
                        .setFilters(4)
                        .build())
                .add(block(x -> x.reshape(
                                x.getShape().get(0),
                                4,
                                x.getShape().get(2) * x.getShape().get(3))
                        .mean(new int[] {2}, true)
                        .mul(x.getShape().get(2))
                        .reshape(-1, 4, 1, 1)
                        .mul(x)))
                .add(Pool.globalAvgPool2dBlock())
                .add(Linear.builder().setUnits(5).build());
        Agreement.initialized(block, manager, new Shape(3, 32, 32));
        byte[] model = OnnxExport.of(
                        block, floats("pixels", Axis.BATCH, Axis.of(3), HEIGHT.atLeast(4), WIDTH.atLeast(5)))
                .withOutputNames("scores")
                .withProbabilities()
                .bytes();
        assertThat(described(OnnxParser.model(model).graph().outputs()))
                .containsExactly("scores FLOAT(batch, 5)", "probabilities FLOAT(batch, 5)");
        byte[] plain = OnnxExport.of(
                        block, floats("pixels", Axis.BATCH, Axis.of(3), HEIGHT.atLeast(4), WIDTH.atLeast(5)))
                .bytes();
        assertThat(Agreement.difference(block, plain, new NDList(floats(batch, 3, height, width))))
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 8", "3, 31", "7, 100"})
    void anLstmTakesEverySequence(int batch, int sequence) throws OrtException {
        Block block = new SequentialBlock()
                .add(LSTM.builder()
                        .setStateSize(6)
                        .setNumLayers(2)
                        .optReturnState(false)
                        .optBatchFirst(true)
                        .build())
                .add(block(x -> x.mean(new int[] {1}, true).add(x)));
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5, 3));
        Agreement.randomize(block, 5);
        byte[] model = OnnxExport.of(block, floats("series", Axis.BATCH, SEQUENCE, Axis.of(3)))
                .bytes();
        assertThat(described(OnnxParser.model(model).graph().outputs()))
                .containsExactly("output FLOAT(batch, sequence, 6)");
        assertThat(Agreement.difference(block, model, new NDList(floats(batch, sequence, 3))))
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 32, 64", "2, 96, 32"})
    void whatIsHalvedAndDoubledAgainTakesMultiples(int batch, int height, int width) throws OrtException {
        Block block = block(x -> {
            NDArray half = x.getNDArrayInternal().maxPool(new Shape(4, 4), new Shape(4, 4), new Shape(0, 0), false);
            NDArray back = half.repeat(2, 4).repeat(3, 4);
            return x.concat(back, 1);
        });
        Axis.Dynamic tall = HEIGHT.inStepsOf(32);
        Axis.Dynamic wide = WIDTH.inStepsOf(32);
        byte[] model = OnnxExport.of(block, floats("pixels", Axis.BATCH, Axis.of(2), tall, wide))
                .bytes();
        var graph = OnnxParser.model(model).graph();
        assertThat(described(graph.inputs())).containsExactly("pixels FLOAT(batch, 2, height, width)");
        assertThat(described(graph.outputs())).containsExactly("output FLOAT(batch, 4, height, width)");
        assertThat(Agreement.difference(block, model, new NDList(floats(batch, 2, height, width))))
                .isLessThan(TOLERANCE);
        assertThatThrownBy(() -> OnnxExport.of(block, floats("pixels", Axis.BATCH, Axis.of(2), HEIGHT, WIDTH))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("height");
    }

    @Test
    void outputsAreCalledAsTheCallerSaysElseAsForwardSays() {
        Block block = new LambdaBlock(inputs -> {
            NDArray sum = inputs.get(0).add(inputs.get(1));
            NDArray product = inputs.get(0).mul(inputs.get(1));
            product.setName("product");
            return new NDList(sum, product);
        });
        OnnxExport export = OnnxExport.of(block, floats("left", Axis.BATCH), floats("right", Axis.BATCH));
        assertThat(described(OnnxParser.model(export.bytes()).graph().outputs()))
                .containsExactly("output_1 FLOAT(batch)", "product FLOAT(batch)");
        assertThat(described(OnnxParser.model(export.withOutputNames("a", "b").bytes())
                        .graph()
                        .outputs()))
                .containsExactly("a FLOAT(batch)", "b FLOAT(batch)");
        assertThatThrownBy(() -> export.withOutputNames("a").bytes()).hasMessageContaining("returns 2 array(s)");
        assertThatThrownBy(() -> export.withOutputNames("a", "a"))
                .hasMessageContaining("a different name for each output");
        assertThatThrownBy(() -> export.withOutputNames("a", "left").bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("the name left is given to two");
        assertThatThrownBy(() -> export.withProbabilities().bytes()).hasMessageContaining("returns 2 arrays");
        assertThatThrownBy(() -> export.withEmbeddedPreprocessing(new float[] {0}, new float[] {1}))
                .hasMessageContaining("expected one FLOAT32 input of images");
    }

    @Test
    void aClassifierMayNameItsInputAndOutputs() {
        Block block = block(x -> {
            x.setName("pixels");
            NDArray y = x.neg();
            y.setName("scores");
            return y;
        });
        var graph = OnnxParser.model(OnnxExport.of(block, new Shape(3)).bytes()).graph();
        assertThat(described(graph.inputs())).containsExactly("pixels FLOAT(batch, 3)");
        assertThat(described(graph.outputs())).containsExactly("scores FLOAT(batch, 3)");
    }

    @Test
    void namesAndAxesThatDoNotFitAreRefused() {
        Block block = block(x -> x);
        assertThatThrownBy(() -> OnnxExport.of(block, floats("x", Axis.BATCH), floats("x", Axis.BATCH)))
                .hasMessageContaining("found x twice");
        assertThatThrownBy(() -> OnnxExport.of(block, floats("x", SEQUENCE), floats("y", SEQUENCE.atMost(9))))
                .hasMessageContaining("the same sizes wherever an axis is called sequence");
        assertThatThrownBy(() -> OnnxExport.of(block, floats("x", SEQUENCE)).withFixedBatch(3))
                .hasMessageContaining("one of [sequence], found batch");
        assertThatThrownBy(() ->
                        OnnxExport.of(block, floats("x", SEQUENCE.atMost(9))).withFixedSize("sequence", 10))
                .hasMessageContaining("found 10");
        assertThatThrownBy(() -> Axis.of("floor")).hasMessageContaining("name of an axis");
        assertThatThrownBy(() -> Axis.of("2d")).hasMessageContaining("name of an axis");
        assertThatThrownBy(() -> Axis.of("x").inStepsOf(8).atMost(7)).hasMessageContaining("found none");
        assertThatThrownBy(() -> OnnxInput.of("x", DataType.STRING)).hasMessageContaining("a type that is exported");
    }

    @Test
    void inputsHaveTheirNamesInForward() throws OrtException {
        Block block = new LambdaBlock(inputs -> {
            NDArray left = inputs.get("left");
            return new NDList(left.sub(inputs.get("right")), left.toType(DataType.INT32, false), left);
        });
        OnnxExport export = OnnxExport.of(block, floats("left", Axis.BATCH), floats("right", Axis.BATCH));
        NDArray left = floats(3);
        NDArray right = floats(3).mul(2);
        left.setName("left");
        right.setName("right");
        byte[] model = export.bytes();
        assertThat(described(OnnxParser.model(model).graph().outputs()))
                .containsExactly("output_1 FLOAT(batch)", "output_2 INT32(batch)", "output_3 FLOAT(batch)");
        assertThat(Agreement.difference(block, model, new NDList(left, right))).isZero();
        assertThat(export.prove(new NDList(left, right)).agrees()).isTrue();
    }

    @Test
    void aFixedAxisMayBeLookedAt() throws OrtException {
        Block block = block(x -> x.getShape().get(1) > 8 ? x.neg() : x.abs());
        OnnxExport export = OnnxExport.of(block, floats("x", Axis.BATCH, SEQUENCE));
        assertThatThrownBy(export::bytes)
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("sequence-dependent control flow")
                .hasMessageContaining("NDArray.abs()")
                .hasMessageContaining("a sequence of 7")
                .hasMessageContaining("44");
        byte[] model = export.withFixedSize("sequence", 9).bytes();
        assertThat(described(OnnxParser.model(model).graph().inputs())).containsExactly("x FLOAT(batch, 9)");
        assertThat(Agreement.difference(block, model, new NDList(floats(4, 9)))).isZero();
    }

    @Test
    void aTableOfPositionsBoundsTheSequence() {
        Transformer block = new Transformer(11, 8, 2, 43);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5), new Shape(2, 5));
        assertThatThrownBy(() -> OnnxExport.of(
                                block,
                                OnnxInput.of("ids", DataType.INT64, Axis.BATCH, SEQUENCE),
                                OnnxInput.of("mask", DataType.INT64, Axis.BATCH, SEQUENCE))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("atMost");
    }

    @Test
    void anAxisInStepsHasNoLargestSizeUnlessItIsGivenOne() throws OrtException {
        Block block = block(
                x -> x.add(x.getManager().arange((float) x.getShape().get(1)).sin()));
        Axis.Dynamic even = SEQUENCE.inStepsOf(2);
        assertThat(even.most()).isEqualTo(Long.MAX_VALUE);
        assertThat(SEQUENCE.atMost(17).inStepsOf(2).most()).isEqualTo(16);
        for (Axis.Dynamic axis : List.of(even, even.atMost(17))) {
            byte[] model = OnnxExport.of(block, floats("x", Axis.BATCH, axis)).bytes();
            for (int length : new int[] {2, 8, 16}) {
                assertThat(Agreement.difference(block, model, new NDList(floats(2, length))))
                        .isLessThan(TOLERANCE);
            }
        }
    }

    /** The first of the numbers is -0.0, which counting in whole numbers does not make. */
    @Test
    void positionsBelowZeroAreExported() throws OrtException {
        Block block = block(x ->
                x.add(1).div(x.getManager().arange((float) x.getShape().get(1)).neg()));
        for (Axis.Dynamic axis : List.of(SEQUENCE, SEQUENCE.atMost(16))) {
            byte[] model = OnnxExport.of(block, floats("x", Axis.BATCH, axis)).bytes();
            for (int length : new int[] {1, 7, 16}) {
                assertThat(Agreement.difference(block, model, new NDList(floats(2, length))))
                        .isLessThan(TOLERANCE);
            }
        }
    }

    @Test
    void positionsThatAreRepeatedForEachSampleAreRefusedWithAWay() throws OrtException {
        Axis.Dynamic sequence = SEQUENCE.atMost(16);
        Block repeated = block(x -> x.add(positions(x).repeat(0, x.getShape().get(0))));
        assertThatThrownBy(() -> OnnxExport.of(repeated, floats("x", Axis.BATCH, sequence))
                        .bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("also follows the batch, which has no largest size: make it of size 1 there");
        Block once = block(x -> x.add(positions(x)));
        byte[] model = OnnxExport.of(once, floats("x", Axis.BATCH, sequence)).bytes();
        assertThat(Agreement.difference(repeated, model, new NDList(floats(3, 9))))
                .isZero();
    }

    private static NDArray positions(NDArray x) {
        return x.getManager().arange((float) x.getShape().get(1)).sin().expandDims(0);
    }

    @Test
    void numbersThatAreDrawnForEachSizeAreRefused() {
        Block block = block(x -> {
            float[] numbers = new float[(int) x.getShape().get(1)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = i * i % numbers.length;
            }
            return x.add(x.getManager().create(numbers));
        });
        for (Axis.Dynamic sequence : List.of(SEQUENCE, SEQUENCE.atMost(100))) {
            assertThatThrownBy(() -> OnnxExport.of(block, floats("x", Axis.BATCH, sequence))
                            .bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("sequence-dependent control flow")
                    .hasMessageContaining("numbers for");
        }
    }

    @Test
    void whatLooksAtASizeBetweenTracesIsFoundInRehearsals() {
        for (long bound : new long[] {1, 2, 8, 100, 512}) {
            Block block = block(x -> x.getShape().get(1) == bound ? x.neg() : x.abs());
            assertThatThrownBy(() -> OnnxExport.of(block, floats("x", Axis.BATCH, SEQUENCE))
                            .bytes())
                    .as("a sequence of " + bound)
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("a sequence of " + bound + ",");
        }
    }

    @Test
    void aModelKnowsTheShapeOfItsInput() {
        try (Model model = Model.newInstance("linear")) {
            assertThatThrownBy(() -> {
                        model.setBlock(Linear.builder().setUnits(2).build());
                        OnnxExport.of(model);
                    })
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the shape of its one input");
            Block block = new SequentialBlock().add(Linear.builder().setUnits(2).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            model.setBlock(block);
            assertThat(described(OnnxParser.model(OnnxExport.of(model).bytes())
                            .graph()
                            .inputs()))
                    .containsExactly("images FLOAT(batch, 3)");
            ZooModel<NDList, NDList> loaded = new ZooModel<>(model, new NoopTranslator());
            assertThat(OnnxExport.of(loaded).bytes())
                    .isEqualTo(OnnxExport.of(block, new Shape(3)).bytes());
        }
    }
}
