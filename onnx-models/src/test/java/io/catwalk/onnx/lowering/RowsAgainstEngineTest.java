package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static io.catwalk.onnx.Refusals.stateRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The file computes what the engine computes, with no more nodes than it needs, or the export is refused. */
@Tag("tiny")
class RowsAgainstEngineTest {

    private static final List<DataType> TYPES = List.of(
            DataType.BOOLEAN,
            DataType.UINT8,
            DataType.INT8,
            DataType.INT32,
            DataType.INT64,
            DataType.FLOAT32,
            DataType.FLOAT64);

    private static final int BILINEAR = 1;
    private static final Shape ONE = new Shape(1);
    private static final Shape TWO = new Shape(2);

    private record Function(double tolerance, String name, String sample, UnaryOperator<NDArray> of) {}

    private final List<Function> functions = new ArrayList<>();

    private void same(String name, String sample, UnaryOperator<NDArray> function) {
        nearly(0, name, sample, function);
    }

    private void nearly(double tolerance, String name, String sample, UnaryOperator<NDArray> function) {
        functions.add(new Function(tolerance, name, sample, function));
    }

    static List<Function> functions() {
        RowsAgainstEngineTest test = new RowsAgainstEngineTest();
        test.arithmetic();
        test.scalars();
        test.shapes();
        test.withoutElements();
        test.indices();
        test.linear();
        test.windows();
        test.images();
        return test.functions;
    }

    /** For numbers whose sums and products are exact, unless a tolerance is given. */
    @ParameterizedTest
    @MethodSource("functions")
    void theFileComputesWhatTheEngineComputes(Function function) throws Exception {
        Shape shape = new Shape(Arrays.stream(function.sample().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray());
        Block block = LambdaBlock.singleton(function.of());
        byte[] model = OnnxExport.of(block, shape).bytes();
        assertThat(Agreement.difference(block, shape, model, Agreement::eighths, 1, 3))
                .isLessThanOrEqualTo(function.tolerance());
    }

    private static NDArray whole(NDArray x) {
        return x.round().toType(DataType.INT64, false);
    }

    private static NDArray as(NDArray x, DataType type) {
        NDArray wide = type == DataType.UINT8 ? x.add(200) : x;
        return wide.toType(type, false);
    }

    private static NDArray asWhole(NDArray answer) {
        return answer.toType(DataType.INT32, false);
    }

    private void arithmetic() {
        for (int exponent : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 12, 15}) {
            same("a whole number to the power of " + exponent, "6", x -> whole(x).pow(exponent));
        }
        // An unsigned byte of 200 is greater than a signed one of -56, which has the same bits: the wider type decides.
        for (DataType left : TYPES) {
            same("comparison in the wider type, " + left, "8", x -> compared(x, left));
            same("comparison with a number, " + left, "8", x -> comparedWithNumbers(x, left));
        }
        same("rounded wholes", "6", x -> whole(x).trunc().add(whole(x).floor()).add(whole(x).round()));
        same("wholes that are nothing", "6", x -> whole(x).isNaN().logicalOr(whole(x).isInfinite()));
        same(
                "quotients that are nothing",
                "6",
                x -> x.div(x.abs()).isNaN().logicalOr(x.div(x.mul(0)).isInfinite()));
    }

    private static NDArray compared(NDArray x, DataType left) {
        NDList answers = new NDList();
        for (DataType right : TYPES) {
            NDArray other = as(x.flip(1), right);
            answers.add(asWhole(as(x, left).gt(other)));
            answers.add(asWhole(as(x, left).eq(other)));
        }
        return NDArrays.stack(answers, 1);
    }

    private static NDArray comparedWithNumbers(NDArray x, DataType left) {
        NDList answers = new NDList();
        for (Number number : new Number[] {1, 2, 300, 0.5f, 0.1, 0.1f}) {
            answers.add(asWhole(as(x, left).gt(number)));
            answers.add(asWhole(as(x, left).eq(number)));
        }
        for (DataType right : TYPES) {
            NDArray scalar = x.getManager().create(1.5f).toType(right, false);
            answers.add(asWhole(as(x, left).gte(scalar)));
        }
        return NDArrays.stack(answers, 1);
    }

