package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Names the pretrained networks on whose features classifiers were trained. */
final class BackboneSection {

    private static final int DIGITS = 12;

    private BackboneSection() {}

    static Optional<Section> of(ReportModel model) {
        List<ClassifierReport> trained = model.trained().stream()
                .filter(one -> one.request().backbone() != null)
                .toList();
        if (trained.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Section(
                "backbones",
                "Backbones",
                Wording.count(trained.size(), "classifier was", "classifiers were")
                        + " trained on the features of a pretrained network, which stayed as it was; parameters, size and"
                        + " latency are those of both together",
                List.of(StandingsSection.classifiers(Medium.WRITTEN, trained)
                        .text("Backbone", one -> Cell.of(GivenSection.name(network(one))))
                        .text("SHA-256", one -> Cell.of(network(one).sha256().substring(0, DIGITS)))
                        .text(
                                "Tensor",
                                one -> Cell.of(String.valueOf(network(one).output())))
                        .text("Features", one -> Cell.of(features(backbone(one))))
                        .text(
                                "Parameters of the backbone",
                                one -> Cell.of(Numbers.count(backbone(one).parameters())))
                        .text("Images", one -> Cell.of(GivenSection.images(network(one))))
                        .text("Normalization", one -> Cell.of(GivenSection.normalization(network(one))))
                        .table("backbones-table", "What they were trained on", "")),
                "results.json, keys trials[].backbone"));
    }

    private static String features(BackboneSpec backbone) {
        List<Integer> shape = backbone.shape();
        BackboneSpec.Views views = backbone.views();
        return (shape.get(1) == 1 && shape.get(2) == 1
                        ? Numbers.count(shape.get(0))
                        : shape.get(0) + "x" + shape.get(1) + "x" + shape.get(2))
                + (views == null ? "" : ", " + Wording.count(views.count(), "view"));
    }

    private static BackboneSpec backbone(ClassifierReport one) {
        return Objects.requireNonNull(one.request().backbone());
    }

    private static GivenModel network(ClassifierReport one) {
        return backbone(one).network();
    }
}
