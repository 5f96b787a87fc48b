package io.catwalk.onnx.runtime;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFields;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the metadata of an ONNX file, its {@code metadata_props}: keys and values, sorted by key, so that the same
 * entries always give the same bytes. {@link MetadataKeys} lists the keys that Catwalk writes; all others are kept as
 * they are. Immutable; each {@code with} method returns a changed copy.
 *
 * @param entries every key with its value
 */
public record OnnxMetadata(SortedMap<String, String> entries) {

    private static final Pattern IMGSZ = Pattern.compile("\\[([1-9]\\d{0,4}), ([1-9]\\d{0,4})]");

    /**
     * Checks the entries that must have a certain form.
     *
     * @throws IllegalArgumentException if labels or preprocessing are malformed
     */
    public OnnxMetadata {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        if (entries.containsKey("")) {
            throw new IllegalArgumentException("a metadata key must not be empty");
        }
        labels(entries);
        Preprocessing.from(entries);
    }

    /** {@return metadata without any entry} */
    public static OnnxMetadata empty() {
        return new OnnxMetadata(new TreeMap<>());
    }

    /**
     * Reads the metadata of a file without parsing its graph.
     *
     * @return its metadata; empty if it has none
     * @throws OnnxFileException if it is not an ONNX file, is cut off, or an entry is malformed
     */
    public static OnnxMetadata read(Path file) {
        return of(file, ModelFields.read(file).metadata());
    }

    /**
     * Checks the metadata of a file.
     *
     * @param file path of the file, for messages
     * @throws OnnxFileException if one is malformed
     */
    public static OnnxMetadata of(Path file, Map<String, String> entries) {
        try {
            return new OnnxMetadata(new TreeMap<>(entries));
        } catch (IllegalArgumentException e) {
            throw new OnnxFileException(
                    file, "well-formed metadata", "that " + e.getMessage(), "correct that entry", e);
        }
    }

    /**
     * Replaces the metadata of a file with these entries, atomically: a reader sees the old file or the new one. Every
     * other byte of the file stays as it is.
     *
     * @throws OnnxFileException if it is not an ONNX file or cannot be written
     */
    public void write(Path file) {
        ModelFields.read(file).write(entries);
    }

    /**
     * Returns the value of a key.
     *
     * @return its value, if the file has it
     */
    public Optional<String> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /**
     * Returns the entries whose keys begin with a prefix.
     *
     * @param prefix such as {@link MetadataKeys#METRICS}
     * @return keys, without the prefix, with their values
     */
    public SortedMap<String, String> under(String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        entries.tailMap(prefix).forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** {@return the names of the classes, one per logit, if the file has them} */
    public Optional<List<String>> labels() {
        return labels(entries);
    }

    /** {@return how pixels are converted to the input of the network, if the file says it} */
    public Optional<Preprocessing> preprocessing() {
        return Preprocessing.from(entries);
    }

    /**
     * Takes the size of the images from the metadata if the hints say none: from {@link #preprocessing}, or from
     * {@code imgsz} of Ultralytics, such as {@code [224, 224]}, height first.
     */
    public OnnxHints sized(OnnxHints hints) {
        if (hints.height() > 0) {
            return hints;
        }
        Matcher imgsz = IMGSZ.matcher(entries.getOrDefault("imgsz", ""));
        return preprocessing()
                .map(own -> hints.withImageSize(own.height(), own.width()))
                .orElseGet(() -> imgsz.matches()
                        ? hints.withImageSize(Integer.parseInt(imgsz.group(1)), Integer.parseInt(imgsz.group(2)))
                        : hints);
    }

    /**
     * Replaces or adds one entry.
     *
     * @param key any key but an empty one
     */
    public OnnxMetadata with(String key, String value) {
        return withAll(Map.of(key, value));
    }

    /** Replaces or adds many entries. */
    public OnnxMetadata withAll(Map<String, String> more) {
        SortedMap<String, String> changed = new TreeMap<>(entries);
        changed.putAll(more);
        return new OnnxMetadata(changed);
    }

    /**
     * Replaces the names of the classes.
     *
     * @param labels one name per logit, not blank, without line breaks
     */
    public OnnxMetadata withLabels(List<String> labels) {
        for (String label : labels) {
            if (label.lines().count() != 1) {
                throw new IllegalArgumentException("a label must be one line, but is \"" + label + "\"");
            }
        }
        return with(MetadataKeys.LABELS, String.join("\n", labels));
    }

    /**
     * Replaces the preprocessing, and the {@code Image.*} keys that follow from it.
     *
     * @param preprocessing how pixels are converted to the input of the network
     */
    public OnnxMetadata withPreprocessing(Preprocessing preprocessing) {
        return withAll(preprocessing.entries());
    }

    private static Optional<List<String>> labels(Map<String, String> entries) {
        String value = entries.get(MetadataKeys.LABELS);
        if (value == null || value.matches(".*,.*")) { // other programs write a list in one line
            return Optional.empty();
        }
        List<String> labels = List.of(value.split("\n", -1));
        if (labels.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(MetadataKeys.LABELS + " must be one name per line, but are " + labels);
        }
        return Optional.of(labels);
    }
}
