package io.catwalk.runner.report;

import io.catwalk.runner.Json;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.evaluation.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the YAML header of a model card in the format of the Hugging Face Hub (hub-docs, {@code modelcard.md}).
 *
 * @param name of the model
 * @param classifier that made the network
 * @param dataset that it was tested on
 * @param license of the file, as its author wrote it; empty if none is stated
 * @param evaluation on the test images
 */
record CardHead(String name, String classifier, String dataset, Optional<String> license, Evaluation evaluation) {

    /** License identifiers of the Hub: those of SPDX in lower case. Any other license becomes {@code other}. */
    private static final Set<String> LICENSES = Set.of(
            "apache-2.0",
            "mit",
            "bsd-2-clause",
            "bsd-3-clause",
            "mpl-2.0",
            "epl-2.0",
            "gpl-2.0",
            "gpl-3.0",
            "lgpl-3.0",
            "agpl-3.0",
            "cc0-1.0",
            "cc-by-4.0",
            "cc-by-sa-4.0",
            "cc-by-nc-4.0",
            "unlicense");

    /** Returns the header with its two lines of dashes. */
    String yaml() {
        String id = ImageDatasets.isKnown(dataset) ? "zalando-datasets/fashion_mnist" : slug(dataset);
        List<String> lines = new ArrayList<>();
        lines.add("---");
        license.ifPresent(stated -> lines.addAll(licensed(stated)));
        lines.add("library_name: onnx");
        lines.add("pipeline_tag: image-classification");
        lines.add("tags:");
        lines.addAll(
                List.of("- onnx", "- onnxruntime", "- image-classification", "- catwalk", "- " + quoted(classifier)));
        lines.add("datasets:");
        lines.add("- " + quoted(id));
        lines.add("metrics:");
        lines.addAll(List.of("- accuracy", "- f1"));
        lines.add("model-index:");
        lines.add("- name: " + quoted(name));
        lines.add("  results:");
        lines.add("  - task:");
        lines.add("      type: image-classification");
        lines.add("    dataset:");
        lines.add("      name: " + quoted(dataset));
        lines.add("      type: " + quoted(id));
        lines.add("      split: test");
        lines.add("    metrics:");
        lines.add("    - type: accuracy");
        lines.add("      value: " + Numbers.fixed(evaluation.accuracy(), 4));
        lines.add("    - type: f1");
        lines.add("      name: F1 (macro)");
        lines.add("      value: " + Numbers.fixed(evaluation.macro().f1(), 4));
        lines.add("---");
        return String.join("\n", lines) + "\n";
    }

    private static List<String> licensed(String stated) {
        String id = stated.strip().toLowerCase(Locale.ROOT);
        return LICENSES.contains(id)
                ? List.of("license: " + id)
                : List.of("license: other", "license_name: " + quoted(slug(stated)));
    }

    private static String slug(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    }

    /** Quotes a text as a JSON string, which is a valid YAML string, too. */
    private static String quoted(String text) {
        return Json.JSON.writeValueAsString(text);
    }
}
