package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.given.GivenReport;
import io.catwalk.runner.given.GivenReport.Suggestion;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was trained elsewhere: how its images were prepared, and what a reader must know about its answers. */
record GivenSection(List<ClassifierReport> given, int classes) {

    private static final int NAMED = 5;
    private static final int DIGITS = 12;

    static Optional<Section> of(ReportModel model) {
        List<ClassifierReport> given =
                model.trained().stream().filter(one -> !one.request().trains()).toList();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        GivenSection section = new GivenSection(given, model.dataset().classes().size());
        return Optional.of(new Section(
                "given",
                "Given models",
                Wording.count(given.size(), "model was", "models were") + " trained elsewhere: nothing is known of "
                        + (given.size() == 1 ? "its training" : "their training"),
                section.blocks(),
                "results.json, keys trials[].given and trials[].answers"));
    }

    /** Names the pretrained networks on whose features classifiers were trained. */
    static Optional<Section> backbones(ReportModel model) {
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
                        .words("Backbone", one -> name(network(one)))
                        .words("SHA-256", one -> network(one).sha256().substring(0, DIGITS))
                        .words("Tensor", one -> String.valueOf(network(one).output()))
                        .words("Features", one -> features(backbone(one)))
                        .words(
                                "Parameters of the backbone",
                                one -> Numbers.count(backbone(one).parameters()))
                        .words("Images", one -> images(network(one)))
                        .words("Normalization", one -> normalization(network(one)))
                        .table("backbones-table", "What they were trained on", "")),
                "results.json, keys trials[].backbone"));
    }

    private List<Block> blocks() {
        List<String> warnings = given.stream()
                .flatMap(one -> warnings(one.name(), done(one)).stream())
                .toList();
        return List.of(
                new Sentences(Medium.ALL, "", Tone.WARNING, warnings),
                StandingsSection.classifiers(Medium.WRITTEN, given)
                        .words("File", one -> name(model(one)))
                        .words("Images", one -> images(model(one)))
                        .words("Normalization", one -> normalization(model(one)))
                        .words("Answers", one -> scores(answers(done(one))))
                        .table("given-table", "How the images were prepared for them", ""));
    }

    private List<String> warnings(String name, Done done) {
        List<String> sentences = new ArrayList<>();
        GivenReport answers = answers(done);
        Suggestion better = answers.suggestion();
        if (better != null) {
            sentences.add(name + " is right for " + better.rightAsAsked() + " of "
                    + tried(better.images(), done.metrics().test().images()) + "; with " + options(better) + " for "
                    + better.right() + ": check how its images are prepared.");
        }
        if (answers.trainedOnTestImages()) {
            sentences.add(
                    name + " was trained on images of this data set that are test images here: its accuracy is too"
                            + " high. With the --test-share of its run (0.2 unless said), its own test images are held"
                            + " out.");
        }
        List<String> others = answers.otherClasses();
        if (!others.isEmpty()) {
            sentences.add(name + " knows " + Wording.count(others.size(), "more class", "more classes") + " ("
                    + String.join(", ", others.subList(0, Math.min(NAMED, others.size())))
                    + (others.size() > NAMED ? ", ..." : "") + "): its answer is the best of the " + classes
                    + " of the data set.");
        }
        return sentences;
    }

    /** Names the test images that a preparation was tried on, for who leaves them out of a later comparison. */
    static String tried(int images, int all) {
        int[] chosen = ImageSource.evenlySpaced(all, images);
        return images == all
                ? "all " + all + " test images"
                : images + " test images (numbers " + chosen[0] + ", " + chosen[1] + ", ..., " + chosen[images - 1]
                        + " of " + all + ")";
    }

    private static String options(Suggestion better) {
        return (option("--normalize", better.normalize())
                        + option("--order", better.order())
                        + option("--fit", better.fit()))
                .strip();
    }

    private static String option(String option, @Nullable String value) {
        return value == null ? "" : " " + option + " " + value;
    }

    private static GivenModel model(ClassifierReport one) {
        return Objects.requireNonNull(one.request().given());
    }

    private static Done done(ClassifierReport one) {
        return Objects.requireNonNull(one.first());
    }

    private static GivenReport answers(Done done) {
        return Objects.requireNonNull(done.answers());
    }

    private static String name(GivenModel model) {
        return String.valueOf(Path.of(model.file()).getFileName());
    }

    private static String images(GivenModel model) {
        return model.kind() == GivenModel.Kind.TABLE
                ? Numbers.NONE
                : (model.imageSize() == null ? "as they are" : model.imageSize())
                        + (model.order() == GivenModel.Order.BGR ? ", BGR" : "");
    }

    private static String normalization(GivenModel model) {
        if (model.kind() == GivenModel.Kind.TABLE) {
            return Numbers.NONE;
        }
        return model.mean() == null || model.std() == null
                ? "0 to 255"
                : "mean " + joined(model.mean()) + ", deviation " + joined(model.std());
    }

    private static String joined(List<Double> numbers) {
        return numbers.stream()
                .limit(Set.copyOf(numbers).size() == 1 ? 1 : numbers.size())
                .map(number -> Numbers.fixed(number, 3))
                .collect(Collectors.joining(" "));
    }

    private static String scores(GivenReport answers) {
        return !answers.scored() ? "classes" : answers.probabilities() ? "probabilities" : "logits";
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
