package io.catwalk.onnx.diff;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what another runtime makes of a file. */
public sealed interface RuntimeOutcome {

    /**
     * It answers like ONNX Runtime for Java, within the tolerance.
     *
     * @param answer how far the answers lie apart
     */
    record Agrees(TensorDifference answer) implements RuntimeOutcome {}

    /**
     * It answers otherwise.
     *
     * @param answer how far the answers to the whole file lie apart
     * @param finding the node at which the difference begins, or the input; null if the file, cut where it ends and asked
     *     about as few images at a time as it takes, answers alike
     * @param unasked why tensors between what agrees and the finding could not be asked for, by their names
     * @param asked how many times the runtime was asked
     */
    record Differs(TensorDifference answer, @Nullable Finding finding, Map<String, String> unasked, int asked)
            implements RuntimeOutcome {

        /** Copies the map. */
        public Differs {
            unasked = Collections.unmodifiableMap(new LinkedHashMap<>(unasked));
        }
    }

    /**
     * It gives no answer.
     *
     * @param reason one line, as the runtime says it of the whole file
     * @param finding the first node behind which it gives none; null if it answers when the file is cut where it ends
     * @param asked how many times the runtime was asked
     */
    record Refuses(String reason, @Nullable Finding finding, int asked) implements RuntimeOutcome {}
}
