package io.catwalk.runner.cli;

import io.catwalk.api.Task;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says which classifiers take part where the user names none. */
enum ClassifierChoice {

    /** Those that suit the number, the size and the kind of the images, and all plugins that do not come with Catwalk. */
    FEW,

    /** Each that supports the images. */
    ALL;

    /** The first that fits counts. What takes longest begins first. */
    private static final List<Rule> RULES = List.of(
            new Rule("few photos", 10_000, Kind.PHOTOS, "wide-deep", "resnet@narrow width=16 depth=1", "small-conv"),
            new Rule("few images", 10_000, Kind.ANY, "wide-deep", "resnet@narrow width=16 depth=1", "small-conv"),
            // Half a minute to ten minutes for 60,000: docs/results/fast and docs/results/fashion-mnist.
            new Rule("many small images", Integer.MAX_VALUE, Kind.SMALL, "fast", "conv-maxpool", "drop-norm-l2"),
            new Rule(
                    "many images",
                    Integer.MAX_VALUE,
                    Kind.ANY,
                    "fast",
                    "small-conv",
                    "resnet@narrow width=16 depth=1"));

    /** Of color photos that are so few, a pretrained network mostly recognizes more than one from scratch. */
    private static final int FEW_OF_A_CLASS = 200;

    private static final String PROVIDER = "Catwalk";

    private enum Kind {
        ANY,

        PHOTOS,

        /** With sides of at most 64 pixels. */
        SMALL;

        private boolean fits(Task task) {
            return switch (this) {
                case ANY -> true;
                case PHOTOS -> task.photos();
                case SMALL -> Math.max(task.height(), task.width()) <= 64;
            };
        }
    }

    /**
     * A line of the table.
     *
     * @param images what they are called
     * @param most number of training images
     * @param classifiers each by its name; {@code @} and a name for the variant with the hyperparameters that follow
     */
    private record Rule(String images, int most, Kind kind, List<String> classifiers) {

        Rule(String images, int most, Kind kind, String... classifiers) {
            this(images, most, kind, List.of(classifiers));
        }

        private static Rule of(Task task) {
            return RULES.stream()
                    .filter(rule -> count(task) <= rule.most && rule.kind.fits(task))
                    .findFirst()
                    .orElseThrow();
        }

        private String reason(Task task) {
            return images + " (" + Numbers.count(count(task)) + " of " + task.width() + "x" + task.height() + ")";
        }
    }

    /**
     * What takes part.
     *
     * @param classifiers the hyperparameters of each that differ from the defaults, by its name and variant
     * @param reason one line for the user; null if none was left out
     */
    record Choice(
            Map<String, Map<String, Object>> classifiers,
            @Nullable String reason) {}

    /** Chooses among those that support the images of each task. */
    Choice among(List<InstalledClassifier> supporting, List<Task> tasks) {
        Set<String> names =
                supporting.stream().map(InstalledClassifier::name).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<String, Map<String, Object>> chosen = new LinkedHashMap<>();
        tasks.stream()
                .flatMap(task -> Rule.of(task).classifiers.stream())
                .map(typed -> List.of(typed.split(" ", -1)))
                .filter(words -> names.contains(words.get(0).split("@", -1)[0]))
                .forEach(words -> chosen.put(words.get(0), hyperparameters(words.subList(1, words.size()))));
        if (this == ALL || chosen.isEmpty()) {
            Map<String, Map<String, Object>> all = new LinkedHashMap<>();
            names.forEach(name -> all.put(name, Map.of()));
            return new Choice(all, null);
        }
        supporting.stream()
                .filter(ClassifierChoice::isOfOthers)
                .forEach(classifier -> chosen.put(classifier.name(), Map.of()));
        String reasons = tasks.stream()
                .map(task -> Rule.of(task).reason(task))
                .distinct()
                .collect(Collectors.joining(" and "));
        return new Choice(
                chosen,
                "chosen for " + reasons + ": " + String.join(", ", chosen.keySet()) + "; --all takes all "
                        + names.size());
    }

    /** Tells whether a user has installed it, and so wants to see it. */
    static boolean isOfOthers(InstalledClassifier classifier) {
        return !classifier.plugin().provider().equals(PROVIDER);
    }

    /** Says what would recognize few photos better than networks that are trained from scratch. */
    static Optional<String> hint(Task task) {
        return Kind.PHOTOS.fits(task) && count(task) < FEW_OF_A_CLASS * task.classes()
                ? Optional.of("few photos of each class: a pretrained network may recognize more, see"
                        + " docs/how-to/use-a-pretrained-network.md")
                : Optional.empty();
    }

    private static Map<String, Object> hyperparameters(List<String> typed) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String one : typed) {
            int equals = one.indexOf('=');
            values.put(one.substring(0, equals), OptionParsers.value(one.substring(equals + 1)));
        }
        return values;
    }

    private static int count(Task task) {
        return task.classSizes().stream().mapToInt(Integer::intValue).sum();
    }
}