    /** The engine takes a scalar for a vector of one element; a number beside one has its own type. */
    private void scalars() {
        same("softmax", "6", x -> x.max().softmax(0));
        same("logSoftmax", "6", x -> x.max().logSoftmax(-1));
        same("sum", "6", x -> x.max().sum(new int[] {0}));
        same("mean, kept", "6", x -> x.max().mean(new int[] {-1}, true));
        same("max", "6", x -> x.max().max(new int[] {0}));
        same("min", "6", x -> x.max().min(new int[] {0}));
        same("prod", "6", x -> x.max().prod(new int[] {0}));
        same("argMax", "6", x -> x.max().argMax(0));
        same("argMin", "6", x -> x.max().argMin(-1));
        same("cumSum", "6", x -> x.max().cumSum());
        same("cumSum along an axis", "6", x -> x.max().cumSum(0));
        same("cumProd", "6", x -> x.max().cumProd(0));
        same("sort", "6", x -> x.max().sort());
        same("sort along an axis", "6", x -> x.max().sort(0));
        same("argSort", "6", x -> x.max().argSort(0));
        same("argSort, descending", "6", x -> x.max().argSort(-1, false));
        same("median", "6", x -> x.max().median());
        same("percentile", "6", x -> x.max().percentile(30));
        same("oneHot", "6", x -> whole(x.max().abs()).mod(5).oneHot(5));
        // As FLOAT64, 0.1f is above 0.1; as INT32, 2^33 is 0.
        same("0.1f beside 0.1", "6", x -> constant(x, 0.1f).max().gt(0.1).logicalOr(x.gt(9)));
        same("0.7f beside 0.7", "6", x -> constant(x, 0.7f).max().lte(0.7).logicalOr(x.gt(9)));
        same(
                "INT32 beside 2^33",
                "6",
                x -> as(constant(x, 0), DataType.INT32).max().eq(1L << 33).logicalOr(x.gt(9)));
        // As FLOAT32, both numbers are the same; as INT8, 1000 is -24.
        same("a scalar below an array", "6", x -> x.mul(0).max().add(0.1).lt(constant(x, 0.1f)));
        same(
                "an array above a scalar",
                "6",
                x -> constant(x, 0.1f).gt(x.mul(0).max().add(0.1)));
        same("1000 beside INT8", "6", x -> x.getManager().create(1000).gt(as(x, DataType.INT8)));
        same("0.5f beside INT8", "6", x -> x.getManager().create(0.5f).gt(as(x, DataType.INT8)));
        same("a boolean beside INT8", "6", x -> x.max().gt(0).eq(as(x, DataType.INT8)));
    }

    private static NDArray constant(NDArray x, float number) {
        return x.mul(0).add(number);
    }

    private void shapes() {
        // From the corner that a diagonal of one number cuts off to the opposite one.
        for (int offset : new int[] {-3, -1, 0, 1, 2}) {
            same("diagonal " + offset, "4 3", x -> x.diagonal(offset, 1, 2));
        }
        for (int offset : new int[] {-1, 0, 2, 3}) {
            same("diagonal " + offset, "2 4", x -> x.diagonal(offset, 1, 2));
        }
        for (int quarters : new int[] {-3, -1, 0, 1, 2, 3, 4, 5}) {
            same("rotate90 " + quarters, "2 3", x -> x.rotate90(quarters, new int[] {1, 2}));
        }
        same("a split into one part", "4", x -> x.split(1, 1).get(0).neg());
        // The row need not handle fewer repeats than axes, which the engine refuses.
        same("tile, one repeat", "2 3", x -> x.tile(2));
        same("tile, as many repeats as axes", "2 3", x -> x.tile(new long[] {1, 3, 2}));
        same(
                "tile, more repeats than axes",
                "2 3",
                x -> x.tile(new long[] {1, 2, 1, 3, 2}).get("0"));
        same("a flip of no axis", "2 3", x -> x.flip().add(1));
    }

    private static NDArray none(NDArray x) {
        return x.getManager().zeros(new Shape(0));
    }

    private static NDArray ones(NDArray x, long... sizes) {
        return x.getManager().ones(new Shape(sizes));
    }

