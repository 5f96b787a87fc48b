package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Shapes, slices and lookups. */
final class Moves {

    private static final long LARGEST = 200;
    private static final List<String> SLICES =
            List.of((":, 1:; :, :-1; :, -2:; :, ::2; :, 0; :, -1; :, null; ..., -1:" + "; ..., 0; :, :1; :, 0:100")
                    .split("; ", -1));

    private Moves() {}

    static List<Operation> operations() {
        return List.of(
                unless(x -> x.rank() < 2, Moves::reshape),
                (draw, x) -> x.rank() > 2 ? x.with(x.array().flatten(1, -1)) : null,
                (draw, x) -> x.rank() < 5 ? x.with(x.array().expandDims(1 + draw.below(x.rank()))) : null,
                Moves::squeeze,
                (draw, x) -> x.rank() == 3 ? x.with(x.array().transpose(0, 2, 1)) : null,
                (draw, x) -> x.rank() > 1 ? x.with(x.array().swapAxes(draw.axis(x), draw.axis(x))) : null,
                (draw, x) -> x.rank() > 1 ? x.with(x.array().swapAxes(-1, draw.axis(x))) : null,
                unless(x -> x.rank() != 2 && x.rank() != 3, Moves::batchMoved),
                unless(x -> x.rank() != 3, Moves::batchMerged),
                Moves::broadcast,
                (draw, x) -> x.rank() > 1 ? x.with(x.array().get(draw.of(SLICES))) : null,
                (draw, x) -> x.rank() > 1 ? x.with(x.array().get(draw.of(SLICES))) : null,
                unless(x -> x.rank() < 2, Moves::split),
                (draw, x) -> joined(draw, x, false),
                (draw, x) -> joined(draw, x, true),
                unless(x -> grows(x, 2) || x.rank() < 2, Moves::tile),
                (draw, x) ->
                        grows(x, 2) || x.rank() < 2 ? null : x.with(x.array().repeat(draw.axis(x), 2)),
                (draw, x) -> x.rank() > 1 ? x.with(x.array().flip(draw.axis(x))) : null,
                (draw, x) -> grows(x, 2) || x.rank() < 3 || !x.isReal()
                        ? null
                        : x.with(x.array().pad(new Shape(draw.below(2), draw.below(3)), draw.eighth())),
                unless(x -> x.rank() < 2, Moves::take),
                unless(x -> x.rank() != 2 || x.size(1) < 1 || !x.exact(), Moves::gather),
                unless(x -> !x.exact() || grows(x, 5) || x.rank() > 3, Moves::oneHot),
                unless(x -> x.rank() != 2 || !x.isReal(), Moves::batchCounted),
                unless(
                        x -> x.rank() != 2 || !x.isReal() || grows(x, 2),
                        (draw, x) -> x.with(x.array()
                                .concat(x.manager().zeros(new Shape(x.batch(), 1 + draw.below(2))), 1))),
                Moves::byShape);
    }

    private static boolean grows(Item x, long times) {
        return x.elements() * times > LARGEST;
    }

    private static @Nullable Item reshape(Draw draw, Item x) {
        long size = x.elements();
        List<Long> divisors = LongStream.rangeClosed(1, size)
                .filter(i -> size % i == 0)
                .boxed()
                .toList();
        if (divisors.isEmpty()) {
            return null;
        }
        long first = draw.of(divisors);
        return x.with(
                switch (draw.below(3)) {
                    case 0 -> x.array().reshape(x.batch(), first, size / first);
                    case 1 -> x.array().reshape(-1, first, size / first);
                    default -> x.array().reshape(new Shape(x.batch(), first, -1));
                });
    }

    private static @Nullable Item squeeze(Draw draw, Item x) {
        for (int axis = 1; axis < x.rank(); axis++) {
            if (x.size(axis) == 1) {
                return x.with(draw.oneIn(12) ? x.array().squeeze() : x.array().squeeze(axis));
            }
        }
        return null;
    }

