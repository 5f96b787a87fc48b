package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What programs do along a dynamic axis: the second of three, (batch, sequence, features). */
final class SequenceMoves {

    private static final long LARGEST = 300;
    private static final long LONGEST = SignatureFuzzTest.LONGEST;
    private static final List<String> SLICES =
            List.of(":, 1:", ":, :-1", ":, ::2", ":, 1::3", ":, -3:", ":, :4", ":, 2:-1");

    private SequenceMoves() {}

    static List<Operation> operations() {
        return List.of(
                unless(x -> x.rank() != 3, SequenceMoves::merged),
                series((draw, a) -> a.transpose(1, 0, 2).flip(draw.below(2)).swapAxes(0, 1)),
                unless(x -> x.rank() != 3 || !x.isReal() || x.size(1) > LARGEST, SequenceMoves::attention),
                unless(x -> x.rank() != 3 || !x.isReal() || x.size(1) > LARGEST, SequenceMoves::pairs),
                SequenceMoves::joined,
                series((draw, a) -> a.get(draw.of(SLICES))),
                series((draw, a) -> a.get(new NDIndex(":, {}:{}", draw.below(3), a.size(1) - draw.below(3)))),
                unless(x -> x.rank() != 3 || !x.isReal(), SequenceMoves::summed),
                unless(x -> x.array().getDataType() != DataType.FLOAT32 || x.rank() != 3, SequenceMoves::pooled),
                unless(x -> x.array().getDataType() != DataType.FLOAT32 || x.rank() != 3, SequenceMoves::convolved),
                series((draw, a) -> a.pad(new Shape(0, 0, draw.below(3), draw.below(3)), 0.5)),
                unless(x -> x.rank() != 3 || !x.isReal(), SequenceMoves::counted),
                unless(x -> x.rank() != 3 || !x.isReal() || x.size(1) > LONGEST, SequenceMoves::table),
                unless(x -> x.rank() != 3 || 2 * x.size(1) > LARGEST, series(SequenceMoves::doubled)),
                unless(x -> x.rank() < 2 || !x.isReal(), SequenceMoves::scaled),
                unless(x -> x.rank() != 3, SequenceMoves::flattened),
                SequenceMoves::stacked,
                unless(x -> x.rank() != 3, SequenceMoves::last),
                (draw, x) -> x.rank() == 3 ? x.inexact(x.array().cumSum(1)) : null,
                series((draw, a) -> a.flip(1)));
    }

    private static Operation series(BiFunction<Draw, NDArray, NDArray> move) {
        return (draw, x) -> x.rank() == 3 ? x.with(move.apply(draw, x.array())) : null;
    }

    private static NDArray doubled(Draw draw, NDArray a) {
        return draw.oneIn(2) ? a.repeat(1, 2) : a.tile(new long[] {1, 2, 1});
    }

    /** Works with the batch and the sequence as one. */
    private static Item merged(Draw draw, Item x) {
        long features = x.size(2);
        NDArray rows = x.array().reshape(draw.oneIn(2) ? -1 : x.batch() * x.size(1), features);
        NDArray changed = x.isReal() ? rows.matMul(draw.constant(rows.getManager(), features, features)) : rows.flip(1);
        return x.inexact(
                draw.oneIn(2) ? changed.reshape(x.array().getShape()) : changed.reshape(x.batch(), -1, features));
    }

    private static Item attention(Draw draw, Item x) {
        NDArray likeness = x.array().clip(-2, 2).matMul(x.array().clip(-2, 2).transpose(0, 2, 1));
        NDArray scaled = draw.oneIn(2) ? likeness.div(x.size(1)) : likeness.mul(0.3f);
        return x.inexact(scaled.softmax(-1).matMul(x.array()));
    }

    /** Compares each step with each other. */
    private static Item pairs(Draw draw, Item x) {
        NDArray differences = x.array().expandDims(2).sub(x.array().expandDims(1));
        return draw.oneIn(2)
                ? x.inexact(differences.abs().sum(new int[] {2}))
                : x.inexact(differences
                        .reshape(x.batch(), x.size(1) * x.size(1), x.size(2))
                        .max(new int[] {1}, true)
                        .add(x.array()));
    }

