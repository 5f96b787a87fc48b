package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Writes operations that move elements without computing. */
final class ShapeRows {

    private ShapeRows() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String method : List.of(
                "reshape(Shape)",
                "flatten()",
                "flatten(int, int)",
                "squeeze()",
                "squeeze(int)",
                "squeeze(int[])",
                "expandDims(int)")) {
            rows.add(Row.of(
                    "NDArray." + method,
                    "Reshape",
                    site -> site.to()
                            .reshape(site.receiver(), site.resultShape().dims())));
        }
        rows.add(Row.of("NDArray.transpose()", "Transpose", ShapeRows::reverse));
        rows.add(Row.of("NDArray.transpose(int[])", "Transpose", ShapeRows::transpose));
        rows.add(Row.of("NDArray.swapAxes(int, int)", "Transpose", ShapeRows::swap));
        rows.add(Row.of(
                "NDArray.broadcast(Shape)",
                "Expand",
                site -> site.to().expand(site.receiver(), site.resultShape().dims())));
        rows.add(new Row("NDArray.split(long[], int)", "Split", ShapeRows::split));
        rows.add(new Row("NDArray.split(long, int)", "Split", ShapeRows::split));
        rows.add(Row.of("NDArrayEx.stack(NDList, int)", "Unsqueeze, Concat", ShapeRows::stack));
        rows.add(Row.of("NDArrayEx.concat(NDList, int)", "Concat", ShapeRows::concat));
        for (String arguments : List.of("(long)", "(long[])")) {
            rows.add(Row.of("NDArray.tile" + arguments, "Tile", ShapeRows::tile));
            rows.add(Row.of("NDArray.repeat" + arguments, "Unsqueeze, Tile, Reshape", ShapeRows::repeat));
        }
        rows.add(Row.of("NDArray.repeat(Shape)", "Unsqueeze, Tile, Reshape", ShapeRows::repeat));
        rows.add(Row.of("NDArray.repeat(int, long)", "Unsqueeze, Tile, Reshape", ShapeRows::repeat));
        rows.add(Row.of("NDArray.flip(int[])", "Slice", ShapeRows::flip));
        rows.add(Row.of("NDArray.rotate90(int, int[])", "Slice, Transpose", ShapeRows::rotate));
        for (String arguments : List.of("()", "(int)", "(int, int, int)")) {
            rows.add(Row.of("NDArray.diagonal" + arguments, "Transpose, Reshape, Gather", ShapeRows::diagonal));
        }
        rows.add(Row.of("NDArray.diff(int, int)", "Slice, Sub", ShapeRows::difference));
        rows.add(Row.of("NDArray.pad(Shape, double)", "Pad", ShapeRows::pad));
        return rows;
    }

    private static Value reverse(CallContext site) {
        int rank = site.receiver().rank();
        return site.to()
                .transpose(
                        site.receiver(),
                        LongStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    }

    private static Value transpose(CallContext site) {
        TensorShape shape = site.receiver().shape();
        long[] axes = LongStream.of(site.numbers(1)).map(shape::axis).toArray();
        return site.to().transpose(site.receiver(), axes);
    }

    private static Value swap(CallContext site) {
        return swap(site.to(), site.receiver(), site.integer(1), site.integer(2));
    }

    static Value swap(Emitter to, Value value, int first, int second) {
        long[] axes = LongStream.range(0, value.rank()).toArray();
        int left = value.shape().axis(first);
        int right = value.shape().axis(second);
        axes[left] = right;
        axes[right] = left;
        return left == right ? value : to.transpose(value, axes);
    }

    private static List<Value> split(CallContext site) {
        int axis = site.receiver().shape().axis(site.integer(2));
        List<Dim> sizes =
                site.results().stream().map(part -> part.shape().get(axis)).toList();
        if (sizes.size() == 1) {
            return List.of(site.receiver());
        }
        return site.to()
                .nodes(
                        "Split",
                        Attributes.NONE.with("axis", axis),
                        sizes.size(),
                        site.receiver(),
                        site.to().dims(sizes));
    }

    /** Concatenates; PyTorch leaves out vectors without elements, whatever the number of axes of the others. */
    private static Value concat(CallContext site) {
        TensorShape made = site.resultShape();
        TensorType type = site.resultType();
        List<Value> parts = Stream.concat(Stream.of(site.receiver()), site.list(1).stream())
                .filter(part -> part.rank() == made.rank() || !part.shape().equals(TensorShape.of(0)))
                .map(part -> site.to().cast(part, type))
                .toList();
        return site.to().concat(made.axis(site.integer(2)), parts);
    }

    private static Value stack(CallContext site) {
        int axis = site.resultShape().axis(site.integer(2));
        TensorType type = site.resultType();
        List<Value> parts = Stream.concat(Stream.of(site.receiver()), site.list(1).stream())
                .map(part -> site.to().unsqueeze(site.to().cast(part, type), axis))
                .toList();
        return site.to().concat(axis, parts);
    }

    private static Value tile(CallContext site) {
        Value wide = site.to().reshape(site.receiver(), widened(site));
        Object argument = site.call().value(1);
        if (argument instanceof Long && wide.shape().dims().contains(Dim.of(0))) {
            return wide; // DJL copies an array without elements
        }
        List<Dim> repeats = argument instanceof Long count
                ? wide.shape().dims().stream().map(dim -> Dim.of(count)).toList()
                : site.call().dims(1);
        return site.to().tile(wide, repeats);
    }

    /** Adds axes of size 1 in front until the rank is that of the result. */
    private static List<Dim> widened(CallContext site) {
        List<Dim> dims = site.receiver().shape().dims();
        List<Dim> widened =
                new ArrayList<>(Collections.nCopies(site.resultShape().rank() - dims.size(), Dim.of(1)));
        widened.addAll(dims);
        return widened;
    }

    /** Repeats each element in place: a new axis after the old one is tiled, then both are merged. */
    private static Value repeat(CallContext site) {
        Value value = site.receiver();
        for (int axis = 0; axis < value.rank(); axis++) {
            Dim from = value.shape().get(axis);
            Dim target = site.resultShape().get(axis);
            if (from.equals(target)) {
                continue;
            }
            Dim count = target.dividedBy(from)
                    .orElseThrow(() -> site.error("repeats elements a number of times that is no quotient of sizes"));
            List<Dim> repeats = new ArrayList<>(Collections.nCopies(value.rank() + 1, Dim.of(1)));
            repeats.set(axis + 1, count);
            Value tiled = site.to().tile(site.to().unsqueeze(value, axis + 1), repeats);
            value = site.to().reshape(tiled, value.shape().with(axis, target).dims());
        }
        return value;
    }

    private static Value flip(CallContext site) {
        return flip(site.to(), site.receiver(), site.numbers(1));
    }

    static Value flip(Emitter to, Value value, long... axes) {
        if (axes.length == 0) {
            return value;
        }
        return to.node(
                "Slice",
                value,
                to.ints(LongStream.of(axes).map(axis -> -1).toArray()),
                to.ints(LongStream.of(axes).map(axis -> Long.MIN_VALUE).toArray()),
                to.ints(axes),
                to.ints(LongStream.of(axes).map(axis -> -1).toArray()));
    }

    /** Rotates by quarter turns from the first axis towards the second. */
    private static Value rotate(CallContext site) {
        Value value = site.receiver();
        long[] axes = site.numbers(2);
        int first = (int) axes[0];
        int second = (int) axes[1];
        return switch (Math.floorMod(site.integer(1), 4)) {
            case 1 -> swap(site.to(), flip(site.to(), value, second), first, second);
            case 2 -> flip(site.to(), value, first, second);
            case 3 -> swap(site.to(), flip(site.to(), value, first), first, second);
            default -> value;
        };
    }

    /** Moves both axes to the end, merges them, and takes the elements of the diagonal from the merged axis. */
    private static Value diagonal(CallContext site) {
        Emitter to = site.to();
        TensorShape shape = site.receiver().shape();
        int arguments = site.call().values().size();
        int offset = arguments > 1 ? site.integer(1) : 0;
        int row = shape.axis(arguments > 2 ? site.integer(2) : 0);
        int column = shape.axis(arguments > 2 ? site.integer(3) : 1);
        long height = shape.get(row).fixed("the first axis of a diagonal");
        long width = shape.get(column).fixed("the second axis of a diagonal");
        long[] order = LongStream.concat(
                        LongStream.range(0, shape.rank()).filter(axis -> axis != row && axis != column),
                        LongStream.of(row, column))
                .toArray();
        List<Dim> flat = new ArrayList<>(site.resultShape().dims().subList(0, shape.rank() - 2));
        flat.add(Dim.of(height * width));
        long[] places = LongStream.range(0, height)
                .filter(i -> i + offset >= 0 && i + offset < width)
                .map(i -> i * width + i + offset)
                .toArray();
        Value last = to.reshape(to.transpose(site.receiver(), order), flat);
        return to.gather(last, shape.rank() - 2, to.ints(places));
    }

    /** Subtracts neighbors along an axis, as often as requested or until none are left; for booleans, this is Xor. */
    private static Value difference(CallContext site) {
        Emitter to = site.to();
        Value value = site.receiver();
        int axis = value.shape().axis(site.integer(2));
        String operator = value.type() == TensorType.BOOL ? "Xor" : "Sub";
        for (int i = site.integer(1); i > 0 && !value.shape().get(axis).equals(Dim.of(0)); i--) {
            Value later = to.slice(value, axis, 1, Long.MAX_VALUE);
            value = to.node(operator, later, to.slice(value, axis, 0, -1));
        }
        return value;
    }

    /** Converts PyTorch's order (last axis first, before and after) to that of ONNX (all before, all after). */
    private static Value pad(CallContext site) {
        List<Dim> pairs = site.call().dims(1);
        int rank = site.receiver().rank();
        List<Dim> pads = new ArrayList<>(Collections.nCopies(2 * rank, Dim.of(0)));
        for (int i = 0; i < pairs.size() / 2; i++) {
            pads.set(rank - 1 - i, pairs.get(2 * i));
            pads.set(2 * rank - 1 - i, pairs.get(2 * i + 1));
        }
        Value number = site.as(2, site.receiver().type());
        return site.to().pad(site.receiver(), number, pads);
    }
}
