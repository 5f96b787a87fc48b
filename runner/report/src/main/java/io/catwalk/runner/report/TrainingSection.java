package io.catwalk.runner.report;

import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the networks were trained and evaluated, and in what their recipes differ. */
record TrainingSection(ReportModel model) {

    static Optional<Section> of(ReportModel model) {
        if (model.learned().isEmpty()) {
            return Optional.empty();
        }
        TrainingSection section = new TrainingSection(model);
        return Optional.of(new Section(
                "training",
                "Training",
                section.title(),
                section.blocks(),
                "results.json, keys trials[].recipe, trials[].timing.steps and experiment.seeds; experiment.yaml, key"
                        + " split"));
    }

    private String title() {
        List<ClassifierReport> trained = model.learned();
        var epochs = trained.stream()
                .mapToInt(one -> one.request().recipe().epochs())
                .summaryStatistics();
        String most = "up to " + Wording.count(epochs.getMax(), "epoch");
        if (trained.size() == 1) {
            return trained.get(0).name() + " was trained for " + most;
        }
        if (model.differingSettings().isEmpty()) {
            return Wording.capital(Wording.all(trained.size())) + " classifiers were trained with the same recipe, for "
                    + most;
        }
        return "The recipes differ, so a difference in accuracy may come from these";
    }

    private List<Block> blocks() {
        List<String> few = model.learned().stream()
                .filter(one -> {
                    Long steps = one.stands().steps();
                    return steps != null && steps < Timing.FEW_STEPS;
                })
                .map(one -> one.name() + " " + one.stands().steps())
                .toList();
        List<String> warning = few.isEmpty()
                ? List.of()
                : List.of(
                        "Fewer than " + Timing.FEW_STEPS + " optimizer steps: " + Wording.names(few) + ".",
                        "So few rarely train a network as well as it can be: try more --epochs, or a smaller --batch-size.");
        return List.of(
                new Sentences(Medium.ALL, "", Tone.WARNING, warning),
                new Sentences(Medium.WRITTEN, "", Tone.NOTE, fitted()),
                model.differingSettings().isEmpty()
                        ? new Facts(
                                Medium.WRITTEN,
                                "The recipe",
                                false,
                                recipe(model.learned().get(0)))
                        : table(),
                new Sentences(Medium.WRITTEN, "Evaluation", Tone.LIST, evaluation()));
    }

    /** Says what the rule for few images and for photos changes, by the example of the standard recipe. */
    private List<String> fitted() {
        RunResults.Dataset data = model.dataset();
        Task task = Task.of(data.channels(), data.height(), data.width(), 2)
                .withClassSizes(List.of(data.train(), data.validation()));
        Map<String, String> standard = RecipeWords.settings(Recipe.standard());
        List<String> changes = RecipeWords.settings(Recipe.standard().fittedTo(task)).entrySet().stream()
                .filter(setting -> !setting.getValue().equals(standard.get(setting.getKey())))
                .map(setting -> setting.getKey().toLowerCase(Locale.ROOT) + " " + setting.getValue()
                        + (standard.containsKey(setting.getKey())
                                ? " instead of " + standard.get(setting.getKey())
                                : ""))
                .toList();
        return changes.isEmpty()
                ? List.of()
                : List.of("A plugin can fit its recipe to so few images, as ours do; for " + Numbers.count(data.train())
                        + (task.photos() ? " photos" : "") + ", the standard recipe becomes: "
                        + String.join("; ", changes) + ".");
    }

    static List<Fact> recipe(ClassifierReport one) {
        return RecipeWords.settings(one.request()).entrySet().stream()
                .map(setting -> Fact.of(setting.getKey(), setting.getValue()))
                .toList();
    }

    private Block table() {
        TableBuilder<ClassifierReport> table = StandingsSection.classifiers(Medium.WRITTEN, model.learned());
        for (String name : model.differingSettings()) {
            table.words(name, one -> RecipeWords.settings(one.request()).getOrDefault(name, Numbers.NONE));
        }
        if (model.learned().stream().map(one -> one.stands().steps()).distinct().count() > 1) {
            table.number("Steps", Unit.COUNT, one -> one.stands().steps());
        }
        return table.table("recipes", "What differs between the recipes", "");
    }

    private List<String> evaluation() {
        SplitSpec split = model.spec().split();
        List<String> sentences = new ArrayList<>();
        sentences.add(
                model.folded()
                        ? "Each of " + split.folds() + " folds of the training images"
                                + (split.repeats() > 1 ? ", dealt " + split.repeats() + " times," : "")
                                + " tests networks that were not trained on it."
                        : "The test images are used once, after training.");
        if (model.learned().stream().anyMatch(one -> one.request().recipe().epochs() > 1)) {
            sentences.add("The validation images select the epoch, and nothing else.");
        }
        boolean refit = split.refits() && !model.folded();
        if (refit) {
            sentences.add(
                    "Then each network is trained once more, for as many epochs, on training and validation images"
                            + " together. These weights are tested and exported; figures of training and validation images are"
                            + " of the first training.");
        }
        int seeds = model.results().experiment().seeds().size();
        Comparison comparison = model.comparison();
        if (comparison != null && comparison.incomplete() == null) {
            sentences.add(seeds == 1 ? "One seed each." : seeds + " seeds each: accuracies are means over them.");
        }
        sentences.add(
                refit ? "All metrics are of evaluation mode." : "All metrics use the same weights in evaluation mode.");
        return sentences;
    }
}
