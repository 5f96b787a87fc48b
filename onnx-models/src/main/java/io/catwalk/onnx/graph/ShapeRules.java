package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Inference.Made;
import io.catwalk.onnx.graph.Inference.Operands;
import io.catwalk.onnx.graph.Inference.Rule;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Infers the outputs of operators that move elements without computing. */
final class ShapeRules {

    private ShapeRules() {}

    static Map<String, Rule> rules() {
        return Map.ofEntries(
                Map.entry("Reshape", operands -> operands.alike(reshape(operands.shape(0), operands.contents(1)))),
                Map.entry("Transpose", ShapeRules::transpose),
                Map.entry("Squeeze", ShapeRules::squeeze),
                Map.entry("Unsqueeze", ShapeRules::unsqueeze),
                Map.entry("Concat", ShapeRules::concat),
                Map.entry("Split", ShapeRules::split),
                Map.entry("Slice", ShapeRules::slice),
                Map.entry("Gather", ShapeRules::gather),
                Map.entry("GatherElements", operands -> operands.alike(operands.shape(1))),
                Map.entry("GatherND", operands -> operands.alike(picked(operands.shape(0), operands.shape(1)))),
                Map.entry("ScatterElements", operands -> operands.alike(operands.shape(0))),
                Map.entry("ScatterND", ShapeRules::scatterNd),
                Map.entry(
                        "Expand",
                        operands -> operands.alike(operands.shape(0).broadcast(new TensorShape(operands.contents(1))))),
                Map.entry("Tile", ShapeRules::tile),
                Map.entry("Pad", ShapeRules::pad),
                Map.entry(
                        "Shape",
                        operands -> List.of(new Made(
                                TensorType.INT64,
                                TensorShape.of(operands.shape(0).rank())))),
                Map.entry(
                        "Range",
                        operands -> operands.alike(
                                new TensorShape(List.of(operands.contents(1).get(0))))),
                Map.entry("OneHot", ShapeRules::oneHot));
    }

    private static TensorShape reshape(TensorShape from, List<Dim> target) {
        List<Dim> dims = new ArrayList<>();
        List<Dim> left = new ArrayList<>(from.dims());
        List<Dim> known = new ArrayList<>();
        int open = -1;
        for (Dim size : target) {
            Dim meant = size;
            if (size.equals(Dim.of(-1))) {
                open = dims.size();
                meant = Dim.of(1);
            } else if (size.equals(Dim.of(0)) && dims.size() < from.rank()) {
                meant = from.get(dims.size());
            }
            dims.add(meant);
            if (!left.remove(meant)) {
                known.add(meant);
            }
        }
        if (open >= 0) {
            known.remove(Dim.of(1));
            Dim divisor = new TensorShape(known).size();
            dims.set(
                    open,
                    new TensorShape(left)
                            .size()
                            .dividedBy(divisor)
                            .orElseThrow(() -> new ExportException("cannot reshape " + from + " to " + target)));
        }
        TensorShape made = new TensorShape(dims);
        if (!made.size().equals(from.size())) {
            throw new ExportException("cannot reshape " + from + " to " + target);
        }
        return made;
    }

    private static List<Made> transpose(Operands operands) {
        TensorShape from = operands.shape(0);
        List<Dim> dims = new ArrayList<>();
        for (long axis : operands.attributes().numbers("perm", new long[0])) {
            dims.add(from.get((int) axis));
        }
        return operands.alike(new TensorShape(dims));
    }

    private static List<Made> squeeze(Operands operands) {
        TensorShape from = operands.shape(0);
        List<Dim> dims = new ArrayList<>(from.dims());
        TreeSet<Integer> axes = new TreeSet<>();
        for (long axis : operands.numbers(1)) {
            axes.add(from.axis(axis));
        }
        for (int axis : axes.descendingSet()) {
            if (!dims.remove(axis).equals(Dim.of(1))) {
                throw new ExportException("cannot squeeze axis " + axis + " of " + from);
            }
        }
        return operands.alike(new TensorShape(dims));
    }

