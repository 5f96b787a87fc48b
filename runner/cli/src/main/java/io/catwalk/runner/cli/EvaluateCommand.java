package io.catwalk.runner.cli;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Medium;
import io.catwalk.runner.report.ShownClasses;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.SavedTrial.Reevaluation;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evaluate",
        description = "Evaluate the trained networks of a run again, on its own test images or on others.")
final class EvaluateCommand extends JsonCommand {

    @Parameters(paramLabel = "RUN", description = "A run folder, or the folder of one trial in it.")
    private Path folder = Path.of("");

    @Mixin
    private ImageOptions.Other images;

    @Mixin
    private PluginOptions.Locked plugins;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the engine. Default: as in the run")
    private @Nullable Integer threads;

    @Override
    int run() throws IOException {
        List<TrialFolder> trials = RunFolder.trained(folder);
        EngineSettings.apply(
                threads == null
                        ? trials.get(0).readOrder().spec().threads()
                        : OptionParsers.within("--threads", threads, TrialSpec.MOST_THREADS));
        List<Reevaluation> evaluated = new ArrayList<>();
        PluginCatalog catalog = plugins.open(console);
        for (TrialFolder trial : trials) {
            DatasetSpec other = images.other(trial.readOrder().dataset().imageSize());
            try (SavedTrial saved = SavedTrial.open(trial, catalog, Home.data(console), other, images.match())) {
                evaluated.add(saved.reevaluate());
            }
        }
        print(
                () -> evaluated.stream().map(EvaluateCommand::asMap).toList(),
                () -> evaluated.forEach(one -> print(one)));
        return evaluated.stream().allMatch(one -> one.changedLabels() <= 0) ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    private void print(Reevaluation evaluated) {
        Evaluation evaluation = evaluated.evaluation();
        Interval interval = evaluation.metrics().accuracyInterval();
        console.item(
                "",
                evaluated.result().trial().title() + ": accuracy " + Numbers.percent(evaluation.accuracy())
                        + " % (95 % interval "
                        + Cell.percent(interval.low(), interval.high()).text() + ") on "
                        + evaluation.images() + " images");
        if (evaluated.changedLabels() >= 0) {
            console.line(
                    evaluated.changedLabels() == 0
                            ? "All labels match the stored predictions."
                            : evaluated.changedLabels() + " labels differ from the stored predictions.");
        }
        console.line("");
        ShownClasses shown = ShownClasses.of(evaluation);
        List<List<String>> rows =
                ShownClasses.table(Medium.ALL, shown.all()).table("", "", "").texts();
        if (shown.leftOut() > 0) {
            rows.add(1 + shown.first().size(), List.of("...", "", "", "", ""));
        }
        console.table(rows);
        if (shown.leftOut() > 0) {
            console.line("");
            console.item("", shown.sentence() + " --json has them all.");
        }
        console.line("");
    }

    private static Map<String, @Nullable Object> asMap(Reevaluation evaluated) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("classifier", evaluated.result().trial().classifier());
        map.put("variant", evaluated.result().trial().variant());
        map.put("seed", evaluated.result().trial().seed());
        map.put("fold", evaluated.result().trial().fold());
        map.put("changed_labels", evaluated.changedLabels() < 0 ? null : evaluated.changedLabels());
        map.put("metrics", evaluated.evaluation().metrics());
        map.put("classes", evaluated.evaluation().classes());
        map.put("flags", flags(evaluated.evaluation()));
        return map;
    }

    /** Says what is undefined or says nothing. */
    static List<String> flags(Evaluation evaluation) {
        List<ClassScores> classes = evaluation.classes();
        List<ClassScores> present =
                classes.stream().filter(one -> one.support() > 0).toList();
        List<ClassScores> predicted =
                classes.stream().filter(one -> one.predictions() > 0).toList();
        List<String> flags = new ArrayList<>();
        if (present.size() == 1 || predicted.size() == 1) {
            flags.add("all " + (present.size() == 1 ? "images are" : "predictions are")
                    + " of one class: the Matthews correlation is set to 0");
        }
        if (present.size() == 1 && present.equals(predicted)) {
            flags.add("all images and predictions are of the same class: Cohen's kappa is set to 0");
        }
        for (ClassScores one : classes) {
            String name = "class '" + one.name() + "' ";
            if (one.support() == 0 && one.predictions() == 0) {
                flags.add(name + "has no image and was never predicted: its precision, recall and F are"
                        + " set to 0, its ROC AUC is left out");
            } else if (one.support() == 0) {
                flags.add(name + "has no image: its recall is set to 0, its ROC AUC is left out");
            } else if (one.predictions() == 0) {
                flags.add(name + "was never predicted: its precision is set to 0");
            }
        }
        if (classes.size() == 2) {
            flags.add("there are two classes only: top-2 accuracy is always 1");
        }
        return flags;
    }
}
