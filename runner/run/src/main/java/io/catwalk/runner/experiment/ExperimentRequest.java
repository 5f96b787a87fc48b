package io.catwalk.runner.experiment;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.experiment.RequestContent.BackboneEntry;
import io.catwalk.runner.experiment.RequestContent.Entry;
import io.catwalk.runner.experiment.RequestContent.InitEntry;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.BackboneSpec.Views;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.trial.DatasetSpec;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a user asks for, as it was read from an {@link ExperimentTree}. It becomes an {@link ExperimentSpec} for each data
 * set, once the plugins have been asked about its images.
 */
public final class ExperimentRequest {

    private final ExperimentTree tree;
    private final String source;
    private final RequestContent content;
    private final ExperimentSpec base;

    /** The positions of the entries: each is asked for, and there may be a hundred thousand. */
    private final Map<String, Integer> positions = new HashMap<>();

    private final Map<InitEntry, InitialWeights> weights = new HashMap<>();
    private final Map<BackboneEntry, ResolvedBackbone> backbones = new HashMap<>();
    private final Map<String, PluginCatalog> sizes = new HashMap<>();
    private List<Entry> chosen = List.of();

    private boolean choosesBatch;
    private boolean unmirrored;

    /** Holds what was read: {@code base} is the request without classifiers. */
    ExperimentRequest(ExperimentTree tree, RequestContent content, ExperimentSpec base) {
        this.tree = tree;
        this.source = tree.source;
        this.content = content;
        this.base = base;
        choosesBatch = tree.isSetBy("--batch-size");
        for (Entry entry : content.classifiers()) {
            // Not every file system distinguishes upper and lower case.
            if (positions.put(entry.label().toLowerCase(Locale.ROOT), positions.size()) != null) {
                throw new RequestException(source + "classifiers must be distinct, but has " + entry.label()
                        + " twice: give each choice a " + (entry.trains() ? "variant" : "name") + " of its own");
            }
        }
    }

    /** A backbone with the classifiers as they are for its features. */
    private record ResolvedBackbone(BackboneSpec spec, PluginCatalog catalog) {}

    /**
     * Resolves the backbones on the images of a data set, and asks plugins about other sizes of them, before the
     * classifiers.
     *
     * @throws RequestException if one cannot be read, does not say enough about itself, or takes other images
     */
    public void resolveInputs(DatasetSpec dataset, ImageDataset images, PluginCatalog catalog) {
        backbones.clear();
        sizes.clear();
        for (Entry entry : trained()) {
            if (entry.imageSize() != null) {
                sizes.computeIfAbsent(
                        entry.imageSize(), size -> catalog.on(resized(dataset.task(images), ResizeRule.parse(size))));
            }
            BackboneEntry asked = entry.backbone();
            if (asked != null && !backbones.containsKey(asked)) {
                Task task = dataset.task(images);
                Views views = asked.views() == null ? content.views() : asked.views();
                BackboneSpec spec = asked.resolved(content.given(), content.pool(), images, dataset.fit())
                        .with(
                                views == null
                                        ? null
                                        : views.madeBy(LabelPreservingAugmentations.ofViews(task, content.augment())));
                backbones.put(asked, new ResolvedBackbone(spec, catalog.on(spec.task(task))));
            }
        }
    }

    private static Task resized(Task task, ResizeRule rule) {
        return Task.of(task.channels(), rule.height(), rule.width(), task.classes())
                .withClassSizes(task.classSizes())
                .withMirrored(task.mirrored());
    }

    /** Returns the data sets, at least one. */
    public List<DatasetSpec> dataSets() {
        return content.datasets().stream().map(DatasetSpec::anywhere).toList();
    }

    public List<Long> seeds() {
        return base.seeds();
    }

    /** Tells whether the user chose a batch size for one of the classifiers so far, which then must fit the images. */
    public boolean choosesBatch() {
        return choosesBatch;
    }

    /** Tells whether a recipe has lost its mirroring because nobody said that the images may be mirrored. */
    public boolean unmirrored() {
        return unmirrored;
    }

    /** Tells whether the command line or the file names classifiers. */
    public boolean namesClassifiers() {
        return !entries().isEmpty();
    }

