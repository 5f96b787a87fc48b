package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Inference;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes matrix products, and lookups in a matrix. */
final class LinearRows {

    private LinearRows() {}

    static List<Row> rows() {
        return List.of(
                product("matMul"),
                product("batchMatMul"),
                product("dot"),
                Row.of("NDArrayEx.linear(NDArray, NDArray, NDArray)", "Gemm, or MatMul and Add", LinearRows::linear),
                Row.of("NDArrayEx.embedding(NDArray, NDArray, SparseFormat)", "Gather", LinearRows::embedding));
    }

    private static Row product(String method) {
        return Row.of(
                "NDArray." + method + "(NDArray)",
                "MatMul",
                site -> product(site.to(), site.receiver(), site.value(1)));
    }

    /** Multiplies. For products of no elements, ONNX Runtime returns what its memory happens to hold. */
    private static Value product(Emitter to, Value left, Value right) {
        Dim inner = left.shape().get(-1);
        if (!inner.isFixed() && inner.canVanish()) {
            return to.node(
                    "MatMul",
                    withZeros(to, left, left.rank() - 1),
                    withZeros(to, right, Math.max(0, right.rank() - 2)));
        }
        if (!inner.equals(Dim.of(0))) {
            return to.node("MatMul", left, right);
        }
        TensorShape shape = Inference.infer("MatMul", List.of(left, right), Attributes.NONE, 1)
                .get(0)
                .shape();
        return to.expand(to.scalar(left.type(), 0), shape.dims());
    }

    /** Adds zeros at the end of an axis, which do not change sums over it. */
    private static Value withZeros(Emitter to, Value value, int axis) {
        List<Dim> zeros = new ArrayList<>(value.shape().dims());
        zeros.set(axis, Dim.of(1));
        return to.concat(axis, List.of(value, to.expand(to.scalar(value.type(), 0), zeros)));
    }

    private static Value linear(CallContext site) {
        Emitter to = site.to();
        Value input = site.value(1);
        Value weight = site.value(2);
        Optional<Value> bias = site.optional(3);
        boolean plain =
                input.rank() == 2 && weight.rank() == 2 && !input.shape().get(1).equals(Dim.of(0));
        if (plain) {
            Attributes attributes = Attributes.NONE.with("transB", 1);
            return bias.isPresent()
                    ? to.node("Gemm", attributes, input, weight, bias.get())
                    : to.node("Gemm", attributes, input, weight);
        }
        // A weight that is a vector makes one number of each row.
        Value product = product(to, input, weight.rank() == 1 ? weight : Weights.transposed(to, weight));
        return bias.map(value -> to.node("Add", product, value)).orElse(product);
    }

    private static Value embedding(CallContext site) {
        Value indices = site.to().cast(site.value(1), TensorType.INT64);
        return site.to().gather(site.value(2), 0, indices);
    }
}
