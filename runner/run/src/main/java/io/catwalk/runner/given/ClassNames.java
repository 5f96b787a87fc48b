package io.catwalk.runner.given;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.ForeignText;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Finds the names of the outputs of a file: as stated, in its metadata, or in a file beside it.
 *
 * @param dataset the classes of the data set
 */
public record ClassNames(GivenSource source, List<String> dataset) {

    /** Says that the outputs are in the order of the data set's classes. */
    private static final String BY_INDEX = "index";

    /** An entry of a dictionary of Python, or a text of a list. */
    private static final Pattern ENTRY =
            Pattern.compile("(?:['\"]?(\\d{1,6})['\"]?\\s*:\\s*)?('(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")");

    @Nullable
    List<String> stated() {
        String labels = source.labels();
        if (labels == null) {
            return null;
        }
        if (labels.equals(BY_INDEX)) {
            return dataset;
        }
        try {
            if (Files.isRegularFile(Path.of(labels))) {
                return Objects.requireNonNull(read(source.path(), Path.of(labels), true));
            }
        } catch (InvalidPathException e) { // then it is a list
        }
        if (!labels.contains(",")) {
            throw source.refusal(
                    "labels as A,B,... or a file of them, or " + BY_INDEX, Reasons.quoted(labels), "correct labels");
        }
        return Stream.of(labels.split(",", -1)).map(String::strip).toList();
    }

    /** Returns a name for each output, among them each class of the data set once. */
    List<String> ofOutputs(OnnxMetadata metadata, int outputs) {
        List<String> names = find(metadata, outputs);
        if (names.size() != outputs) {
            throw source.refusal(
                    "a name for each of its " + outputs + " outputs",
                    names.size() + " names",
                    "state --model-labels A,B,... or a file of them (labels: in an experiment file)");
        }
        for (String name : dataset) {
            int times = Collections.frequency(names, name);
            if (times != 1) {
                throw source.refusal(
                        "one output for the class " + Reasons.quoted(name) + " of the data set",
                        times == 0 ? "none among " + some(names) : times + " of that name",
                        "state labels with the names of the data set, in the order of the outputs");
            }
        }
        return names;
    }

    private List<String> find(OnnxMetadata metadata, int outputs) {
        return Optional.ofNullable(stated())
                .or(() -> said(source.path(), metadata))
                .orElseThrow(() -> source.refusal(
                        "the names of its " + outputs + " outputs",
                        "none in its metadata, and no labels.txt, classes.txt or config.json beside it",
                        "state --model-labels A,B,... or a file of them (labels: in an experiment file)"
                                + (outputs == dataset.size()
                                        ? ", or --model-labels " + BY_INDEX + " if the outputs are in the order "
                                                + some(dataset)
                                        : "")));
    }

    /** Returns what a file says in its own words or in those of other programs, or what lies beside it. */
    public static Optional<List<String>> said(Path file, OnnxMetadata metadata) {
        return metadata.labels()
                .or(() -> listed(file, metadata))
                .or(() -> Stream.of("labels.txt", "classes.txt", "config.json")
                        .map(file::resolveSibling)
                        .filter(Files::isRegularFile)
                        .flatMap(names -> Stream.ofNullable(read(file, names, false)))
                        .findFirst());
    }

    /** Returns what other programs write in one line. */
    private static Optional<List<String>> listed(Path file, OnnxMetadata metadata) {
        return Stream.of("names", MetadataKeys.LABELS)
                .flatMap(key -> metadata.get(key).stream())
                .findFirst()
                .map(list -> list.matches("(?s)\\s*[\\[{].*")
                        ? python(file, list)
                        : List.of(list.strip().split("\\s*,\\s*", -1)));
    }

    /** Reads a dictionary or a list as Python prints it, which is no JSON: {@code {0: 'tench', 1: "it's"}}. */
    private static List<String> python(Path file, String text) {
        SortedMap<Integer, String> names = new TreeMap<>();
        Matcher entry = ENTRY.matcher(text);
        while (entry.find()) {
            String quoted = entry.group(2);
            names.put(
                    entry.group(1) == null ? names.size() : Integer.parseInt(entry.group(1)),
                    quoted.substring(1, quoted.length() - 1).replaceAll("\\\\(.)", "$1"));
        }
        return ordered(file, "names or labels in its metadata", names);
    }

    private static List<String> ordered(Path file, String where, SortedMap<Integer, String> names) {
        if (names.isEmpty() || names.lastKey() != names.size() - 1) {
            throw GivenSource.refusal(
                    file,
                    "a name for each number from 0 as " + where,
                    names.size() + " names",
                    "state labels: A,B,...");
        }
        return List.copyOf(names.values());
    }

    /** Reads one name a line, or the {@code id2label} of JSON; null if that is missing and need not be there. */
    private static @Nullable List<String> read(Path file, Path listed, boolean required) {
        try {
            String lines = ForeignText.read(listed);
            if (!listed.toString().endsWith(".json")) {
                return lines.lines()
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
            }
            JsonNode root = Json.JSON.readTree(lines);
            JsonNode node = root.has("id2label") ? root.path("id2label") : root;
            if (node.isArray()) {
                return node.valueStream().map(JsonNode::asString).toList();
            }
            if (!required && !root.has("id2label")) {
                return null;
            }
            SortedMap<Integer, String> names = new TreeMap<>();
            node.properties()
                    .forEach(one -> names.put(
                            Integer.valueOf(one.getKey()), one.getValue().asString()));
            return ordered(file, "id2label in " + listed, names);
        } catch (IOException | JacksonException | NumberFormatException e) {
            throw GivenSource.refusal(
                    file,
                    "names in " + listed + ", in UTF-8, one a line, or JSON with id2label",
                    Reasons.of(e),
                    "or state labels: A,B,...");
        }
    }

    static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(5, names.size()))) + (names.size() > 5 ? ", ..." : "");
    }
}