    private static @Nullable Item joined(Draw draw, Item x) {
        Item other = draw.item();
        boolean fits = x.rank() == 3
                && other.rank() == 3
                && x.size(2) == other.size(2)
                && x.array().getDataType() == other.array().getDataType()
                && x.size(1) + other.size(1) <= LARGEST;
        return fits ? new Item(x.array().concat(other.array(), 1), x.exact() && other.exact()) : null;
    }

    private static Item summed(Draw draw, Item x) {
        NDArray mean = x.array().mean(new int[] {1}, true);
        return x.inexact(
                draw.oneIn(2) ? mean.broadcast(x.array().getShape()) : x.array().sub(mean));
    }

    private static Item pooled(Draw draw, Item x) {
        NDArray image = x.array().transpose(0, 2, 1);
        NDArrayEx pools = image.getNDArrayInternal();
        Shape kernel = new Shape(2 + draw.below(2));
        Shape stride = new Shape(1 + draw.below(3));
        Shape padding = new Shape(draw.below(2));
        boolean up = draw.oneIn(5);
        NDArray pooled = draw.oneIn(2)
                ? pools.maxPool(kernel, stride, padding, up)
                : pools.avgPool(kernel, stride, padding, up, true);
        return x.inexact(pooled.transpose(0, 2, 1));
    }

    private static Item convolved(Draw draw, Item x) {
        NDArray image = x.array().transpose(0, 2, 1);
        NDManager manager = image.getManager();
        NDArray weight = draw.constant(manager, 3, x.size(2), 1 + draw.below(3));
        NDArray bias = draw.constant(manager, 3);
        Shape stride = new Shape(1 + draw.below(3));
        Shape pad = new Shape(draw.below(3));
        Shape dilation = new Shape(1 + draw.below(2));
        NDList made = image.getNDArrayInternal().convolution(image, weight, bias, stride, pad, dilation, 1);
        return x.inexact(made.singletonOrThrow().clip(-9, 9).transpose(0, 2, 1));
    }

    /** Adds arrays that are made for the size. */
    private static Item counted(Draw draw, Item x) {
        NDManager manager = x.manager();
        return switch (draw.below(3)) {
            case 0 -> x.with(x.array().add(manager.arange((float) x.size(1)).reshape(x.size(1), 1)));
            case 1 -> x.with(x.array().add(manager.zeros(x.array().getShape())));
            default -> x.with(x.array().mul(manager.ones(new Shape(x.batch(), x.size(1), 1))));
        };
    }

    /** Adds the beginning of a table, which is as long as the sequence may be. */
    private static Item table(Draw draw, Item x) {
        NDArray table = draw.constant(x, LONGEST, x.size(2));
        return x.with(x.array().add(table.get(new NDIndex("0:{}", x.size(1)))));
    }

    private static Item scaled(Draw draw, Item x) {
        long size = x.size(1);
        return switch (draw.below(4)) {
            case 0 -> x.inexact(x.array().div(size));
            case 1 -> x.inexact(x.array().mul(x.batch() * size).div(100));
            case 2 -> x.with(x.array().add(size - 3));
            default -> x.with(x.array().add(size / 2));
        };
    }

    private static Item flattened(Draw draw, Item x) {
        NDArray flat = draw.oneIn(2) ? x.array().flatten(1, 2) : x.array().reshape(x.batch(), x.size(1) * x.size(2));
        NDArray changed = x.isReal() ? flat.sub(flat.max(new int[] {1}, true)) : flat.flip(1);
        return x.with(changed.reshape(-1, x.size(1), x.size(2)));
    }

    private static @Nullable Item stacked(Draw draw, Item x) {
        Item other = draw.alike(x);
        if (x.rank() != 3 || other.array().getDataType() != x.array().getDataType() || 2 * x.size(1) > LARGEST) {
            return null;
        }
        NDArray both = x.array().stack(other.array(), 1 + draw.below(2));
        return new Item(both.reshape(x.batch(), 2 * x.size(1), x.size(2)), x.exact() && other.exact());
    }

    private static Item last(Draw draw, Item x) {
        NDList parts = x.array().split(new long[] {1}, 1);
        NDArray end = draw.oneIn(2) ? x.array().get(":, -1").expandDims(1) : parts.get(0);
        return draw.oneIn(2) ? x.with(end.broadcast(x.array().getShape())) : x.with(parts.get(1));
    }
}
