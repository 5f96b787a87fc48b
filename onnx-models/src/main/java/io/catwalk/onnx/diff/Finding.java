package io.catwalk.onnx.diff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names a node at which two models begin to differ.
 *
 * @param node its name in the reference
 * @param operator of it
 * @param place block and source line that it came from, as the file says; empty if it does not
 * @param tensor that it makes
 * @param other name of the node of the other model that should make the same; null if there is none
 * @param difference between what both make; null if the other model makes nothing of the kind
 * @param causes what both have in another way, a sentence each; empty if they are written alike
 */
public record Finding(
        String node,
        String operator,
        String place,
        String tensor,
        @Nullable String other,
        @Nullable TensorDifference difference,
        List<String> causes) {

    /** Copies the list. */
    public Finding {
        causes = List.copyOf(causes);
    }
}
