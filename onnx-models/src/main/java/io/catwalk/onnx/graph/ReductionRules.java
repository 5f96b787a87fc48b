package io.catwalk.onnx.graph;

import io.catwalk.onnx.graph.Inference.Made;
import io.catwalk.onnx.graph.Inference.Operands;
import io.catwalk.onnx.graph.Inference.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Infers the outputs of reductions, and of TopK. */
final class ReductionRules {

    private ReductionRules() {}

    static Map<String, Rule> rules() {
        Map<String, Rule> rules = new HashMap<>();
        for (String kind : List.of("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2")) {
            rules.put("Reduce" + kind, operands -> operands.alike(reduce(operands, axes(operands))));
        }
        for (String operator : List.of("ArgMax", "ArgMin")) {
            rules.put(operator, operands -> {
                long[] axes = {operands.attribute("axis", 0)};
                return List.of(new Made(ElementType.INT64, reduce(operands, axes)));
            });
        }
        rules.put("TopK", ReductionRules::topK);
        return rules;
    }

    private static long[] axes(Operands operands) {
        if (operands.has(1)) {
            return operands.numbers(1);
        }
        long[] all = new long[operands.shape(0).rank()];
        for (int axis = 0; axis < all.length; axis++) {
            all[axis] = axis;
        }
        return operands.attributes().numbers("axes", all);
    }

    private static TensorShape reduce(Operands operands, long[] axes) {
        TensorShape from = operands.shape(0);
        boolean keep = operands.attribute("keepdims", 1) == 1;
        List<Dim> dims = new ArrayList<>(from.dims());
        TreeSet<Integer> sorted = new TreeSet<>();
        for (long axis : axes) {
            sorted.add(from.axis(axis));
        }
        for (int axis : sorted.descendingSet()) {
            if (keep) {
                dims.set(axis, Dim.of(1));
            } else {
                dims.remove(axis);
            }
        }
        return new TensorShape(dims);
    }

    private static List<Made> topK(Operands operands) {
        Dim count = operands.contents(1).get(0);
        TensorShape shape = operands.shape(0).with(operands.attribute("axis", -1), count);
        return List.of(new Made(operands.type(0), shape), new Made(ElementType.INT64, shape));
    }
}