    private static List<Made> unsqueeze(Operands operands) {
        List<Dim> dims = new ArrayList<>(operands.shape(0).dims());
        long[] axes = operands.numbers(1);
        TreeSet<Integer> sorted = new TreeSet<>();
        for (long axis : axes) {
            sorted.add((int) (axis < 0 ? axis + dims.size() + axes.length : axis));
        }
        sorted.forEach(axis -> dims.add(axis, Dim.of(1)));
        return operands.alike(new TensorShape(dims));
    }

    private static List<Made> concat(Operands operands) {
        long axis = operands.attribute("axis", 0);
        TensorShape made = operands.shape(0);
        for (int i = 1; i < operands.inputs().size(); i++) {
            TensorShape next = operands.shape(i);
            if (!made.with(axis, Dim.of(0)).equals(next.with(axis, Dim.of(0)))) {
                throw new ExportException("cannot concatenate " + made + " and " + next + " along axis " + axis);
            }
            made = made.with(axis, made.get((int) axis).plus(next.get((int) axis)));
        }
        return operands.alike(made);
    }

    private static List<Made> split(Operands operands) {
        long axis = operands.attribute("axis", 0);
        List<Made> made = new ArrayList<>();
        Dim sum = Dim.of(0);
        for (Dim size : operands.contents(1)) {
            made.add(new Made(operands.type(0), operands.shape(0).with(axis, size)));
            sum = sum.plus(size);
        }
        if (!sum.equals(operands.shape(0).get((int) axis))) {
            throw new ExportException("cannot split axis " + axis + " of " + operands.shape(0) + " into " + sum);
        }
        return made;
    }

    private static List<Made> slice(Operands operands) {
        TensorShape made = operands.shape(0);
        long[] steps = operands.has(4) ? operands.numbers(4) : new long[0];
        long[] axes = operands.numbers(3);
        for (int i = 0; i < axes.length; i++) {
            long step = steps.length == 0 ? 1 : steps[i];
            Dim length = made.get((int) axes[i]);
            Dim start = operands.contents(1).get(i);
            Dim stop = operands.contents(2).get(i);
            made = made.with(axes[i], Slices.size(length, start, stop, step));
        }
        return operands.alike(made);
    }

    private static List<Made> gather(Operands operands) {
        TensorShape from = operands.shape(0);
        int axis = from.axis(operands.attribute("axis", 0));
        List<Dim> dims = new ArrayList<>(from.dims().subList(0, axis));
        dims.addAll(operands.shape(1).dims());
        dims.addAll(from.dims().subList(axis + 1, from.rank()));
        return operands.alike(new TensorShape(dims));
    }

    /** The size of the last axis of the indices is the number of axes of the array that they index. */
    private static TensorShape picked(TensorShape from, TensorShape indices) {
        int depth = (int) indices.get(-1).fixed("the depth of indices");
        List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
        dims.addAll(from.dims().subList(depth, from.rank()));
        return new TensorShape(dims);
    }

    private static List<Made> scatterNd(Operands operands) {
        TensorShape expected = picked(operands.shape(0), operands.shape(1));
        if (!expected.equals(operands.shape(2))) {
            throw new ExportException("ScatterND puts " + operands.shape(2) + " where " + expected + " belongs");
        }
        return operands.alike(operands.shape(0));
    }

    private static List<Made> tile(Operands operands) {
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < operands.shape(0).rank(); axis++) {
            dims.add(operands.shape(0).get(axis).times(operands.contents(1).get(axis)));
        }
        return operands.alike(new TensorShape(dims));
    }

    private static List<Made> pad(Operands operands) {
        TensorShape from = operands.shape(0);
        List<Dim> pads = operands.contents(1);
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            dims.add(from.get(axis).plus(pads.get(axis)).plus(pads.get(axis + from.rank())));
        }
        return operands.alike(new TensorShape(dims));
    }

    private static List<Made> oneHot(Operands operands) {
        List<Dim> dims = new ArrayList<>(operands.shape(0).dims());
        dims.add(operands.contents(1).get(0));
        return List.of(new Made(operands.type(2), new TensorShape(dims)));
    }
}