    public boolean trains() {
        return entries().isEmpty() || !trained().isEmpty();
    }

    /**
     * Names the classifiers where nobody did.
     *
     * @param classifiers the hyperparameters of each that differ from the defaults, by its name, or {@code NAME@VARIANT}
     */
    public void name(Map<String, Map<String, Object>> classifiers) {
        chosen = classifiers.entrySet().stream()
                .map(one -> Entry.of(one.getKey(), one.getValue()))
                .toList();
    }

    /** Refuses unknown classifiers and missing weights to start from, before images are read, which may take long. */
    public void requireKnown(PluginCatalog catalog) {
        if (!content.backbones().isEmpty() && !namesClassifiers()) {
            throw new RequestException(source + "expected classifiers to train on the features of a backbone, but there"
                    + " are none: name them, such as linear and mlp");
        }
        if (content.views() != null && trained().stream().allMatch(entry -> entry.backbone() == null)) {
            throw new RequestException(
                    source + "views are of the images of a backbone, but there is none: leave them out, or name one");
        }
        if (content.augment() != null
                && content.views() == null
                && trained().stream()
                        .allMatch(entry ->
                                entry.backbone() != null && entry.backbone().views() == null)) {
            throw new RequestException(source + "augmentations are for images, but all classifiers are trained on the"
                    + " features of a backbone: leave --augment out, or give --views");
        }
        InitialWeights unused = weights(content.init());
        trained().forEach(entry -> installed(entry, catalog));
    }

    /**
     * Resolves the classifiers: those of the file with the names, with the defaults of the plugin for a name without an
     * entry; all of the file without names.
     *
     * @throws RequestException if there is no such classifier, it has no such hyperparameter or option, or the recipe
     *     cannot be changed in this way; in one line that names the file, the classifier and the position
     */
    public List<ClassifierConfig> classifiers(PluginCatalog catalog) {
        return content.choice().isEmpty()
                ? trained().stream()
                        .flatMap(entry -> resolved(entry, catalog, List.of(Map.of())).stream())
                        .toList()
                : choices(catalog, List.of(content.choice()));
    }

    /** Resolves the only one once for each choice of hyperparameters and numbers of the recipe, which override the rest. */
    public List<ClassifierConfig> choices(PluginCatalog catalog, List<Map<String, Object>> choices) {
        return resolved(only(), catalog, choices);
    }

    /** Returns the names of the hyperparameters that the file gives the only one. */
    public Set<String> chosen() {
        return only().hyperparameters().keySet();
    }

    private Entry only() {
        List<Entry> entries = trained();
        if (entries.size() > 1) {
            throw new RequestException(
                    source + "expected one entry of " + entries.get(0).title()
                            + " for --set or a search to change, but found the variants "
                            + entries.stream().map(Entry::variant).collect(Collectors.joining(", "))
                            + ": leave all but one out");
        }
        return entries.get(0);
    }

    private List<ClassifierConfig> resolved(Entry entry, PluginCatalog catalog, List<Map<String, Object>> choices) {
        ResolvedBackbone backbone = entry.backbone() == null ? null : backbones.get(entry.backbone());
        PluginCatalog own = backbone != null
                ? backbone.catalog
                : entry.imageSize() == null ? catalog : sizes.getOrDefault(entry.imageSize(), catalog);
        BackboneSpec spec = backbone == null ? null : backbone.spec;
        return resolved(entry, installed(entry, own), own.task(), spec, choices);
    }

    private List<Entry> trained() {
        List<BackboneEntry> all = content.backbones();
        List<String> titles = BackboneEntry.titles(all);
        return entries().stream()
                .filter(Entry::trains)
                .flatMap(entry -> entry.backbone() != null || all.isEmpty()
                        ? Stream.of(entry)
                        : IntStream.range(0, all.size()).mapToObj(i -> entry.on(all.get(i), titles.get(i))))
                .toList();
    }

