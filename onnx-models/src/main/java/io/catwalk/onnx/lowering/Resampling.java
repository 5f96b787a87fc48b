package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Elements;
import io.catwalk.onnx.graph.OperatorTypes;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Changes the size of an image along one axis after the other, as PyTorch does. Nearest neighbors are selected with
 * Gather. All other modes are linear along each axis, so one product with a constant matrix is enough. Runtimes have no
 * operator that shrinks with the same smoothing, and none for area. Where a size is dynamic, the graph computes the
 * places or the matrix.
 *
 * <p>The engine ignores {@code alignCorners} and always smooths (antialias). The weights follow
 * {@code aten/src/ATen/native/cpu/UpSampleKernel.cpp} ({@code _compute_indices_weights_aa}) and
 * {@code AdaptiveAveragePooling.cpp}.
 */
enum Resampling {
    NEAREST,
    BILINEAR,
    AREA,
    BICUBIC;

    private static final double CUBIC = -0.5;

    private static final String WHOLE =
            "of whole numbers rounds in a way that no ONNX operator does: use toType(FLOAT32) before it";

    static List<Row> rows() {
        return List.of(
                Row.of(
                        "NDArrayEx.interpolation(long[], int, boolean)",
                        "Resize, or Gather, or MatMul with weights",
                        Resampling::interpolation),
                Row.of("NDArrayEx.resize(int, int, int)", "Gather, or MatMul with weights", Resampling::resize));
    }

    /** Resizes all axes after the channels. */
    private static Value interpolation(CallContext site) {
        Resampling mode = of(site, 2);
        TensorShape from = site.receiver().shape();
        boolean fixed = IntStream.range(2, from.rank())
                .allMatch(axis -> isFixed(from, axis) && isFixed(site.resultShape(), axis));
        boolean known = fixed
                && OperatorTypes.allows("Resize", site.resultType(), site.to().opset());
        if (known && mode == NEAREST && multiplies(from, site.resultShape())) {
            Attributes repeating = Attributes.NONE.with("mode", "nearest").with("nearest_mode", "floor");
            return resized(site, repeating.with("coordinate_transformation_mode", "asymmetric"));
        }
        if (fixed) {
            mode.requireColumns(site, 2);
        }
        if (known && mode == BILINEAR && site.receiver().type().isReal() && grows(from, site.resultShape())) {
            Attributes linear = Attributes.NONE.with("mode", "linear");
            return resized(site, linear.with("coordinate_transformation_mode", "pytorch_half_pixel"));
        }
        Value image = site.receiver();
        for (int axis = 2; axis < from.rank(); axis++) {
            image = mode.along(site, image, axis);
        }
        return image;
    }

    /**
     * Rejects what PyTorch 2.7 computes wrongly: if one column is left, it smooths only the first row, and repeats it.
     */
    private void requireColumns(CallContext site, int rows) {
        TensorShape size = site.resultShape();
        boolean smooths = (this == BILINEAR || this == BICUBIC)
                && pixels(size, rows) != pixels(site.receiver().shape(), rows);
        if (smooths && pixels(size, rows) > 1 && pixels(size, rows + 1) == 1) {
            throw site.error(
                    "makes one column, where the engine repeats the first row in all others: use mode 2 (area)");
        }
    }

    /** Resizes images whose channels are the last axis, in float32; the engine cuts what does not fit the type. */
    private static Value resize(CallContext site) {
        Resampling mode = of(site, 3);
        Value image = mode == NEAREST ? site.receiver() : site.receiverAs(TensorType.FLOAT);
        int rank = image.rank();
        if (mode != NEAREST && !site.resultType().isReal()) {
            throw site.error(WHOLE);
        }
        if (pixels(image.shape(), rank - 1) == 1) {
            // With several channels, the engine takes another path, which is correct.
            mode.requireColumns(site, rank - 3);
        }
        Value made = mode.along(site, mode.along(site, image, rank - 3), rank - 2);
        return site.to().cast(made, site.resultType());
    }

    /** Tells whether each axis repeats its pixels equally often, and at least one size differs. */
    private static boolean multiplies(TensorShape from, TensorShape size) {
        return !from.equals(size)
                && IntStream.range(2, from.rank()).allMatch(axis -> repeats(pixels(from, axis), pixels(size, axis)));
    }

    /** Tells whether each pixel is taken equally often: not so at some sizes, such as 2 to 82, as PyTorch rounds. */
    private static boolean repeats(long from, long size) {
        long[] exact =
                LongStream.range(0, size).map(pixel -> pixel * from / size).toArray();
        return size % from == 0 && Arrays.equals(nearest((int) from, (int) size), exact);
    }