    /** Works with the batch as another axis. */
    private static Item batchMoved(Draw draw, Item x) {
        NDArray moved = x.rank() == 2 ? x.array().transpose() : x.array().transpose(1, 0, 2);
        NDArray changed = draw.oneIn(2) ? moved.flip(0) : moved.cumSum(0);
        return new Item(x.rank() == 2 ? changed.transpose(1, 0) : changed.swapAxes(0, 1), x.exact());
    }

    /** Works with the batch and the next axis as one. */
    private static Item batchMerged(Draw draw, Item x) {
        NDArray merged = x.array().reshape(x.batch() * x.size(1), x.size(2));
        NDArray changed = merged.add(draw.eighth());
        return x.with(
                draw.oneIn(2)
                        ? changed.reshape(-1, x.size(1), x.size(2))
                        : changed.reshape(x.array().getShape()));
    }

    private static @Nullable Item broadcast(Draw draw, Item x) {
        int times = 2 + draw.below(2);
        if (x.rank() > 3 || grows(x, times)) {
            return null;
        }
        Shape shape = new Shape(x.batch(), times).addAll(x.sample());
        return x.with(x.array().expandDims(1).broadcast(shape));
    }

    private static @Nullable Item split(Draw draw, Item x) {
        int axis = draw.axis(x);
        long size = x.size(axis);
        if (size < 2) {
            return null;
        }
        NDList parts = draw.oneIn(2)
                ? x.array().split(new long[] {1 + draw.below((int) size - 1)}, axis)
                : x.array().split(size, axis);
        return x.with(parts.get(draw.below(parts.size())));
    }

    private static @Nullable Item joined(Draw draw, Item x, boolean stacked) {
        Item other = draw.alike(x);
        boolean fits = x.rank() == 2 || x.rank() == 3;
        if (!fits || grows(x, 2) || other.array().getDataType() != x.array().getDataType()) {
            return null;
        }
        NDList both = new NDList(x.array(), other.array());
        return new Item(
                stacked ? NDArrays.stack(both, draw.axis(x)) : NDArrays.concat(both, draw.axis(x)),
                x.exact() && other.exact());
    }

    private static Item tile(Draw draw, Item x) {
        long[] repeats = LongStream.range(0, x.rank()).map(i -> 1).toArray();
        repeats[draw.axis(x)] = 1L + draw.below(2);
        return x.with(x.array().tile(repeats));
    }

    private static @Nullable Item take(Draw draw, Item x) {
        int size = (int) x.size(1);
        if (size < 1) {
            return null;
        }
        NDArray indices = x.manager().create(new long[] {draw.below(size), draw.below(size)});
        return x.with(x.array().get(new NDIndex(":, {}", indices)));
    }

    private static Item gather(Draw draw, Item x) {
        return x.with(x.array().gather(Picks.whole(x, x.size(1) - 1), 1));
    }

    private static Item oneHot(Draw draw, Item x) {
        return x.with(Picks.whole(x, 4).oneHot(5));
    }

    private static Item batchCounted(Draw draw, Item x) {
        long batch = x.batch();
        return switch (draw.below(3)) {
            case 0 -> x.with(x.array().add(batch));
            case 1 -> x.with(x.array().mul(x.manager().arange((float) batch).expandDims(1)));
            default -> x.with(x.array().sub(x.manager().full(new Shape(batch, x.size(1)), 0.5f)));
        };
    }

    /** Branches on sizes that do not follow the batch. */
    private static Item byShape(Draw draw, Item x) {
        int bound = draw.below(6);
        long size = x.rank() > 1 ? x.size(x.rank() - 1) : 0;
        NDArray result = x.array();
        for (int i = 0; i < Math.min(size, 3); i++) {
            result = size > bound ? result.add(i) : result.neg();
        }
        return Elementwise.bounded(draw, x, result);
    }
}
