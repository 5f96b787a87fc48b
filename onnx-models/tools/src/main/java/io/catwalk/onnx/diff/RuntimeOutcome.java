package io.catwalk.onnx.diff;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Result of running a file with another runtime. */
public sealed interface RuntimeOutcome {

    /**
     * The output agrees with that of ONNX Runtime for Java, within the tolerance.
     *
     * @param answer difference of the outputs
     */
    record Agrees(TensorDifference answer) implements RuntimeOutcome {}

    /**
     * The output differs from that of ONNX Runtime for Java.
     *
     * @param answer difference of the outputs of the whole file
     * @param finding the node at which the difference begins, or the input; null if the outputs agree when the file is
     *     cut at its end and runs in its smallest batches
     * @param unasked reasons why tensors between those that agree and the finding could not be compared, by the names
     *     of the tensors
     * @param asked how many times the runtime was run
     */
    record Differs(TensorDifference answer, @Nullable Finding finding, Map<String, String> unasked, int asked)
            implements RuntimeOutcome {

        public Differs {
            unasked = Collections.unmodifiableMap(new LinkedHashMap<>(unasked));
        }
    }

    /**
     * The runtime returns no output.
     *
     * @param reason one line, as the runtime reports it for the whole file
     * @param finding the first node after which it returns no output; null if it returns one when the file is cut at
     *     its end
     * @param asked how many times the runtime was run
     */
    record Refuses(String reason, @Nullable Finding finding, int asked) implements RuntimeOutcome {}
}
