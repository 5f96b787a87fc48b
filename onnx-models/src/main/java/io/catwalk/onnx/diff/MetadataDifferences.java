package io.catwalk.onnx.diff;

import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists entries of two files that change the answers of programs which follow them: how images are prepared, and what
 * the outputs are called. An entry that only one file has says nothing about the other.
 */
final class MetadataDifferences {

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
        addLabels(found, one.get(MetadataKeys.LABELS), other.get(MetadataKeys.LABELS));
        for (String key : NUMBERS) {
            add(found, key, one.get(key), other.get(key));
        }
        for (String key : WORDS) {
            add(found, key, one.get(key), other.get(key));
        }
        return found;
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
                    ? Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList()
                    : text;
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static void addLabels(List<String> found, @Nullable String left, @Nullable String right) {
        if (left == null || right == null) {
            return;
        }
        String[] ours = left.split("\n", -1);
        String[] theirs = right.split("\n", -1);
        int first = Arrays.mismatch(ours, theirs);
        if (ours.length != theirs.length) {
            found.add(MetadataKeys.LABELS + ": " + ours.length + " against " + theirs.length);
        } else if (first >= 0) {
            found.add(MetadataKeys.LABELS + ": output " + first + " is " + ours[first] + " against " + theirs[first]);
        }
    }
}
