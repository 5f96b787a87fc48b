package io.catwalk.onnx.diff;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says whether two models answer alike, and where they begin not to.
 *
 * @param tensors how many tensors the nodes of the reference make
 * @param matched how many of them the other model makes too, under whatever name
 * @param outputs how far each output lies apart, by the name that the reference has for it
 * @param findings where a difference begins, in the order of the reference's nodes; empty if all outputs agree
 * @param elsewhere other nodes that both models have in another way; on these inputs no difference begins there
 */
public record DiffReport(
        int tensors,
        int matched,
        Map<String, TensorDifference> outputs,
        List<Finding> findings,
        List<Finding> elsewhere) {

    /** Copies what it holds. */
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
