package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sizes of windows and slices by their definition: floor((size + 2 pad - dilation (kernel - 1) - 1) / stride) + 1. */
@Tag("tiny")
class DerivedSizesTest {

    private static final String CONVOLUTION =
            "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";
    private static final Dim HEIGHT = Dim.axis("height");
    private static final Dim WIDTH = Dim.axis("width");
    private static final Operand IMAGE = operand(Dim.BATCH, Dim.of(3), HEIGHT, WIDTH);

    private static Operand operand(Dim... sizes) {
        return new Operand(0, TensorType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static List<Dim> sizes(String signature, Object... arguments) {
        return DerivedSizes.sizes(new Arguments(signature, List.of(arguments), "block A"));
    }

    private static final String MAX_POOL = "NDArrayEx.maxPool(Shape, Shape, Shape, boolean)";
    private static final String AVG_POOL = "NDArrayEx.avgPool(Shape, Shape, Shape, boolean, boolean)";
    private static final String LP_POOL = "NDArrayEx.lpPool(float, Shape, Shape, Shape, boolean)";

    private static List<Dim> convolved(Operand kernel, Shape stride, Shape padding, Shape dilation) {
        return sizes(CONVOLUTION, IMAGE, IMAGE, kernel, kernel, stride, padding, dilation, 1);
    }

    private static Dim halved(Dim size, long less) {
        return size.minus(Dim.of(less)).floorDividedBy(2).plus(Dim.of(1));
    }

    @Test
    void convolutionsHaveTheirFiltersAndTheirWindows() {
        Operand kernel = operand(Dim.of(8), Dim.of(3), Dim.of(3), Dim.of(5));
        assertThat(convolved(kernel, new Shape(2, 1), new Shape(1, 4), new Shape(1, 2)))
                .containsExactly(Dim.BATCH, Dim.of(8), halved(HEIGHT, 1), WIDTH);
        Shape one = new Shape(1);
        assertThat(convolved(kernel, new Shape(2), one, one))
                .containsExactly(Dim.BATCH, Dim.of(8), halved(HEIGHT, 1), halved(WIDTH, 3));
    }

    @Test
    void poolsKeepTheChannels() {
        List<Dim> expected = List.of(Dim.BATCH, Dim.of(3), halved(HEIGHT, 1), WIDTH.minus(Dim.of(2)));
        Shape kernel = new Shape(3, 5);
        Shape stride = new Shape(2, 1);
        Shape pad = new Shape(1, 1);
        assertThat(sizes(MAX_POOL, IMAGE, kernel, stride, pad, false)).isEqualTo(expected);
        assertThat(sizes(AVG_POOL, IMAGE, kernel, stride, pad, false, true)).isEqualTo(expected);
        assertThat(sizes(LP_POOL, IMAGE, 2f, kernel, stride, pad, false)).isEqualTo(expected);
        // A window that may stick out rounds up.
        assertThat(sizes(MAX_POOL, IMAGE, new Shape(3, 3), new Shape(2, 2), new Shape(0, 0), true))
                .containsExactly(Dim.BATCH, Dim.of(3), halved(HEIGHT, 2), halved(WIDTH, 2));
    }

    @Test
    void slicesLoseAndGainAxes() {
        long[] none = {};
        long[] starts = {1, 2};
        long[] stops = {2, Long.MAX_VALUE};
        long[] axes = {1, 3};
        long[] steps = {1, 1};
        long[] gone = {1};
        long[] made = {0, 2};
        assertThat(sizes(Indexing.SLICE, IMAGE, starts, stops, axes, steps, gone, made))
                .containsExactly(Dim.of(1), Dim.BATCH, Dim.of(1), HEIGHT, WIDTH.minus(Dim.of(2)));
        assertThat(sizes(Indexing.SLICE, IMAGE, none, none, none, none, none, none))
                .isEqualTo(IMAGE.shape().dims());
    }

    @Test
    void otherCallsAreFitted() {
        assertThat(sizes("NDArray.neg()", IMAGE)).isEmpty();
        // A kernel that depends on the input has no formula here.
        assertThat(convolved(IMAGE, new Shape(1), new Shape(0), new Shape(1))).isEmpty();
    }
}
