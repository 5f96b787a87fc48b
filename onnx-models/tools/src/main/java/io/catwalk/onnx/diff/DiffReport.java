package io.catwalk.onnx.diff;

import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
 * @param oneSided keys of such entries that only one of the files has
 * @param sameGraph whether both graphs are written alike, weights included, but for remarks
 */
public record DiffReport(
        int tensors,
        int matched,
        Map<String, TensorDifference> outputs,
        List<Finding> findings,
        List<Finding> elsewhere,
        List<String> metadata,
        List<String> oneSided,
        boolean sameGraph) {

    public DiffReport {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        findings = List.copyOf(findings);
        elsewhere = List.copyOf(elsewhere);
        metadata = List.copyOf(metadata);
        oneSided = List.copyOf(oneSided);
    }

    /** Tells whether all outputs agree within the tolerance, and the metadata lets programs use both files alike. */
    public boolean agrees() {
        return outputsAgree() && metadata.isEmpty();
    }

    /** Tells whether programs can use either file for the other, but for remarks: the same graph, and the same entries. */
    public boolean sameFile() {
        return agrees() && sameGraph && oneSided.isEmpty();
    }

    /** Tells whether all outputs agree within the tolerance, on the same inputs. */
    public boolean outputsAgree() {
        return outputs.values().stream().allMatch(TensorDifference::agrees);
    }

    /**
     * Lists entries of two files that change the answers of programs which follow them: how images are prepared, and what
     * the outputs are called. An entry that only one file has says nothing about the other, but makes it another file.
     */
    static final class MetadataDifferences {

        /** What Catwalk and Ultralytics call the names of the classes. */
        private static final List<String> NAMES = List.of(MetadataKeys.LABELS, "names");

        private static final List<String> NUMBERS = List.of(MetadataKeys.MEAN, MetadataKeys.STD);

        private static final List<String> WORDS = List.of(
                MetadataKeys.COLOR,
                MetadataKeys.SIZE,
                MetadataKeys.FIT,
                MetadataKeys.PIXEL_FORMAT,
                MetadataKeys.GAMMA,
                MetadataKeys.PIXEL_RANGE);

        private MetadataDifferences() {}

        /** Returns a sentence for each entry. */
        static List<String> between(Map<String, String> one, Map<String, String> other) {
            List<String> found = new ArrayList<>();
            NAMES.forEach(key -> addNames(found, key, one.get(key), other.get(key)));
            Stream.concat(NUMBERS.stream(), WORDS.stream())
                    .forEach(key -> add(found, key, one.get(key), other.get(key)));
            return found;
        }

        /** Returns the keys that only one file has. */
        static List<String> oneSided(Map<String, String> one, Map<String, String> other) {
            return Stream.of(NAMES, NUMBERS, WORDS)
                    .flatMap(List::stream)
                    .filter(key -> one.containsKey(key) != other.containsKey(key))
                    .toList();
        }

        private static void add(List<String> found, String key, @Nullable String left, @Nullable String right) {
            if (left != null && right != null && !meaning(key, left).equals(meaning(key, right))) {
                found.add(key + ": " + left + " against " + right);
            }
        }

        /** Returns the numbers of a text, so that 0.5 and 0.50 are the same. */
        private static Object meaning(String key, String text) {
            try {
                return NUMBERS.contains(key)
                        ? Arrays.stream(text.split(",", -1))
                                .map(Double::valueOf)
                                .toList()
                        : text;
            } catch (NumberFormatException e) {
                return text;
            }
        }

        private static void addNames(List<String> found, String key, @Nullable String left, @Nullable String right) {
            if (left == null || right == null) {
                return;
            }
            String[] ours = names(left);
            String[] theirs = names(right);
            int first = Arrays.mismatch(ours, theirs);
            if (ours.length != theirs.length) {
                found.add(key + ": " + ours.length + " against " + theirs.length);
            } else if (first >= 0) {
                found.add(key + ": output " + first + " is " + ours[first] + " against " + theirs[first]);
            }
        }

        /** Returns the lines of a text, or the parts between the commas of a list or a dictionary in one line. */
        private static String[] names(String text) {
            return text.contains("\n")
                    ? text.split("\n", -1)
                    : text.replaceAll("^[\\[{]|[\\]}]$", "").split(",\\s*", -1);
        }
    }
}
