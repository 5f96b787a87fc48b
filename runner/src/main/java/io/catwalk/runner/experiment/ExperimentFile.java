package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Holds a request as a user wrote it: a YAML file in which every key is optional. The
 * {@code experiment.yaml} that a run writes into its folder is such a file, too, with all keys.
 *
 * @param path of the file, to name it in messages
 * @param content what the file contains
 * @param positions of its classifiers, by their labels
 */
public record ExperimentFile(Path path, Content content, Map<String, Integer> positions) {

    /** An empty file, used where there is none. */
    public static final ExperimentFile NONE = new ExperimentFile(
            Path.of(""), new Content(null, null, null, null, null, null, null, null, null, null, null, null));

    /** A classifier takes less than a KiB, so a file with thousands of them is smaller. */
    private static final int MOST_BYTES = 4 << 20;

    /** Where the YAML parser reports a problem. */
    private static final Pattern MARK = Pattern.compile("(?m)^ in .*, line ([0-9]+), column [0-9]+:$");

    /**
     * Holds the content of a file; null for each key that is missing.
     *
     * @param datasets which images, of several data sets that are compared; at least one
     * @param classifiers the classifiers, at least one, no variant of a classifier twice
     * @param seeds of the trials, at least one, none twice
     * @param jobs how many trials run at once, at least 1
     * @param threads of the engine in each trial, at least 1
     * @param trialTimeout the time after which a trial is stopped, as the file states it, such as {@code 30m}
     * @param trialTimeoutSeconds the same in seconds, however the file states it; at least 1
     */
    @JsonIgnoreProperties({"command", "tuning"})
    public record Content(
            @Nullable Integer schema,
            @Nullable Dataset dataset,
            @Nullable List<Dataset> datasets,
            @Nullable Split split,
            @Nullable List<ClassifierEntry> classifiers,
            @Nullable List<Long> seeds,
            @Nullable Integer jobs,
            @Nullable Integer threads,
            @Nullable String device,
            @Nullable String trialTimeout,
            @Nullable Long trialTimeoutSeconds,
            @Nullable Double region) {

        /** Copies the lists, and checks everything that does not need plugins or images. */
        public Content {
            if (datasets != null) {
                datasets = List.copyOf(datasets);
                if (dataset != null) {
                    throw new RequestException("datasets must not be given together with dataset: keep one of them");
                }
                if (datasets.isEmpty()) {
                    throw new RequestException(
                            "datasets must have at least one, but has none: leave it out for fashion-mnist");
                }
            }
            if (classifiers != null) {
                classifiers = List.copyOf(classifiers);
                requireSomeAndNoneTwice(
                        "classifiers",
                        classifiers.stream().map(ClassifierEntry::label).toList(),
                        "leave it out for all that catwalk list shows",
                        "give each choice a variant of its own");
            }
            if (seeds != null) {
                seeds = List.copyOf(seeds);
                requireSomeAndNoneTwice(
                        "seeds", seeds.stream().map(String::valueOf).toList(), "try [1]", "leave one out");
            }
            requireAtLeastOne("jobs", jobs);
            requireAtLeastOne("threads", threads);
            if (trialTimeout != null) {
                if (trialTimeoutSeconds != null) {
                    throw new RequestException(
                            "trial_timeout must not be given together with trial_timeout_seconds: keep one of them");
                }
                trialTimeoutSeconds = seconds("--trial-timeout", trialTimeout);
            }
            requireAtLeastOne("trial_timeout_seconds", trialTimeoutSeconds);
            if (region != null) {
                new EquivalenceRegion(region);
            }
        }

        /** Returns the images of either key; empty if the file names none. */
        public List<Dataset> allDatasets() {
            return datasets != null ? datasets : dataset == null ? List.of() : List.of(dataset);
        }

        private static void requireSomeAndNoneTwice(String key, List<String> items, String ifNone, String ifTwice) {
            if (items.isEmpty()) {
                throw new RequestException(key + " must have at least one, but has none: " + ifNone);
            }
            // Not every file system distinguishes upper and lower case.
            Set<String> seen = new HashSet<>();
            for (String item : items) {
                if (!seen.add(item.toLowerCase(Locale.ROOT))) {
                    throw new RequestException(key + " must be distinct, but has " + item + " twice: " + ifTwice);
                }
            }
        }

        private static void requireAtLeastOne(String key, @Nullable Number value) {
            if (value != null && value.longValue() < 1) {
                throw new RequestException(key + " must be at least 1, but is " + value);
            }
        }
    }

