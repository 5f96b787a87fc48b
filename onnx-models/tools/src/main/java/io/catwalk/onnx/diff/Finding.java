package io.catwalk.onnx.diff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names a node at which two models begin to differ.
 *
 * @param place block and source line that it came from, as the file says; empty if the file does not say it
 * @param tensor name of the tensor that it computes
 * @param other name of the node of the other model that should compute the same; null if there is none
 * @param difference between the tensors that both compute; null if there is no such tensor in the other model
 * @param causes how both nodes differ, a sentence each; empty if they are written alike
 */
public record Finding(
        String node,
        String operator,
        String place,
        String tensor,
        @Nullable String other,
        @Nullable TensorDifference difference,
        List<String> causes) {

    public Finding {
        causes = List.copyOf(causes);
    }
}
