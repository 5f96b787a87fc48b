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
 * @param metadata entries that both files have, with other values, and by which programs prepare images and name the
 *     outputs, a sentence each
 * @param sameGraph whether both graphs are written alike, weights included, but for remarks
 */
public record DiffReport(
        int tensors,
        int matched,
        Map<String, TensorDifference> outputs,
        List<Finding> findings,
        List<Finding> elsewhere,
        List<String> metadata,
        boolean sameGraph) {

    /** Copies the map and the lists. */
    public DiffReport {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        findings = List.copyOf(findings);
        elsewhere = List.copyOf(elsewhere);
        metadata = List.copyOf(metadata);
    }

    /** Tells whether all outputs agree within the tolerance, and the metadata lets programs use both files alike. */
    public boolean agrees() {
        return outputsAgree() && metadata.isEmpty();
    }

    /** Tells whether all outputs agree within the tolerance, on the same inputs. */
    public boolean outputsAgree() {
        return outputs.values().stream().allMatch(TensorDifference::agrees);
    }
}