    private void withoutElements() {
        same("a sum over no axes", "2 3", x -> x.sum(new int[0]));
        same("a sum over no axes, kept", "2 3", x -> x.sum(new int[0], true));
        // A list that grows in a loop begins with an array without elements.
        same("nothing before an array", "2 3", x -> none(x).concat(x, 1));
        same("nothing before a batch", "2 3", x -> none(x).concat(x, 0));
        same("nothing behind an array", "2 3", x -> x.concat(none(x), -1));
        same(
                "nothing between",
                "2 3",
                x -> none(x).concat(x, 1).concat(none(x), 1).concat(x.neg(), 1));
        same("nothing and nothing", "2 3", x -> x.add(none(x).concat(none(x), 0).sum()));
        same("nothing of another type", "2 3", x -> none(x).concat(x.toType(DataType.INT64, false), 1));
        same(
                "a product over no elements",
                "4 3",
                x -> x.get("..., 0:0").matMul(x.get("..., 0:0").swapAxes(1, 2)));
        same("a layer of no inputs", "4", x -> linear(x.get(":, 0:0"), ones(x, 5, 0), null));
        same("a layer of no inputs and a bias", "4", x -> linear(x.get(":, 0:0"), ones(x, 5, 0), ones(x, 5)));
        same("the mean of none", "4 3", x -> x.get(":, 0:0").mean(new int[] {1}).isNaN());
        same("means of none", "4 3", x -> x.get(":, 0:0").mean(new int[] {2}));
        same(
                "the mean of none at all",
                "4 3",
                x -> x.gt(9).logicalOr(x.get(":, 0:0").mean().isNaN()));
        same("a flip of none", "4 3", x -> x.get(":, 0:0").flip(1, 2).sum(new int[] {1}));
        same("repeats of none", "4 3", x -> x.get(":, 0:0").tile(2).sum(new int[] {1}));
    }

    private static NDArray longs(NDArray x, long... numbers) {
        return x.getManager().create(numbers);
    }

    private static NDArray forEach(NDArray x, NDArray indices) {
        return indices.repeat(0, x.getShape().get(0));
    }

    private void indices() {
        for (String all : List.of(":, 0:", ":, 0:4", ":, 0:9", ":, 0:, 0:3", ":, ...")) {
            same("all, " + all, "4 3", x -> x.get(all).neg());
        }
        for (String part : PARTS) {
            same("a part, " + part, "4 3", x -> x.get(part));
        }
        // Axes that are selected together stay where they were, before those after them.
        same("two axes", "3 2 4", x -> x.get(new NDIndex(":, {}, {}", longs(x, 0, 2, 1), longs(x, 1, 1, 0))));
        same(
                "two axes, by squares",
                "3 2 4 2",
                x -> x.get(new NDIndex(":, {}, {}", square(x, 0, 2, 1, 2), square(x, 1, 1, 0, 0))));
        same("the last axes", "3 2 4 2", x -> x.get(new NDIndex(":, :, {}, {}", longs(x, 0, 1), longs(x, 3, 2))));
        same("axes apart", "3 2 4", x -> x.get(new NDIndex(":, {}, :, {}", longs(x, 0, 2), longs(x, 3, 2))));
        same(
                "gather",
                "2 4",
                x -> x.gather(forEach(x, longs(x, 0, 2, 1, 1, 0, 2).reshape(1, 2, 3)), 2));
        same(
                "gather one row",
                "2 4",
                x -> x.gather(forEach(x, longs(x, 0, 2, 1, 1).reshape(1, 1, 4)), 2));
        same("gather columns", "2 4", x -> x.gather(forEach(x, longs(x, 0, 1, 1).reshape(1, 3, 1)), 1));
    }

    private static NDArray square(NDArray x, long... numbers) {
        return longs(x, numbers).reshape(2, 2);
    }