    /**
     * Names images, as {@link DatasetSpec} does.
     *
     * @param name a known data set or a folder
     * @param imageSize what to resize an image folder to, as {@link ResizeRule#parse} reads it
     * @param labels the table of a folder of images
     * @param testShare share of the images of a folder in the test set, if nothing else says which images are
     * @param skipUnreadable share of the images of a folder that may be left out because they cannot be read
     * @param limitTrain number of training images to keep; 0 keeps all
     * @param limitTest number of test images to keep; 0 keeps all
     * @param mirrored whether an image that is mirrored left to right is of the same class
     * @param followLinks whether links that lead out of the folder are followed
     */
    public record Dataset(
            @Nullable String name,
            @Nullable String imageSize,
            @Nullable String labels,
            @Nullable Double testShare,
            @Nullable Double skipUnreadable,
            @Nullable Integer limitTrain,
            @Nullable Integer limitTest,
            @Nullable Boolean mirrored,
            @Nullable Boolean followLinks) {

        /** Checks the size and the ranges of the limits. */
        public Dataset {
            if (imageSize != null) {
                ResizeRule.parse(imageSize);
            }
            new FolderReading(labels, testShare, skipUnreadable);
            new DatasetSpec("", null, or(limitTrain, 0), or(limitTest, 0));
        }

        /** Requests all images of a data set. */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static Dataset of(String name) {
            return new Dataset(name, null, null, null, null, null, null, null, null);
        }
    }

    /**
     * Splits the images into training, validation and test images, as {@link SplitSpec} does.
     *
     * @param folds of a cross-validation; 0 for a hold-out
     * @param repeats how often the images are dealt into folds again
     * @param holdOut share of the training images in the validation set
     * @param seed of the split
     */
    public record Split(
            @Nullable Integer folds,
            @Nullable Integer repeats,
            @Nullable Double holdOut,
            @Nullable Long seed) {

        /** Checks the ranges of the numbers; the number of folds may come from elsewhere. */
        public Split {
            new SplitSpec(or(folds, repeats == null ? 0 : 2), or(repeats, 1), or(holdOut, 0.1), or(seed, 0L));
        }
    }

    /** Wraps the content of a file. */
    public ExperimentFile(Path path, Content content) {
        this(path, content, positions(or(content.classifiers(), List.of())));
    }

