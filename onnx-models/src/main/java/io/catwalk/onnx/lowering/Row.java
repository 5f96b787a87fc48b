package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Value;
import java.util.List;

/**
 * One row of the operator table, which says how one primitive of DJL is written with ONNX operators.
 *
 * @param signature the primitive, such as {@code NDArray.add(Number)}
 * @param operators the ONNX operators that it becomes, for the documentation
 */
record Row(String signature, String operators, Emission emission) {

    /** Writes the nodes of one call. */
    @FunctionalInterface
    interface Emission {

        /** Writes nodes: one value for each array that the call returns. */
        List<Value> emit(CallContext site);
    }

    /** Writes the nodes of a call that returns one array. */
    @FunctionalInterface
    interface Single {
        Value emit(CallContext site);
    }

    /** Creates a row for a primitive that returns one array. */
    static Row of(String signature, String operators, Single single) {
        return new Row(signature, operators, site -> List.of(single.emit(site)));
    }

    /**
     * Creates a row for a primitive along an axis. The engine takes a scalar for a vector of one element there, and ONNX
     * does not.
     */
    static Row along(String signature, String operators, Single single) {
        return of(
                signature,
                operators,
                site -> site.receiver().rank() > 0
                        ? single.emit(site)
                        : site.to()
                                .reshape(
                                        single.emit(site.ofVector()),
                                        site.resultShape().dims()));
    }
}
