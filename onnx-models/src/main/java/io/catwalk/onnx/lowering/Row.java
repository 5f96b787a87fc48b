package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Value;
import java.util.List;
import java.util.function.Function;

/**
 * One row of the operator table, which says how one primitive of DJL is written with ONNX operators.
 *
 * @param signature the primitive, such as {@code NDArray.add(Number)}
 * @param operators the ONNX operators that it becomes, for the documentation
 * @param emission writes the nodes of one call: one value for each array that the call returns
 */
record Row(String signature, String operators, Function<CallContext, List<Value>> emission) {

    /** Creates a row for a primitive that returns one array. */
    static Row of(String signature, String operators, Function<CallContext, Value> single) {
        return new Row(signature, operators, site -> List.of(single.apply(site)));
    }

    /**
     * Creates a row for a primitive along an axis. The engine takes a scalar for a vector of one element there, and ONNX
     * does not.
     */
    static Row along(String signature, String operators, Function<CallContext, Value> single) {
        return of(
                signature,
                operators,
                site -> site.receiver().rank() > 0
                        ? single.apply(site)
                        : site.to()
                                .reshape(
                                        single.apply(site.ofVector()),
                                        site.resultShape().dims()));
    }
}