    /** Tells whether no size is less than the old one, and at least one differs. */
    private static boolean grows(TensorShape from, TensorShape size) {
        return !from.equals(size)
                && IntStream.range(2, from.rank()).allMatch(axis -> pixels(size, axis) >= pixels(from, axis));
    }

    private static boolean isFixed(TensorShape shape, int axis) {
        return shape.get(axis).isFixed();
    }

    private static long pixels(TensorShape shape, int axis) {
        return shape.get(axis).fixed("image size");
    }

    private static Value resized(CallContext site, Attributes how) {
        Value sizes = site.to().dims(site.resultShape().dims());
        return site.to().node("Resize", how, site.receiver(), Value.OMITTED, Value.OMITTED, sizes);
    }

    /** Reads the mode from the number that DJL uses for it. */
    private static Resampling of(CallContext site, int argument) {
        int mode = site.integer(argument);
        if (mode < 0 || mode >= values().length) {
            throw site.error("knows the modes 0 (nearest), 1 (bilinear), 2 (area) and 3 (bicubic), found " + mode);
        }
        return values()[mode];
    }

    /** Resizes one axis to the size that the result has there. */
    private Value along(CallContext site, Value image, int axis) {
        Dim from = image.shape().get(axis);
        Dim size = site.resultShape().get(axis);
        if (from.equals(size)) {
            return image;
        }
        Emitter to = site.to();
        boolean fixed = from.isFixed() && size.isFixed();
        if (this == NEAREST) {
            Value places = fixed ? to.ints(nearest((int) from.fixed(), (int) size.fixed())) : nearest(to, from, size);
            return to.gather(image, axis, places);
        }
        if (!image.type().isReal()) {
            throw site.error(WHOLE);
        }
        int last = image.rank() - 1;
        Value turned = ShapeRows.swap(to, image, axis, last);
        Value matrix = fixed
                ? matrix(to, image.type(), (int) from.fixed(), (int) size.fixed())
                : to.cast(weights(site, from, size, axis), image.type());
        return ShapeRows.swap(to, to.node("MatMul", turned, matrix), axis, last);
    }

    /** Computes in the graph what {@link #nearest(int, int)} computes. */
    private static Value nearest(Emitter to, Dim from, Dim size) {
        Value scale = to.node("Div", to.number(from, TensorType.FLOAT), to.number(size, TensorType.FLOAT));
        Value places = to.node("Floor", to.node("Mul", to.cast(to.range(size), TensorType.FLOAT), scale));
        Value last = to.number(from.minus(Dim.of(1)), TensorType.INT64);
        return to.node("Min", to.cast(places, TensorType.INT64), last);
    }

    /** Computes in the graph what {@link #weights(int, int)} computes: {@code [input][output]}. */
    private Value weights(CallContext site, Dim from, Dim size, int axis) {
        Emitter to = site.to();
        Value inputs = to.unsqueeze(to.range(from), 1);
        Value outputs = to.range(size);
        if (this == AREA) {
            Value many = to.number(from, TensorType.INT64);
            Value few = to.number(size, TensorType.INT64);
            Value start = to.node("Div", to.node("Mul", outputs, many), few);
            Value next = to.node("Mul", to.node("Add", outputs, to.scalar(TensorType.INT64, 1)), many);
            Value up = to.node("Sub", few, to.scalar(TensorType.INT64, 1));
            Value end = to.node("Div", to.node("Add", next, up), few);
            Value inside = to.node("And", to.node("GreaterOrEqual", inputs, start), to.node("Less", inputs, end));
            Value count = to.cast(to.node("Sub", end, start), TensorType.DOUBLE);
            return to.node("Div", to.cast(inside, TensorType.DOUBLE), count);
        }
        boolean channelsFirst = site.call().signature().contains("interpolation");
        if (channelsFirst && axis == 2 && site.resultShape().rank() == 4) {
            outputs = ofOneColumn(site, outputs, from, size);
        }
        Value scale = to.node("Div", number(to, from), number(to, size));
        Value wide = to.node("Max", scale, real(to, 1));
        Value center = to.node("Mul", to.node("Add", to.cast(outputs, TensorType.DOUBLE), real(to, 0.5)), scale);
        Value apart = to.node("Sub", to.node("Add", to.cast(inputs, TensorType.DOUBLE), real(to, 0.5)), center);
        Value distance = to.node("Abs", to.node("Div", apart, wide));
        Value weights = this == BILINEAR ? triangle(to, distance) : cubic(to, distance);
        Value sum = to.node("ReduceSum", Attributes.NONE.with("keepdims", 1), weights, to.ints(0));
        return to.node("Div", weights, sum);
    }

