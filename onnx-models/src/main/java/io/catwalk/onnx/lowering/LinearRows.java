package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Value;
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
                site -> site.to().node("MatMul", site.receiver(), site.value(1)));
    }

    private static Value linear(Site site) {
        Emitter to = site.to();
        Value input = site.value(1);
        Value weight = site.value(2);
        Optional<Value> bias = site.optional(3);
        if (input.rank() == 2) {
            Attributes attributes = Attributes.NONE.with("transB", 1);
            return bias.isPresent()
                    ? to.node("Gemm", attributes, input, weight, bias.get())
                    : to.node("Gemm", attributes, input, weight);
        }
        Value product = to.node("MatMul", input, Weights.transposed(to, weight));
        return bias.map(value -> to.node("Add", product, value)).orElse(product);
    }

    private static Value embedding(Site site) {
        Value indices = site.to().cast(site.value(1), ElementType.INT64);
        return site.to().node("Gather", Attributes.NONE.with("axis", 0), site.value(2), indices);
    }
}
