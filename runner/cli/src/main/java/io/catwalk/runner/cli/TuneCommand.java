package io.catwalk.runner.cli;

import io.catwalk.api.Choice;
import io.catwalk.api.SearchSpace;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.ExperimentRequest;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.TuningSpec;
import io.catwalk.runner.experiment.TuningSpec.Rung;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.results.RunResults.Tuning.Strategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tune",
        description = {
            "Search for the best hyperparameters and recipe of a classifier, by cross-validation on the training "
                    + "images alone.",
            "The best is then trained in full and evaluated once on the test set."
        })
final class TuneCommand extends ConsoleCommand {

    private static final String LEARNING_RATE = "learning_rate";

    @Parameters(paramLabel = "CLASSIFIER", description = "Name of a classifier, see catwalk list.")
    private String name = "";

    @Option(
            names = "--strategy",
            paramLabel = "grid|random|halving",
            description = "Try every point, random points, or random points with more and more epochs for the better "
                    + "ones. Default: halving")
    private Strategy strategy = Strategy.HALVING;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Number of points to draw; the first is that of --config, or else the plugin's defaults. "
                    + "Default: ${DEFAULT-VALUE}")
    private int candidates = 9;

    @Option(
            names = "--search",
            paramLabel = "NAME=VALUE,...",
            description = "What to search over; repeatable: a hyperparameter (without values: all that the plugin "
                    + "offers), a number of the recipe such as learning_rate, but not epochs, or "
                    + "augmentation=none,flip,flip+shift,flip+shift+erase. LOW..HIGH is a range, LOW..HIGH:log one on a "
                    + "logarithmic scale. Default: all hyperparameters that --config leaves open (none with --init), and "
                    + "the learning rate, halved and doubled")
    private List<String> search = List.of();

    @Option(
            names = "--score-epochs",
            paramLabel = "N",
            description = "Epochs to score a candidate; with halving, in the last rung. Default: the recipe's")
    private @Nullable Integer scoreEpochs;

    @Option(
            names = "--eta",
            paramLabel = "N",
            description = "With halving, one candidate in N goes on to N times the epochs. Default: ${DEFAULT-VALUE}")
    private int eta = 3;

    @Mixin
    private ExperimentOptions.FoldOptions folds;

    @Mixin
    private ExperimentOptions options;

    @Override
    int run() throws IOException, InterruptedException {
        ExperimentRequest request = folds.over(options.tree(List.of(name)), 3).read();
        int dataSets = request.dataSets().size();
        if (dataSets > 1) {
            throw new RequestException("a search takes one data set at a time, but there are " + dataSets
                    + ": run the command once for each");
        }
        return options.run(
                "tune-" + name, request, ClassifierChoice.ALL, catalog -> searched(request, catalog), console);
    }

    private ExperimentSpec searched(ExperimentRequest request, PluginCatalog catalog) {
        InstalledClassifier classifier = catalog.require(name);
        ClassifierConfig plain = request.choices(catalog, List.of(Map.of())).get(0);
        SearchSpace space = search.isEmpty() ? standardSpace(request, classifier, plain) : space(classifier, plain);
        // What is drawn depends on the seed, but whether a recipe can have a value does not.
        List<Map<String, Object>> values = new ArrayList<>();
        space.choices().forEach((key, choice) -> choice.values().forEach(value -> values.add(Map.of(key, value))));
        List<ClassifierConfig> unused = request.choices(catalog, values);
        List<Map<String, Object>> points = strategy == Strategy.GRID
                ? TuningSpec.grid(space)
                : TuningSpec.random(space, candidates, request.seeds().get(0));
        int epochs = scoreEpochs == null ? plain.recipe().epochs() : scoreEpochs;
        List<Rung> rungs = strategy == Strategy.HALVING
                ? TuningSpec.halving(points.size(), epochs, eta)
                : List.of(new Rung(epochs, points.size()));
        List<ClassifierConfig> contestants = new ArrayList<>();
        for (ClassifierConfig one : request.choices(catalog, points)) {
            contestants.add(one.withVariant(TuningSpec.variant(contestants.size() + 1)));
        }
        return request.spec(contestants, new TuningSpec(strategy, rungs, points));
    }

    /** Also searches what the experiment file leaves open, but not with initial weights, which fit one network only. */
    private SearchSpace standardSpace(
            ExperimentRequest request, InstalledClassifier classifier, ClassifierConfig plain) {
        SearchSpace space = SearchSpace.none();
        if (plain.init() != null) {
            console.note(name + ": only the learning rate is searched, because the initial weights may not fit other"
                    + " hyperparameters: name with --search what to search instead, such as"
                    + " learning_rate=A,B and hyperparameters that keep the shapes of the network");
        } else {
            Set<String> said = request.chosen();
            for (Map.Entry<String, Choice> open :
                    classifier.searchSpace().choices().entrySet()) {
                if (!said.contains(open.getKey())) {
                    space = space.with(open.getKey(), open.getValue());
                }
            }
        }
        double rate = plain.recipe().optimizer().learningRate();
        return space.with(LEARNING_RATE, rate, rate / 2, rate * 2);
    }

    private SearchSpace space(InstalledClassifier classifier, ClassifierConfig plain) {
        SearchSpace space = SearchSpace.none();
        for (String asked : search) {
            String[] parts = asked.split("=", 2);
            Choice known = classifier.searchSpace().choices().get(parts[0]);
            if (known == null && parts[0].equals("epochs")) {
                throw new RequestException("--search cannot vary epochs, because all candidates of a rung train equally"
                        + " long: set them with --score-epochs, and those of the best with --epochs");
            }
            if (parts.length == 1 && known == null) {
                throw new RequestException("--search " + asked + " needs values to try, such as " + asked + "=A,B");
            }
            if (space.choices().containsKey(parts[0])) {
                throw new RequestException("--search names " + parts[0] + " twice: give all of its values at once");
            }
            try {
                space = space.with(
                        parts[0],
                        known != null && parts.length == 1
                                ? known.withDefault(plain.value(parts[0]))
                                : OptionParsers.choice(parts[1], () -> plain.value(parts[0])));
            } catch (IllegalArgumentException e) {
                throw new RequestException(
                        "--search " + asked + ": " + e.getMessage() + ": write values such as " + parts[0]
                                + "=A,B, or a range such as " + parts[0] + "=LOW..HIGH",
                        e);
            }
        }
        return space;
    }
}
