package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Indices of all forms, and what else takes parts of arrays in another order. */
final class Picks {

    private static final List<DataType> INDEX_TYPES =
            List.of(DataType.INT64, DataType.INT64, DataType.INT32, DataType.UINT8, DataType.FLOAT32);

    private Picks() {}

    static List<Operation> operations() {
        return List.of(
                Picks::read,
                Picks::read,
                unless(x -> x.rank() < 2 || x.size(1) < 1 || !x.exact(), Picks::readByInput),
                unless(x -> x.rank() < 2, Picks::masked),
                unless(x -> x.rank() < 2 || x.isBoolean(), Picks::gathered),
                unless(x -> !x.exact(), Picks::gatheredByRows),
                Picks::taken,
                unless(x -> x.rank() < 2 || x.isBoolean(), Picks::ordered),
                unless(x -> x.rank() < 3, Picks::turned),
                unless(x -> x.rank() < 2 || x.rank() > 3 || x.elements() > 40, Picks::manyTogether));
    }

    /**
     * An index that keeps the batch.
     *
     * @param index what to take
     * @param front whether the axis of its arrays comes before the batch
     */
    record Drawn(NDIndex index, boolean front) {

        NDArray of(NDArray array) {
            NDArray made = array.get(index);
            return front ? made.swapAxes(0, 1) : made;
        }
    }

    /** Draws numbers, slices, new axes, index arrays of one length, and masks; the batch is left whole. */
    static Drawn index(Draw draw, Item x, boolean arrays) {
        List<String> items = new ArrayList<>(List.of(":"));
        List<Object> given = new ArrayList<>();
        int length = 1 + draw.below(3);
        int first = -1;
        int last = -1;
        List<Boolean> whole = new ArrayList<>(List.of(true));
        for (int axis = 1; axis < x.rank() && !draw.oneIn(6); axis++) {
            int size = (int) x.size(axis);
            if (draw.oneIn(8)) {
                items.add("null");
                whole.add(true);
            }
            int form = draw.below(arrays && size >= length ? 8 : 5);
            switch (form) {
                case 0 -> items.add(":");
                case 1 -> items.add(Integer.toString(size == 0 ? 0 : draw.below(2 * size) - size));
                case 2 -> items.add(draw.below(size + 1) + ":");
                case 3 -> items.add(":" + (draw.below(2 * size + 3) - size));
                case 4 -> items.add(draw.below(2) + "::" + (1 + draw.below(3)));
                default -> {
                    first = first < 0 ? whole.size() : first;
                    last = whole.size();
                    items.add("{}");
                    given.add(form == 7 ? mask(draw, x, size, length) : distinct(draw, x, size, length));
                }
            }
            if (form != 1) {
                whole.add(form < 5);
            }
        }
        if (draw.oneIn(5)) {
            items.add("...");
        }
        boolean front = first >= 0 && whole.subList(first, last + 1).contains(true);
        return new Drawn(new NDIndex(String.join(", ", items), given.toArray()), front);
    }

    /** Draws places, no two of them the same, some counted from the end. */
    static NDArray distinct(Draw draw, Item x, int size, int length) {
        DataType type = draw.of(INDEX_TYPES);
        long[] places = new long[length];
        List<Integer> all = shuffled(draw, size);
        for (int i = 0; i < length; i++) {
            boolean fromTheEnd = type != DataType.UINT8 && draw.oneIn(3);
            places[i] = (long) all.get(i) - (fromTheEnd ? size : 0);
        }
        return x.manager().create(places).toType(type, false);
    }

    static List<Integer> shuffled(Draw draw, int size) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        for (int i = size - 1; i > 0; i--) {
            Collections.swap(all, i, draw.below(i + 1));
        }
        return all;
    }

    /** Draws a mask with as many places as the index arrays beside it have. */
    private static NDArray mask(Draw draw, Item x, int size, int length) {
        boolean[] bits = new boolean[size];
        shuffled(draw, size).subList(0, length).forEach(place -> bits[place] = true);
        return x.manager().create(bits);
    }

    private static @Nullable Item read(Draw draw, Item x) {
        return x.rank() < 2 || x.rank() > 4 ? null : x.with(index(draw, x, true).of(x.array()));
    }

    static NDArray whole(Item x, long largest) {
        NDArray real = x.array().toType(DataType.FLOAT32, false);
        return real.abs().clip(0, largest).floor().toType(DataType.INT64, false);
    }

    private static @Nullable Item readByInput(Draw draw, Item x) {
        NDArray places = whole(x, x.size(1) - 1).get(0).flatten();
        places = places.get(":" + Math.min(3, places.size()));
        NDArray last = x.rank() > 2 && draw.oneIn(2) ? places.minimum(x.size(2) - 1) : null;
        return last == null || x.size(2) < 1
                ? x.with(x.array().get(":, {}", places))
                : x.with(x.array().get(":, {}, {}", places, last));
    }

    private static @Nullable Item masked(Draw draw, Item x) {
        int axis = draw.axis(x);
        Shape rest = x.array().getShape().slice(axis);
        if (rest.size() < 1) {
            return null;
        }
        NDArray mask = mask(draw, x, (int) rest.size(), 1 + draw.below((int) rest.size()))
                .reshape(rest);
        return draw.oneIn(2)
                ? x.with(x.array().booleanMask(mask, axis))
                : x.with(x.array().get(":, ".repeat(axis) + "{}", mask));
    }

    private static Item gathered(Draw draw, Item x) {
        int axis = draw.axis(x);
        return x.with(x.array().gather(x.array().argSort(axis, draw.oneIn(2)), axis));
    }

    private static Item gatheredByRows(Draw draw, Item x) {
        NDArray table = draw.constant(x, 3, 4);
        return draw.oneIn(2)
                ? x.with(table.gatherNd(NDArrays.stack(new NDList(whole(x, 2), whole(draw.alike(x), 3)))))
                : x.with(table.get(":, 0").gatherNd(whole(x, 2).expandDims(0)));
    }

    private static @Nullable Item taken(Draw draw, Item x) {
        int size = (int) x.elements();
        return size < 1 || !x.isReal()
                ? null
                : x.with(x.array().maximum(x.array().take(distinct(draw, x, size, 1))));
    }

    private static @Nullable Item ordered(Draw draw, Item x) {
        int axis = draw.axis(x);
        int size = (int) x.size(axis);
        return switch (draw.below(3)) {
            case 0 -> x.with(x.array().sort(0));
            case 1 ->
                size < 1
                        ? null
                        : x.with(x.array()
                                .topK(1 + draw.below(size), axis, draw.oneIn(2), true)
                                .get(0));
            default -> x.with(x.array().diff(1 + draw.below(2), draw.oneIn(2) ? axis : -1));
        };
    }

    private static Item turned(Draw draw, Item x) {
        int one = draw.axis(x);
        int other = 1 + one % (x.rank() - 1);
        return draw.oneIn(2)
                ? x.with(x.array().rotate90(draw.below(9) - 4, new int[] {one, other}))
                : x.with(x.array().diagonal(draw.below(5) - 2, one, other));
    }

    private static Item manyTogether(Draw draw, Item x) {
        NDList many = new NDList();
        for (int i = 0; i < 2 + draw.below(4); i++) {
            many.add(draw.oneIn(2) ? x.array() : x.array().flip(draw.axis(x)));
        }
        int axis = draw.axis(x);
        NDArray made = draw.oneIn(2) ? NDArrays.concat(many, axis) : NDArrays.stack(many, draw.oneIn(3) ? -1 : axis);
        return x.with(draw.oneIn(2) ? made : made.split(2, 1).get(0));
    }
}
