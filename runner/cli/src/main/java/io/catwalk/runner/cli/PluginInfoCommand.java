package io.catwalk.runner.cli;

import io.catwalk.api.Choice;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.report.Picture.Theme;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "info", description = "Show the layers, the recipe and the search space of a classifier.")
final class PluginInfoCommand extends JsonCommand {

    private static final int MOST_CLASSES = 100_000;

    @Parameters(paramLabel = "NAME", description = "A classifier, or the Plugin-Id of a plugin with only one.")
    private String name = "";

    @Mixin
    private PluginOptions.Locked plugins;

    @Option(names = "--image", paramLabel = "CxHxW", description = "Shape of the images. Default: ${DEFAULT-VALUE}")
    private String image = "1x28x28";

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes. Default: ${DEFAULT-VALUE}")
    private int classes = 10;

    @Option(names = "--svg", paramLabel = "FILE.svg", description = "Draw the layers into a file, too.")
    private @Nullable Path svg;

    @Override
    int run() throws IOException, InterruptedException {
        Task task = task();
        OptionParsers.writable("--svg", svg);
        PluginCatalog catalog = plugins.open(console);
        InstalledClassifier classifier = catalog.on(task).require(classifierName(catalog));
        Hyperparameters chosen = classifier.searchSpace().defaults();
        ArchitectureDrawing drawing;
        try (Scratch scratch = new Scratch()) {
            Path network = TrialProcess.probe(classifier, task, chosen, scratch.folder());
            drawing = ArchitectureDrawing.of(classifier.name(), network);
        }
        print(() -> asMap(classifier, drawing), () -> print(classifier, chosen, drawing));
        if (svg != null) {
            AtomicFiles.write(svg, drawing.svg(Theme.LIGHT));
            console.note("drawn in " + svg);
        }
        return ExitCode.DONE;
    }

    private Task task() {
        if (!image.matches("\\d{1,4}x\\d{1,4}x\\d{1,4}")) {
            throw new RequestException(
                    "expected --image CHANNELSxHEIGHTxWIDTH, but found " + Reasons.quoted(image) + ": try 3x32x32");
        }
        if (classes < 2 || classes > MOST_CLASSES) {
            throw new RequestException("--classes must be from 2 to " + MOST_CLASSES + ", but is " + classes);
        }
        try {
            int[] sizes =
                    Stream.of(image.split("x", -1)).mapToInt(Integer::parseInt).toArray();
            return Task.of(sizes[0], sizes[1], sizes[2], classes);
        } catch (IllegalArgumentException e) {
            throw new RequestException("--image " + image + ": " + e.getMessage(), e);
        }
    }

    /** Accepts the id of a plugin in place of its classifier's name, if it provides one. */
    private String classifierName(PluginCatalog catalog) {
        if (catalog.classifiers().stream().anyMatch(one -> one.name().equals(name))) {
            return name;
        }
        List<String> own = catalog.classifiers().stream()
                .filter(one -> one.plugin().id().equals(name))
                .map(InstalledClassifier::name)
                .toList();
        if (own.size() > 1) {
            throw new RequestException(
                    "the plugin " + name + " has several classifiers, name one: " + String.join(", ", own));
        }
        return own.isEmpty() ? name : own.get(0);
    }

    private void print(InstalledClassifier classifier, Hyperparameters chosen, ArchitectureDrawing drawing) {
        console.item("", classifier.name() + ": " + classifier.plugin().description());
        Tags tags = classifier.tags();
        console.item(
                "plugin  ",
                classifier.plugin().id() + " " + classifier.plugin().version() + ", by "
                        + classifier.plugin().provider());
        tags.family().ifPresent(family -> console.item("family  ", family));
        String year = tags.year().map(number -> ", " + number).orElse("");
        tags.paper().ifPresent(paper -> console.item("paper   ", paper + year));
        console.line("");
        String at = Wording.settings(chosen.values());
        String with = at.isEmpty() ? "" : ", with " + at;
        console.item("", "Network for " + image + " and " + classes + " classes" + with + ":");
        console.line("");
        drawing.text().forEach(console::line);
        console.line("");
        console.line("Recipe:");
        RecipeWords.of(classifier.recipe(chosen)).forEach(words -> console.item("  ", words));
        console.line("");
        Map<String, Choice> choices = classifier.searchSpace().choices();
        console.line("Search space:" + (choices.isEmpty() ? " nothing to choose" : ""));
        choices.forEach((key, choice) ->
                console.item("  " + key + "  ", choice.words() + ", by default " + choice.byDefault()));
    }

    private Map<String, Object> asMap(InstalledClassifier classifier, ArchitectureDrawing drawing) {
        Map<String, Object> map = ListCommand.identity(classifier);
        map.put("tags", classifier.tags());
        map.put("image", image);
        map.put("classes", classes);
        map.put("layers", drawing.layers());
        map.put("parameters", drawing.parameters());
        map.put("multiply_accumulates", drawing.multiplyAccumulates());
        map.put("recipe", classifier.recipe(classifier.searchSpace().defaults()));
        map.put("search_space", classifier.searchSpace().choices());
        return map;
    }
}
