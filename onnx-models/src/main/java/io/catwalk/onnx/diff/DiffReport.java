package io.catwalk.onnx.diff;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says whether the outputs of two models agree, and where differences begin.
 *
 * @param tensors how many tensors the nodes of the reference compute, without constants
 * @param matched how many of them the other model computes, too, under any name
 * @param outputs difference of each output, by its name in the reference
 * @param findings nodes at which a difference begins, in the order of the reference; empty if all outputs agree
 * @param elsewhere other nodes that are written differently in both models; on these inputs, no difference begins there
 */
public record DiffReport(
        int tensors,
        int matched,
        Map<String, TensorDifference> outputs,
        List<Finding> findings,
        List<Finding> elsewhere) {

    /** Copies the map and the lists. */
    public DiffReport {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        findings = List.copyOf(findings);
        elsewhere = List.copyOf(elsewhere);
    }

    /** Tells whether all outputs agree within the tolerance. */
    public boolean agrees() {
        return outputs.values().stream().allMatch(TensorDifference::agrees);
    }
}
