package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sums, products of matrices, and layers. */
final class Reductions {

    private static final List<Double> ORDERS = List.of(1.0, 2.0, 3.0, Double.POSITIVE_INFINITY);

    private Reductions() {}

    static List<Operation> operations() {
        return List.of(
                (draw, x) -> reduced(draw, x, 0),
                (draw, x) -> reduced(draw, x, draw.below(5)),
                unless(x -> !x.isReal() || x.rank() < 2, Reductions::normalized),
                (draw, x) -> x.rank() > 1 ? x.inexact(x.array().cumSum(draw.axis(x))) : null,
                (draw, x) -> x.rank() > 1 ? x.inexact(x.array().clip(-2, 2).cumProd(draw.axis(x))) : null,
                // A copy, since PyTorch errs for an array that was broadcast (NumbersTest).
                (draw, x) -> x.rank() > 1 ? x.with(x.array().duplicate().median(new int[] {draw.axis(x)})) : null,
                (draw, x) -> x.isReal() && x.rank() > 1
                        ? x.inexact(x.array().percentile(draw.below(101), new int[] {draw.axis(x)}))
                        : null,
                unless(x -> !x.isReal() || x.rank() < 3 || x.rank() > 4 || x.elements() == 0, Reductions::resized),
                (draw, x) -> x.rank() > 1 ? x.with(x.array().sort(draw.axis(x))) : null,
                (draw, x) -> x.rank() > 1 && x.exact() ? x.with(x.array().argMax(draw.axis(x))) : null,
                (draw, x) -> x.rank() > 1 && x.exact() ? x.with(x.array().argMin(-1)) : null,
                unless(x -> x.rank() < 2 || !x.isReal() || !x.exact(), Reductions::order),
                (draw, x) -> x.rank() > 1 && x.size(x.rank() - 1) > 1
                        ? x.with(x.array().topK(2, -1, draw.oneIn(2), true).get(0))
                        : null,
                (draw, x) -> x.isReal() && x.rank() > 1 ? x.inexact(x.array().softmax(draw.axis(x))) : null,
                (draw, x) -> x.isReal() && x.rank() > 1 ? x.inexact(x.array().logSoftmax(-1)) : null,
                Reductions::product,
                unless(x -> !x.isReal() || x.rank() < 2, Reductions::linear),
                unless(x -> !x.isReal() || x.rank() != 3 || x.size(1) < 1 || x.size(2) < 1, Reductions::convolution),
                unless(x -> !x.isReal() || x.rank() != 3 || x.size(2) < 2 || x.size(1) < 1, Reductions::pool),
                unless(x -> !x.isReal() || x.rank() < 2 || x.size(x.rank() - 1) < 2, Reductions::layerNorm));
    }

    private static @Nullable Item reduced(Draw draw, Item x, int kind) {
        if (x.rank() < 2 || x.elements() == 0) {
            return null;
        }
        int[] axis = {draw.oneIn(3) ? -1 : draw.axis(x)};
        boolean keep = draw.oneIn(2);
        NDArray a = x.array();
        return switch (kind) {
            case 0 -> x.inexact(a.sum(axis, keep));
            case 1 -> x.isReal() ? x.inexact(a.mean(axis, keep)) : null;
            case 2 -> x.with(a.max(axis, keep));
            case 3 -> x.with(a.min(axis, keep));
            default -> x.inexact(a.clip(-2, 2).prod(axis, keep));
        };
    }

    /** Sorts indices, where no two numbers are the same: in which order those would come is not defined. */
    private static Item order(Draw draw, Item x) {
        int last = (int) x.size(x.rank() - 1);
        float[] apart = new float[last];
        for (int i = 0; i < last; i++) {
            apart[i] = (i ^ 5) * 512;
        }
        NDArray distinct = x.array().clip(-100, 100).add(x.manager().create(apart));
        return x.with(distinct.argSort(-1, draw.oneIn(2)));
    }

    private static Item normalized(Draw draw, Item x) {
        return switch (draw.below(3)) {
            case 0 -> x.inexact(x.array().norm(1 + draw.below(4), new int[] {draw.axis(x)}, draw.oneIn(2)));
            case 1 -> x.inexact(x.array().normalize(draw.of(ORDERS), draw.axis(x), 0.25));
            default -> x.inexact(x.array().sub(x.array().mean(new int[] {-1}, true)));
        };
    }

    private static Item resized(Draw draw, Item x) {
        long[] size = new long[x.rank() - 2];
        for (int i = 0; i < size.length; i++) {
            size[i] = 1L + draw.below(7);
        }
        int mode = x.rank() == 4 ? draw.below(4) : 2 * draw.below(2);
        NDArray made = x.array().getNDArrayInternal().interpolation(size, mode, draw.oneIn(2));
        return mode == 0 ? x.with(made) : x.inexact(made);
    }

    private static @Nullable Item product(Draw draw, Item x) {
        if (x.rank() == 2 && x.isReal()) {
            return x.inexact(x.array().matMul(draw.constant(x, x.size(1), 3)));
        }
        return x.rank() == 3 ? x.inexact(x.array().matMul(x.array().transpose(0, 2, 1))) : null;
    }

    private static Item linear(Draw draw, Item x) {
        NDArray weight = draw.constant(x, 3, x.size(x.rank() - 1));
        NDArray bias = draw.constant(x, 3);
        NDList made = x.array().getNDArrayInternal().linear(x.array(), weight, bias);
        return x.inexact(made.singletonOrThrow());
    }

    private static Item convolution(Draw draw, Item x) {
        NDArray weight = draw.constant(x, 2, x.size(1), 2);
        NDArray bias = draw.constant(x, 2);
        Shape one = new Shape(1);
        Shape stride = new Shape(1 + draw.below(2));
        NDList made = x.array().getNDArrayInternal().convolution(x.array(), weight, bias, stride, one, one, 1);
        return x.inexact(made.singletonOrThrow());
    }

    private static Item pool(Draw draw, Item x) {
        Shape kernel = new Shape(2 + draw.below((int) Math.min(2, x.size(2) - 1)));
        Shape stride = new Shape(1 + draw.below(2));
        Shape padding = new Shape(draw.below(2));
        boolean up = draw.oneIn(2);
        var pools = x.array().getNDArrayInternal();
        return draw.oneIn(2)
                ? x.with(pools.maxPool(kernel, stride, padding, up))
                : x.inexact(pools.avgPool(kernel, stride, padding, up, draw.oneIn(2)));
    }

    private static Item layerNorm(Draw draw, Item x) {
        long size = x.size(x.rank() - 1);
        NDArray gamma = draw.constant(x, size);
        NDArray beta = draw.constant(x, size);
        NDList made = x.array().getNDArrayInternal().layerNorm(x.array(), new Shape(size), gamma, beta, 0.1f);
        return x.inexact(made.singletonOrThrow());
    }
}