    /**
     * Adds the given models to what is trained, once the images are there that they are evaluated on.
     *
     * @throws RequestException if one cannot be read, or does not say enough about itself
     */
    public ExperimentSpec withGiven(ExperimentSpec spec, ImageDataset images) {
        GivenNetworks networks = new GivenNetworks(spec.classifiers());
        List<ClassifierConfig> all = new ArrayList<>(spec.classifiers());
        boolean alone = backbones.isEmpty()
                && entries().stream()
                                .filter(entry -> entry.file() != null
                                        && Files.isRegularFile(entry.source().path()))
                                .count()
                        == 1;
        for (Entry entry : entries()) {
            if (entry.given() != null) {
                all.add(ClassifierConfig.of(entry.title(), entry.given()));
            } else if (entry.file() != null) {
                all.add(networks.resolved(
                        entry.name(),
                        entry.source(),
                        content.given(),
                        alone,
                        images,
                        spec.dataset().fit()));
            }
        }
        if (all.size() > spec.classifiers().size()) {
            return spec.with(all);
        }
        if (content.given() != null && backbones.isEmpty()) {
            throw new RequestException(
                    "--normalize, --order, --output and --model-labels are for ONNX files that are given or backbones,"
                            + " but there is none: leave them out");
        }
        return spec;
    }

    List<Entry> entries() {
        if (content.names().isEmpty()) {
            return content.classifiers().isEmpty() ? chosen : content.classifiers();
        }
        return content.names().stream().distinct().flatMap(this::named).toList();
    }

    private Stream<Entry> named(String name) {
        List<Entry> entries = content.classifiers().stream()
                .filter(entry -> entry.title().equals(name))
                .toList();
        return entries.isEmpty() ? Stream.of(Entry.of(name)) : entries.stream();
    }

    private InstalledClassifier installed(Entry entry, PluginCatalog catalog) {
        int index = index(entry);
        return within(index < 0 ? "" : source + "classifiers[" + index + "]: ", () -> catalog.require(entry.title()));
    }

    /** Adds the place of something to the message of its refusal. */
    private static <T> T within(String place, Supplier<T> step) {
        try {
            return step.get();
        } catch (IllegalArgumentException | RequestException e) {
            throw new RequestException(place + e.getMessage(), e);
        }
    }

    private int index(Entry entry) {
        return positions.getOrDefault(entry.label().toLowerCase(Locale.ROOT), -1);
    }