    /** Repeats the first row as PyTorch does, see {@link #requireColumns}. */
    private static Value ofOneColumn(CallContext site, Value outputs, Dim from, Dim size) {
        Emitter to = site.to();
        Value one = to.node(
                "Equal", to.number(site.resultShape().get(3), TensorType.INT64), to.scalar(TensorType.INT64, 1));
        Value same = to.node("Equal", to.number(from, TensorType.INT64), to.number(size, TensorType.INT64));
        Value repeats = to.node("And", one, to.node("Not", same));
        return to.node("Where", repeats, to.scalar(TensorType.INT64, 0), outputs);
    }

    private static Value number(Emitter to, Dim number) {
        return to.number(number, TensorType.DOUBLE);
    }

    private static Value real(Emitter to, double number) {
        return to.scalar(TensorType.DOUBLE, number);
    }

    private static Value triangle(Emitter to, Value distance) {
        return to.node("Max", to.node("Sub", real(to, 1), distance), real(to, 0));
    }

    private static Value cubic(Emitter to, Value distance) {
        double a = CUBIC;
        Value near = to.polynomial(distance, a + 2, -(a + 3), 0, 1);
        Value far = to.polynomial(distance, a, -5 * a, 8 * a, -4 * a);
        Value beyond = to.node("Where", to.node("Less", distance, real(to, 2)), far, real(to, 0));
        return to.node("Where", to.node("Less", distance, real(to, 1)), near, beyond);
    }

    private Value matrix(Emitter to, TensorType type, int from, int size) {
        double[][] weights = weights(from, size);
        TensorType held = type == TensorType.DOUBLE ? type : TensorType.FLOAT;
        ByteBuffer data = ByteBuffer.allocate(from * size * held.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int input = 0; input < from; input++) {
            for (int output = 0; output < size; output++) {
                Elements.put(data, held, weights[output][input]);
            }
        }
        return to.cast(to.constant("resampling", held, TensorShape.of(from, size), data.array()), type);
    }

    /** Computes the weight of each input in each output: {@code [output][input]}. */
    double[][] weights(int from, int size) {
        return switch (this) {
            case NEAREST -> throw new IllegalStateException("picks, and does not weigh");
            case AREA -> area(from, size);
            case BILINEAR -> smoothed(from, size, Resampling::triangle);
            case BICUBIC -> smoothed(from, size, Resampling::cubic);
        };
    }

    private static double[][] area(int from, int size) {
        double[][] weights = new double[size][from];
        for (int output = 0; output < size; output++) {
            int start = (int) Math.floorDiv((long) output * from, size);
            int end = (int) -Math.floorDiv(-(output + 1L) * from, size);
            for (int input = start; input < end; input++) {
                weights[output][input] = 1.0 / (end - start);
            }
        }
        return weights;
    }

    /** Weights each input by its distance from the center of the output; a filter is 0 beyond its reach. */
    private static double[][] smoothed(int from, int size, DoubleUnaryOperator filter) {
        double scale = (double) from / size;
        double wide = Math.max(1, scale);
        double[][] weights = new double[size][from];
        for (int output = 0; output < size; output++) {
            double center = scale * (output + 0.5);
            double sum = 0;
            for (int input = 0; input < from; input++) {
                weights[output][input] = filter.applyAsDouble((input - center + 0.5) / wide);
                sum += weights[output][input];
            }
            for (int input = 0; input < from; input++) {
                weights[output][input] /= sum;
            }
        }
        return weights;
    }

    private static double triangle(double x) {
        return Math.max(0, 1 - Math.abs(x));
    }

    /** Keys, Cubic convolution interpolation for digital image processing (1981), with a = -1/2. */
    private static double cubic(double x) {
        double a = CUBIC;
        double d = Math.abs(x);
        if (d < 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
    }

    /**
     * Computes which pixels PyTorch takes, in float32 as it does (UpSample.h, nearest_neighbor_compute_source_index).
     */
    static long[] nearest(int from, int size) {
        float scale = (float) from / size;
        return LongStream.range(0, size)
                .map(pixel -> Math.min((long) Math.floor(pixel * scale), from - 1L))
                .toArray();
    }
}