    /** Finds all positions at once: each is asked for, and there may be a hundred thousand. */
    private static Map<String, Integer> positions(List<ClassifierEntry> entries) {
        Map<String, Integer> positions = new HashMap<>();
        for (ClassifierEntry entry : entries) {
            positions.put(entry.label(), positions.size()); // no label is there twice
        }
        return positions;
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    /**
     * Reads a file.
     *
     * @throws RequestException if there is none, it is not YAML, or has something that no experiment has; in one line
     *     that names the file and the position in it
     */
    public static ExperimentFile read(Path path) {
        JsonNode tree = tree(path, text(path));
        if (!tree.isObject()) {
            throw new RequestException(path + ": expected keys with values, such as classifiers: [gru], but found "
                    + (tree.isMissingNode() || tree.isNull() ? "nothing" : TreeReader.words(tree)));
        }
        // First, since a newer format may have any keys.
        JsonNode schema = tree.path("schema");
        if (schema.isIntegralNumber() && schema.asDouble() > ExperimentSpec.SCHEMA) {
            throw new RequestException(path + ": schema must be at most " + ExperimentSpec.SCHEMA + ", but is " + schema
                    + ": a newer Catwalk has written it, use that one");
        }
        if (schema.isIntegralNumber() && schema.asDouble() < 1) {
            throw new RequestException(path + ": schema must be " + ExperimentSpec.SCHEMA + ", but is " + schema
                    + ": write schema: " + ExperimentSpec.SCHEMA + ", or leave it out");
        }
        if (!tree.path("tuning").isNull() && !tree.path("tuning").isMissingNode()) {
            throw new RequestException(path + ": tuning must be left out, but is there, since a search has written it:"
                    + " search again with catwalk tune");
        }
        return new ExperimentFile(path, TreeReader.read(tree, Content.class, TreeReader.Keys.ANY, path.toString(), ""));
    }

    private static String text(Path path) {
        if (!Files.exists(path) || Files.isDirectory(path)) {
            throw new RequestException("expected an experiment file at " + path + ", but "
                    + (!Files.exists(path)
                            ? "there is none"
                            : "that is a folder" + (RunFolder.isOne(path) ? ": try its experiment.yaml" : "")));
        }
        if (!Files.isRegularFile(path)) {
            throw new RequestException(
                    path + ": expected a file, but found a pipe or a device: write what it says into" + " a file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new RequestException(path + ": expected an experiment file of at most " + (MOST_BYTES >> 20)
                        + " MiB, but it has " + (Files.size(path) >> 20) + " MiB: is it another file?");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RequestException(path + ": expected YAML in UTF-8, but it is not UTF-8", e);
        } catch (IOException e) {
            throw new RequestException("cannot read the experiment file " + path + ": " + Reasons.of(e), e);
        }
    }

    private static JsonNode tree(Path path, String text) {
        try (JsonParser parser = TreeReader.MAPPER.createParser(text)) {
            // In a tree, an alias would be replaced by its name, as text.
            while (parser.nextToken() != null) {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new RequestException(path + ": expected plain YAML, but line "
                            + parser.currentTokenLocation().getLineNr() + " has the alias *" + parser.getString()
                            + ": write its value out");
                }
            }
            return TreeReader.MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new RequestException(path + ": expected YAML, but found" + line(e) + ": " + problem(e), e);
        }
    }

    /** Returns the last line number in the message, which is where the problem is, or else that of the parser. */
    private static String line(JacksonException e) {
        TokenStreamLocation parser = e.getLocation();
        return MARK.matcher(e.getOriginalMessage())
                .results()
                .map(mark -> " in line " + mark.group(1))
                .reduce(parser == null ? "" : " in line " + parser.getLineNr(), (earlier, later) -> later);
    }

    /** Removes the lines of the message that show the position, and what only makes sense to programmers. */
    private static String problem(JacksonException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .collect(Collectors.joining(", "))
                .replaceFirst("(: \\(java\\.| for `| \\(bound as ).*", "");
    }

    /**
     * Selects the classifiers that take part.
     *
     * @param names of the classifiers on the command line; empty for all of the file
     * @return the entries of the file with these names; defaults for a name without an entry
     */
    public List<ClassifierEntry> entries(List<String> names) {
        List<ClassifierEntry> all = or(content.classifiers(), List.of());
        if (names.isEmpty()) {
            return all;
        }
        return names.stream()
                .distinct()
                .flatMap(name -> all.stream().noneMatch(entry -> entry.name().equals(name))
                        ? Stream.of(ClassifierEntry.of(name))
                        : all.stream().filter(entry -> entry.name().equals(name)))
                .toList();
    }

    /**
     * Resolves an entry.
     *
     * @throws RequestException if there is no such classifier, it has no such hyperparameter or option, or the recipe
     *     cannot be changed in this way; in one line that names the file, the classifier and the position
     */
    public ClassifierConfig contestant(ClassifierEntry entry, PluginCatalog catalog) {
        return contestants(entry, classifier(entry, catalog), List.of(Map.of())).get(0);
    }

