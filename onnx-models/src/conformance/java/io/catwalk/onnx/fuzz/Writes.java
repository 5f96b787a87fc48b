package io.catwalk.onnx.fuzz;

import static io.catwalk.onnx.fuzz.Operation.unless;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes into parts of arrays. */
final class Writes {

    private Writes() {}

    static List<Operation> operations() {
        return List.of(
                unless(x -> x.rank() < 2, Writes::write),
                unless(x -> x.rank() < 2, Writes::write),
                unless(x -> !x.exact() || x.isBoolean() || x.rank() < 2, Writes::writeMasked),
                unless(x -> x.isBoolean() || x.rank() < 2, Writes::writeThroughViews),
                unless(x -> x.isBoolean() || x.rank() < 2, Writes::writeThroughShapes),
                unless(x -> !x.isReal() || x.rank() < 2, Writes::writeIntoZeros),
                unless(x -> x.rank() < 2, Writes::scattered),
                Writes::put);
    }

    private static Item write(Draw draw, Item x) {
        NDArray copy = x.array().duplicate();
        NDIndex index = Picks.index(draw, x, true).index();
        switch (draw.below(x.isBoolean() ? 2 : 4)) {
            case 0 -> {
                NDArray other = draw.alike(x).array().toType(copy.getDataType(), false);
                copy.set(index, other.get(index).duplicate());
            }
            case 1 -> copy.set(index, copy.get(index).max().duplicate());
            case 2 -> copy.set(index, part -> part.clip(-1, 1).duplicate());
            default -> copy.set(Picks.index(draw, x, false).index(), draw.number());
        }
        return x.with(copy);
    }

    private static Item writeMasked(Draw draw, Item x) {
        NDArray copy = x.array().duplicate();
        NDArray mask = draw.alike(x).array().gt(0.25f);
        switch (draw.below(3)) {
            case 0 -> copy.set(mask, 1);
            case 1 -> copy.set(mask.get(":, 0"), 2);
            default -> copy.get(":, 0").set(mask.get(":, 0"), 1);
        }
        return x.with(copy);
    }

    private static Item writeThroughViews(Draw draw, Item x) {
        NDArray copy = x.array().duplicate();
        NDArray part = copy.get(Picks.index(draw, x, false).index());
        if (draw.oneIn(3)) {
            part = part.get("...");
        }
        switch (draw.below(3)) {
            case 0 -> part.addi(1);
            case 1 -> part.muli(part);
            default -> part.set(new NDIndex("..."), 1);
        }
        NDArray result = draw.oneIn(3) ? copy.get(":, :1") : copy;
        return x.with(result);
    }

    /** Writes into arrays that show one memory in several shapes, and reads one of them. */
    private static Item writeThroughShapes(Draw draw, Item x) {
        List<NDArray> shown = new ArrayList<>();
        shown.add(
                switch (draw.below(3)) {
                    case 0 -> x.array().duplicate();
                    case 1 -> x.array().mul(1);
                    default -> x.array().swapAxes(0, x.rank() - 1).add(0).swapAxes(0, x.rank() - 1);
                });
        for (int i = draw.below(3); i >= 0; i--) {
            shown.add(shape(draw, draw.of(shown)));
        }
        for (int i = draw.below(3); i >= 0; i--) {
            NDArray written = draw.of(shown);
            switch (draw.below(3)) {
                case 0 -> written.addi(1);
                case 1 -> written.muli(2);
                default -> written.set(new NDIndex("..., 0"), 3);
            }
            if (draw.oneIn(2)) {
                shown.add(shape(draw, draw.of(shown)));
            }
        }
        NDArray whole = shown.get(0);
        NDArray other = draw.of(shown);
        return x.with(other.size() == whole.size() ? whole.add(other.reshape(whole.getShape())) : whole.duplicate());
    }

    private static NDArray shape(Draw draw, NDArray x) {
        int axes = x.getShape().dimension();
        return switch (draw.below(7)) {
            case 0 -> x.expandDims(draw.below(axes));
            case 1 -> x.swapAxes(0, draw.below(axes));
            case 2 -> x.transpose();
            case 3 -> x.reshape(x.getShape().get(0), -1);
            case 4 -> x.reshape(x.getShape().add(1));
            case 5 -> draw.of(x.split(x.getShape().get(axes - 1), axes - 1));
            default -> x.get("..., :1");
        };
    }

    private static Item writeIntoZeros(Draw draw, Item x) {
        NDArray zeros = x.manager().zeros(x.array().getShape());
        NDIndex index = Picks.index(draw, x, false).index();
        if (draw.oneIn(2)) {
            zeros.set(index, x.array().get(index));
        } else {
            zeros.get(index).addi(x.array().get(index));
        }
        return x.with(zeros);
    }

    private static @Nullable Item scattered(Draw draw, Item x) {
        int axis = draw.axis(x);
        int size = (int) x.size(axis);
        if (size < 1) {
            return null;
        }
        long[] form = new long[x.rank()];
        Arrays.fill(form, 1);
        form[axis] = size;
        long[] order = Picks.shuffled(draw, size).stream().mapToLong(i -> i).toArray();
        NDArray places =
                x.manager().create(order, new Shape(form)).broadcast(x.array().getShape());
        return x.with(x.array().scatter(places, x.array().flip(axis), axis));
    }

    private static @Nullable Item put(Draw draw, Item x) {
        int size = (int) x.elements();
        if (size < 2) {
            return null;
        }
        NDArray places = Picks.distinct(draw, x, size, 2);
        return x.with(x.array().put(places, x.array().take(Picks.distinct(draw, x, size, 2))));
    }
}