    private static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
    }

    private static NDArray counting(NDArray x, float count, long... shape) {
        return x.getManager().arange(count).reshape(shape);
    }

    /** A layer whose weight is a vector makes one number of each row; one row of inputs is a vector, too. */
    private void linear() {
        same("a vector of weights", "4", x -> linear(x, x.getManager().create(new float[] {0.5f, -1, 2, 4}), null));
        same("a vector of weights", "3 4", x -> linear(x, x.getManager().create(new float[] {0.5f, -1, 2, 4}), null));
        same("one row of inputs", "4", x -> linear(x.get(0), counting(x, 8, 2, 4), ones(x, 2)));
    }

    private static NDArray maxPool(NDArray x, int kernel, int stride, int pad, boolean up) {
        return x.getNDArrayInternal()
                .maxPool(new Shape(kernel, kernel), new Shape(stride, stride), new Shape(pad, pad), up);
    }

    private static NDArray avgPool(NDArray x, int kernel, int stride, int pad, boolean up) {
        return x.getNDArrayInternal()
                .avgPool(new Shape(kernel, kernel), new Shape(stride, stride), new Shape(pad, pad), up, true);
    }

    private static NDArray convolved(NDArray x, NDArray weight, @Nullable NDArray bias, Shape stride, Shape ones) {
        return x.getNDArrayInternal()
                .convolution(x, weight, bias, stride, ones, ones, 1)
                .singletonOrThrow();
    }

    /** Windows may extend beyond the image. */
    private void windows() {
        int[][] windows = { // kernel, stride, padding; 1 to round up
            {2, 2, 0, 0},
            {2, 2, 0, 1},
            {3, 2, 1, 0},
            {3, 2, 1, 1},
            {3, 3, 0, 1},
            {3, 3, 1, 1},
            {2, 3, 1, 1},
            {4, 1, 2, 1},
            {1, 2, 0, 1}
        };
        for (int[] of : windows) {
            String name = " of " + of[0] + " at a distance of " + of[1] + ", padding " + of[2] + ", " + of[3];
            same("maxPool" + name, "2 7 6", x -> maxPool(x, of[0], of[1], of[2], of[3] == 1));
            nearly(1e-6, "avgPool" + name, "2 7 6", x -> avgPool(x, of[0], of[1], of[2], of[3] == 1));
        }
        Shape cube = new Shape(2, 2, 2);
        Shape zero = new Shape(0, 0, 0);
        nearly(1e-6, "avgPool", "3 8", x -> x.getNDArrayInternal().avgPool(TWO, TWO, ONE, true, true));
        nearly(1e-6, "avgPool", "3 5 4 3", x -> x.getNDArrayInternal().avgPool(cube, cube, zero, true, true));
        same("maxPool", "3 8", x -> x.getNDArrayInternal().maxPool(TWO, TWO, ONE, true));
        same("maxPool", "3 5 4 3", x -> x.getNDArrayInternal().maxPool(cube, cube, zero, true));
        Shape ones = new Shape(1, 1);
        // Without a batch, the channels come first.
        same("one image", "2 5 4", x -> convolved(x.get(0), counting(x, 36, 2, 2, 3, 3), ones(x, 2), ones, ones));
        same("one signal", "2 5", x -> convolved(x.get(0), counting(x, 12, 2, 2, 3), null, ONE, ONE));
        nearly(
                1e-5,
                "one number for all axes",
                "2 6 6",
                x -> convolved(x, counting(x, 54, 3, 2, 3, 3).div(8), constant(ones(x, 3), 0), TWO, ONE));
    }

    private static NDArray resized(NDArray image, int mode, long rows, long columns) {
        return image.getNDArrayInternal().interpolation(new long[] {rows, columns}, mode, false);
    }

    private void images() {
        // If 14 columns become 16, ONNX Runtime takes other columns than PyTorch: they round the scale differently.
        for (int[] sizes : new int[][] {{14, 16}, {20, 12}, {3, 5}, {8, 3}}) {
            same("nearest of " + sizes[1], "2 1 " + sizes[0], x -> resized(x, 0, 1, sizes[1]));
        }
        for (int mode : new int[] {BILINEAR, 3}) {
            nearly(1e-6, "columns alone, mode " + mode, "1 4 3", x -> resized(x, mode, 4, 1));
            nearly(1e-6, "one pixel, mode " + mode, "1 4 3", x -> resized(x, mode, 1, 1));
            nearly(1e-6, "four pixels, mode " + mode, "1 4 3", x -> resized(x, mode, 2, 2));
            nearly(
                    1e-6,
                    "channels last, mode " + mode,
                    "4 2 3",
                    x -> x.getNDArrayInternal().resize(1, 3, mode));
        }
        // The weights have no end in binary, so that FLOAT32 in between would show.
        for (int mode : new int[] {BILINEAR, 2, 3}) {
            nearly(1e-14, "doubles, mode " + mode, "2 6 8", x -> resized(as(x, DataType.FLOAT64), mode, 5, 3));
        }
        same(
                "whole numbers",
                "4 4 1",
                x -> internal(as(x.mul(1 << 23), DataType.INT32)).resize(3, 3, 0));
    }

    private static NDArrayEx internal(NDArray x) {
        return x.getNDArrayInternal();
    }

    private static final List<String> PARTS =
            List.of(":, 1:", ":, 0:3", ":, 0:-1", ":, 0::2", ":, 0:4, 1:", ":, 0:, 0:2", ":, 0:, 0::2");

    /** Lists the operators of the file for a fixed batch, in order. */
    private static List<String> operators(UnaryOperator<NDArray> function, long... sample) {
        byte[] model = OnnxExport.of(LambdaBlock.singleton(function), new Shape(sample))
                .withFixedBatch(2)
                .bytes();
        return OnnxParser.model(model).graph().nodes().stream()
                .map(Node::operator)
                .toList();
    }

    @Test
    void noMoreNodesAreWrittenThanItNeeds() {
        assertThat(operators(x -> x.split(1, 1).get(0).neg(), 4)).containsExactly("Neg");
        assertThat(operators(x -> x.flip().neg(), 2, 3)).containsExactly("Neg");
        for (String all : List.of(":, 0:", ":, 0:4", ":, 0:9", ":, 0:, 0:3", ":, ...")) {
            assertThat(operators(x -> x.get(all).neg(), 4, 3)).as(all).containsExactly("Neg");
        }
        for (String part : PARTS) {
            assertThat(operators(x -> x.get(part), 4, 3)).as(part).containsExactly("Slice");
        }
        // ONNX: the indices have the size of the array along the other axes; not every runtime accepts fewer.
        assertThat(operators(x -> x.gather(longs(x, 0, 2, 1, 1, 0, 2).reshape(2, 1, 3), 2), 2, 4))
                .containsExactly("Slice", "GatherElements");
        assertThat(operators(x -> x.gather(longs(x, 0, 2, 1, 1, 0, 2, 1, 1).reshape(2, 2, 2), 2), 2, 4))
                .containsExactly("GatherElements");
        assertThat(operators(x -> resized(x, 0, 6, 4), 2, 3, 4)).containsExactly("Resize");
        assertThat(operators(x -> resized(x, 0, 5, 4), 2, 3, 4)).containsExactly("Gather");
        assertThat(operators(x -> resized(x, BILINEAR, 5, 4), 2, 3, 4)).containsExactly("Resize");
        assertThat(operators(x -> resized(x, BILINEAR, 5, 3), 2, 3, 4))
                .contains("MatMul")
                .doesNotContain("Resize");
        assertThat(operators(x -> resized(x, 0, 3, 4).neg(), 2, 3, 4)).containsExactly("Neg");
    }

    static List<Arguments> refused() {
        List<Arguments> refused = new ArrayList<>(List.of(
                refused("tile(long[])", "engine itself", x -> x.tile(new long[] {3, 2})),
                refused("pow by an array", "in double precision", x -> whole(x).pow(whole(x).abs())),
                refused("one column", "makes one column", x -> resized(x, BILINEAR, 3, 1)),
                refused(
                        "one row",
                        "makes one column",
                        x -> internal(x.get(":, :, :, :1")).resize(1, 3, BILINEAR)),
                refused(
                        "smoothed bytes",
                        "whole numbers",
                        x -> internal(as(x, DataType.UINT8)).resize(3, 3, BILINEAR)),
                refused("mode -1", "", x -> resized(x, -1, 3, 3)),
                refused("mode 4", "", x -> resized(x, 4, 3, 3))));
        Shape two = new Shape(2, 2);
        Shape zero = new Shape(0, 0);
        String values = "Expected 2 values"; // so the rows need not know what fewer numbers stand for
        for (Shape other : new Shape[] {new Shape(), TWO}) {
            refused.add(refused("maxPool", values, x -> internal(x).maxPool(two, other, zero, false)));
            refused.add(refused("maxPool", values, x -> internal(x).maxPool(other, two, zero, false)));
            refused.add(refused("avgPool", values, x -> internal(x).avgPool(two, two, other, false, true)));
            refused.add(refused("lpPool", values, x -> internal(x).lpPool(2, two, other, zero, false)));
        }
        return refused;
    }

    private static Arguments refused(String name, String part, UnaryOperator<NDArray> function) {
        return Arguments.of(Named.of(name, function), part);
    }

    @ParameterizedTest
    @MethodSource
    void refused(UnaryOperator<NDArray> function, String part) {
        exportRefused(() -> operators(function, 2, 4, 3)).contains(part);
    }

    private static Node firstPool(int stride, boolean up, Axis height) {
        OnnxInput image = OnnxInput.of("image", DataType.FLOAT32, Axis.of(1), Axis.of(2), height, height);
        Block block = LambdaBlock.singleton(x -> maxPool(x, 3, stride, 0, up));
        return OnnxParser.model(OnnxExport.of(block, image).bytes())
                .graph()
                .nodes()
                .get(0);
    }

    /**
     * Three windows of 3 at a distance of 2 extend one beyond 6 (ONNX, MaxPool: pads are all begins, then all ends). At
     * any other size, the runtime has to round.
     */
    @Test
    void whatSticksOutOfAKnownSizeIsPadding() {
        Node up = firstPool(2, true, Axis.of(6));
        assertThat(up.attributes().numbers("pads", new long[0])).containsExactly(0, 0, 1, 1);
        assertThat(up.attributes().entries()).containsEntry("ceil_mode", 0L);
        assertThat(firstPool(2, false, Axis.of(6)).attributes().numbers("pads", new long[0]))
                .containsOnly(0);
        Axis height = Axis.of("height").atLeast(3);
        assertThat(firstPool(2, true, height).attributes().entries()).containsEntry("ceil_mode", 1L);
        assertThat(firstPool(2, false, height).attributes().entries()).containsEntry("ceil_mode", 0L);
        assertThat(firstPool(1, true, height).attributes().entries()).containsEntry("ceil_mode", 0L); // nothing does
    }

    @ParameterizedTest
    @CsvSource({"2, true", "2, false", "1, true"})
    void windowsRoundEitherWayAtEverySize(int stride, boolean up) throws Exception {
        Block block = LambdaBlock.singleton(x -> maxPool(x, 3, stride, 1, up));
        Axis[] axes = {Axis.BATCH, Axis.of(2), Axis.of("height").atLeast(3), Axis.of(6)};
        byte[] model = OnnxExport.of(block, OnnxInput.of("image", DataType.FLOAT32, axes))
                .bytes();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int height = 3; height < 9; height++) {
                NDArray given = manager.create(Agreement.eighths(2 * height * 6, height), new Shape(1, 2, height, 6));
                assertThat(Agreement.difference(block, model, new NDList(given)))
                        .as("height " + height)
                        .isZero();
            }
        }
    }

    /** One channel per column of the old image, which is one there and zero elsewhere, shows its weights. */
    @ParameterizedTest
    @CsvSource({"BILINEAR, 1", "AREA, 2", "BICUBIC, 3"})
    void eachColumnCountsAsMuchAsInTheEngine(Resampling mode, int number) {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int from = 1; from <= 12; from++) {
                NDArray units = manager.eye(from).reshape(1, from, 1, from);
                for (int size = 1; size <= 12; size++) {
                    double[][] weights = mode.weights(from, size);
                    float[] expected = resized(units, number, 1, size).toFloatArray();
                    for (int i = 0; i < from * size && from != size; i++) {
                        assertThat(weights[i % size][i / size])
                                .as(from + " to " + size)
                                .isCloseTo(expected[i], within(1e-6));
                    }
                }
            }
        }
        stateRefused(() -> Resampling.NEAREST.weights(2, 3));
    }

    @Test
    void nearestIndicesAreThoseOfTheEngineForAllPairsOfSizesUpTo64() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int from = 1; from <= 64; from++) {
                NDArray row = counting(manager.ones(ONE), from, 1, 1, 1, from);
                for (int size = 1; size <= 64; size++) {
                    try (NDArray resized = resized(row, 0, 1, size)) {
                        long[] taken = resized.toType(DataType.INT64, true).toLongArray();
                        assertThat(taken).as(from + " to " + size).isEqualTo(Resampling.nearest(from, size));
                    }
                }
            }
        }
    }

    /** Complex numbers are a last axis of two. Transforms also run along the batch, where it is fixed. */
    @ParameterizedTest
    @CsvSource({"0, 3", "0, 4", "1, 4", "2, 5", "-1, 5", "-2, 3", "-3, 3"})
    void signalsLieAlongAnyAxis(int axis, int length) throws Exception {
        assertSpectrum(x -> x.fft(length, axis).ifft(length, axis).real());
        assertSpectrum(x -> x.rfft(length, axis).irfft(length, axis));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "-2, -1", "0, -1"})
    void imagesLieAlongAnyTwoAxes(int first, int second) throws Exception {
        long[] axes = {first, second};
        long[] lengths = {3, 4};
        assertSpectrum(x -> x.fft2(lengths, axes).ifft2(lengths, axes).real());
    }

    private static void assertSpectrum(UnaryOperator<NDArray> function) throws Exception {
        Shape sample = new Shape(4, 5);
        Block block = LambdaBlock.singleton(function);
        byte[] model = OnnxExport.of(block, sample).withFixedBatch(3).bytes();
        assertThat(Agreement.difference(block, sample, model, Agreement::eighths, 3))
                .isLessThan(1e-5);
    }
}