    List<ClassifierConfig> resolved(
            Entry entry,
            InstalledClassifier classifier,
            Task task,
            @Nullable BackboneSpec backbone,
            List<Map<String, Object>> choices) {
        String title = source + entry.label();
        String at = "classifiers[" + index(entry) + "]";
        requirePinned(entry, classifier, title + ": " + at);
        Set<String> known = classifier.searchSpace().choices().keySet();
        for (String name : entry.hyperparameters().keySet()) {
            if (!known.contains(name)) {
                throw new RequestException(title + ": " + TreeReader.unknownKey(at + ".hyperparameters", name, known));
            }
        }
        InitialWeights init = init(entry, title + ": " + at);
        if (init != null && entry.backbone() != null) {
            throw new RequestException(
                    entry.title() + ": init must be left out where there is a backbone, but there are both");
        }
        List<Hyperparameters> points = new ArrayList<>();
        for (Map<String, Object> choice : choices) {
            Map<String, Object> chosen = new LinkedHashMap<>(choice);
            chosen.keySet().retainAll(known);
            entry.hyperparameters().forEach(chosen::putIfAbsent);
            String place = choice.isEmpty() ? title + ": " + at + ".hyperparameters" : entry.title();
            points.add(within(place + ": ", () -> classifier.searchSpace().choose(chosen)));
        }
        Map<Hyperparameters, Recipe> recipes = classifier.recipes(points);
        choosesBatch |= chooses(entry, "batch_size");
        ObjectNode overrides =
                content.recipe() == null ? entry.recipe() : RecipeOverrides.merged(entry.recipe(), content.recipe());
        List<ClassifierConfig> resolved = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            Recipe ofPlugin = Objects.requireNonNull(recipes.get(points.get(i)));
            Recipe ofFile = RecipeOverrides.recipe(ofPlugin, content.fileRecipe(), title, "recipe");
            Recipe recipe = harmless(RecipeOverrides.recipe(ofFile, overrides, title, at + ".recipe"), entry, task);
            Map<String, Object> numbers = new LinkedHashMap<>(choices.get(i));
            numbers.keySet().removeAll(known);
            resolved.add(new ClassifierConfig(
                    entry.title(),
                    entry.variant(),
                    points.get(i).values(),
                    changed(recipe, numbers, entry.title(), known),
                    init,
                    null,
                    null,
                    backbone,
                    entry.imageSize()));
        }
        return resolved;
    }

    /** Another jar gives other numbers under the same names, so using one must be intended. */
    private static void requirePinned(Entry entry, InstalledClassifier classifier, String place) {
        String pinned = entry.pluginSha256();
        if (pinned != null && !pinned.equals(classifier.plugin().sha256())) {
            throw new RequestException(place + ".plugin_sha256: expected the jar " + Reasons.oneLine(pinned) + ", but "
                    + classifier.plugin().path().getFileName() + " is "
                    + classifier.plugin().sha256()
                    + ": put that jar back, or delete the key to take this one");
        }
    }

    private @Nullable InitialWeights init(Entry entry, String place) {
        return content.init() != null ? weights(content.init()) : within(place + ".", () -> weights(entry.init()));
    }

    private @Nullable InitialWeights weights(@Nullable InitEntry init) {
        return init == null ? null : weights.computeIfAbsent(init, InitEntry::found);
    }

    private boolean chooses(Entry entry, String key) {
        return entry.recipe().has(key) || content.fileRecipe().has(key);
    }

    /** Removes the augmentations that may change a class, unless the user wrote them, or applies those of the option. */
    private Recipe harmless(Recipe recipe, Entry entry, Task task) {
        if (entry.backbone() != null) {
            if (entry.recipe().path("augmentations").size() > 0) {
                throw new RequestException(
                        entry.title() + ": augmentations must be left out, since they are for images,"
                                + " and it is trained on the features of a backbone");
            }
            return recipe.withAugmentations();
        }
        String augment = content.augment();
        if (augment != null) {
            return within(
                    entry.title() + ": ",
                    () -> LabelPreservingAugmentations.parse(augment).appliedTo(recipe));
        }
        if (chooses(entry, "augmentations")) {
            return recipe;
        }
        Recipe kept = LabelPreservingAugmentations.of(task).appliedTo(recipe);
        unmirrored |= !kept.equals(recipe);
        return kept;
    }

    private Recipe changed(Recipe recipe, Map<String, Object> numbers, String name, Set<String> known) {
        choosesBatch |= numbers.containsKey("batch_size");
        Recipe changed = recipe;
        for (Map.Entry<String, Object> number : numbers.entrySet()) {
            try {
                changed = RecipeOverrides.with(changed, number.getKey(), number.getValue());
            } catch (IllegalArgumentException | RequestException e) {
                String hyperparameters = known.isEmpty() || RecipeOverrides.has(recipe, number.getKey())
                        ? ""
                        : "not one of the hyperparameters " + String.join(", ", known) + ": ";
                throw new RequestException(name + ": " + hyperparameters + e.getMessage(), e);
            }
        }
        return changed;
    }

    /** Creates the request for the images of a catalog. */
    public ExperimentSpec spec(PluginCatalog catalog) {
        return spec(classifiers(catalog), null);
    }

    /**
     * Creates a request of these classifiers, or of a search among them. As many trials run at once as there are cores,
     * unless the user says how many: two with one thread each end sooner than two in turn with two threads.
     */
    public ExperimentSpec spec(List<ClassifierConfig> classifiers, @Nullable TuningSpec tuning) {
        long networks =
                classifiers.stream().map(ClassifierConfig::name).distinct().count();
        if (content.init() != null && networks > 1) {
            throw new RequestException("--init must be for one classifier, but there are " + networks
                    + ": name one, or write init beside each in an experiment file");
        }
        int cores = Runtime.getRuntime().availableProcessors();
        int trials = ExperimentSpec.trials(classifiers.size(), seeds().size(), base.split());
        int room = (base.device() == ComputeDevice.CUDA ? 1 : cores) / base.threads(); // 1 unless it is given
        int jobs = tree.has("jobs") ? base.jobs() : Math.max(1, Math.min(room, trials));
        int threads = tree.has("threads") ? base.threads() : Math.max(1, cores / jobs);
        return base.with(classifiers, tuning, jobs, threads);
    }
}