    /**
     * Finds the classifier of an entry.
     *
     * @throws RequestException if there is none; the message names the position
     */
    public InstalledClassifier classifier(ClassifierEntry entry, PluginCatalog catalog) {
        try {
            return catalog.require(entry.name());
        } catch (RequestException e) {
            int index = index(entry);
            throw index < 0 ? e : new RequestException(path + ": classifiers[" + index + "]: " + e.getMessage(), e);
        }
    }

    /**
     * Resolves an entry once for each of several choices of hyperparameters.
     *
     * @param choices name to value; these override the hyperparameters of the entry
     * @throws IllegalArgumentException if the classifier has no such hyperparameter or option as a choice names
     */
    public List<ClassifierConfig> contestants(
            ClassifierEntry entry, InstalledClassifier classifier, List<Map<String, Object>> choices) {
        String source = path + ": " + entry.label();
        String at = "classifiers[" + index(entry) + "]";
        requirePinned(entry, classifier, at);
        requireHyperparameters(entry, classifier, source, at);
        InitialWeights init = init(entry, source, at);
        List<Hyperparameters> points = new ArrayList<>();
        for (Map<String, Object> choice : choices) {
            Map<String, Object> chosen = new LinkedHashMap<>(entry.hyperparameters());
            chosen.putAll(choice);
            points.add(classifier.searchSpace().choose(chosen));
        }
        Map<Hyperparameters, Recipe> recipes = classifier.recipes(points);
        return points.stream()
                .map(point -> new ClassifierConfig(
                        entry.name(),
                        entry.variant(),
                        point.values(),
                        RecipeOverrides.recipe(
                                Objects.requireNonNull(recipes.get(point)), entry.recipe(), source, at + ".recipe"),
                        init,
                        null))
                .toList();
    }

    private static void requireHyperparameters(
            ClassifierEntry entry, InstalledClassifier classifier, String source, String at) {
        Set<String> known = classifier.searchSpace().choices().keySet();
        for (String name : entry.hyperparameters().keySet()) {
            if (!known.contains(name)) {
                throw new RequestException(source + ": " + TreeReader.unknownKey(at + ".hyperparameters", name, known));
            }
        }
        try {
            classifier.searchSpace().choose(entry.hyperparameters());
        } catch (IllegalArgumentException e) {
            throw new RequestException(source + ": " + at + ".hyperparameters: " + e.getMessage(), e);
        }
    }

    private static @Nullable InitialWeights init(ClassifierEntry entry, String source, String at) {
        try {
            return entry.init() == null ? null : entry.init().resolved();
        } catch (RequestException e) {
            throw new RequestException(source + ": " + at + "." + e.getMessage(), e);
        }
    }

    /** Another jar gives other numbers under the same names, so using one must be intended. */
    private void requirePinned(ClassifierEntry entry, InstalledClassifier classifier, String at) {
        String pinned = entry.pluginSha256();
        if (pinned != null && !pinned.equals(classifier.jarSha256())) {
            throw new RequestException(path + ": " + entry.label() + ": " + at + ".plugin_sha256: expected the jar "
                    + Reasons.oneLine(pinned) + ", but " + classifier.jar().getFileName() + " is "
                    + classifier.jarSha256() + ": put that jar back, or delete the key to take this one");
        }
    }

    private int index(ClassifierEntry entry) {
        return positions.getOrDefault(entry.label(), -1);
    }

    /** Reads a time such as {@code 90s}, {@code 30m} or {@code 2h}. */
    public static long seconds(String option, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.matches("[0-9]{1,9}[smh]")) {
            throw new RequestException(option + " must be a number with s, m or h, such as 30m, but is " + text);
        }
        return Duration.parse("PT" + lower).toSeconds();
    }
}
