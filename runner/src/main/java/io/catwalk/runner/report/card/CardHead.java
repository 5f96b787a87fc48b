package io.catwalk.runner.report.card;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.ImageDatasets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes the YAML header of a model card in the format of the Hugging Face Hub (hub-docs, {@code modelcard.md}). */
record CardHead(ModelCard card) {

    /** License identifiers of the Hub: those of SPDX in lower case. Any other license becomes {@code other}. */
    private static final Set<String> LICENSES = Set.of(("apache-2.0 mit bsd-2-clause bsd-3-clause mpl-2.0 epl-2.0"
                    + " gpl-2.0 gpl-3.0 lgpl-3.0 agpl-3.0 cc0-1.0 cc-by-4.0 cc-by-sa-4.0 cc-by-nc-4.0 unlicense")
            .split(" ", -1));

    /** Returns the header with its two lines of dashes. */
    String yaml() {
        String images = card.dataset().name();
        String id = ImageDatasets.isKnown(images) ? "zalando-datasets/fashion_mnist" : slug(images);
        Map<String, Object> head = new LinkedHashMap<>();
        card.metadata().get(MetadataKeys.LICENSE).ifPresent(stated -> head.putAll(licensed(stated)));
        head.put("library_name", "onnx");
        head.put("pipeline_tag", "image-classification");
        String classifier = card.done().trial().classifier();
        head.put("tags", List.of("onnx", "onnxruntime", "image-classification", "catwalk", classifier));
        head.put("datasets", List.of(id));
        head.put("metrics", List.of("accuracy", "f1"));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("task", Map.of("type", "image-classification"));
        Map<String, Object> tested = new LinkedHashMap<>();
        tested.put("name", images);
        tested.put("type", id);
        tested.put("split", card.split());
        result.put("dataset", tested);
        result.put(
                "metrics",
                List.of(
                        metric("accuracy", "Accuracy", card.evaluation().accuracy()),
                        metric("f1", "F1 (macro)", card.evaluation().macro().f1())));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", card.name());
        model.put("results", List.of(result));
        head.put("model-index", List.of(model));
        return "---\n" + Json.YAML.writeValueAsString(head) + "---\n";
    }

    private static Map<String, Object> metric(String type, String name, double value) {
        Map<String, Object> metric = new LinkedHashMap<>();
        metric.put("type", type);
        metric.put("name", name);
        metric.put("value", Math.round(value * 1e4) / 1e4);
        return metric;
    }

    private static Map<String, Object> licensed(String stated) {
        String id = stated.strip().toLowerCase(Locale.ROOT);
        return LICENSES.contains(id)
                ? Map.of("license", id)
                : new LinkedHashMap<>(Map.of("license", "other", "license_name", slug(stated)));
    }

    private static String slug(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    }
}
