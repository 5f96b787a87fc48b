package io.catwalk.runner.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.catwalk.api.Augmentation;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FeatureCache;
import io.catwalk.runner.data.FolderSurvey;
import io.catwalk.runner.data.FoundFiles;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.experiment.LabelPreservingAugmentations;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.BackboneSpec.Pool;
import io.catwalk.runner.given.GivenSource;
import io.catwalk.runner.given.TypedNormalization;
import io.catwalk.runner.report.ContactSheet;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.ShownClasses;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.training.AugmentedImages;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "data",
        description = {
            "Show what is in a data set; its images are decoded for that, once for all runs.",
            "Show or delete what is kept for later runs; the variable CATWALK_CACHE_LIMIT, such as 20GiB, limits it."
        })
final class DataCommand extends JsonCommand {

    private static final int MOST_SIZES = 5;
    private static final int MOST_DUPLICATES = 10;
    private static final int MOST_UNREADABLE = 100;

    private static final int EACH = 8;

    /** Rows of the sheet of samples: further classes are left out. */
    private static final int CLASSES = 100;

    private static final long SEED = 1;

    /** Images that a backbone is timed with. */
    private static final int TIMED = 64;

    /** As --augment applies them; but each image has a rectangle erased, and no plugin is asked. */
    private static final List<Augmentation> SHOWN = LabelPreservingAugmentations.STANDARD.stream()
            .filter(one -> !(one instanceof Augmentation.Own))
            .map(one -> one instanceof Augmentation.Erase erase ? Augmentation.erase(1, erase.largestArea()) : one)
            .toList();

    @Parameters(paramLabel = "NAME|DIR", arity = "0..1", description = "A data set, as for --dataset.")
    private @Nullable String dataset;

    @Mixin
    private ImageOptions reading;

    @Option(
            names = "--cached",
            description =
                    "List what is kept (decoded images, what workers fetched, what plugins contain), when each was "
                            + "used last, and files that stopped commands left unfinished.")
    private boolean cached;

    @Option(names = "--clear", description = "Delete all of that. Runs that use it continue.")
    private boolean clear;

    @Option(
            names = "--backbone",
            paramLabel = "FILE.onnx[@TENSOR]",
            description = "Show what comes out of a pretrained network, and how long it takes for all images.")
    private @Nullable String backbone;

    @Option(names = "--normalize", paramLabel = "HOW", description = "As for compare.")
    private @Nullable String normalize;

    @Option(
            names = "--pool",
            paramLabel = "mean|none",
            description =
                    "What becomes of a map of features: the mean of each channel, or the whole map. Default: mean")
    private @Nullable String pool;

    @Option(names = "--views", paramLabel = "N", description = "As for compare: they are counted in the time.")
    private @Nullable Integer views;

    @Option(names = "--samples", paramLabel = "FILE.png", description = "Draw the first training images of each class.")
    private @Nullable Path samples;

    @Option(names = "--augmented", paramLabel = "FILE.png", description = "Draw what augmentations make of images.")
    private @Nullable Path augmented;

    /** The answer for programs. */
    private final Map<String, Object> told = new LinkedHashMap<>();

    @Override
    int run() throws IOException, InterruptedException {
        if (dataset == null && (samples != null || augmented != null || backbone != null)) {
            throw new RequestException(
                    "expected a data set to draw or to ask a backbone about, but there is none: name one");
        }
        Pool pooling = OptionParsers.oneOf("--pool", pool, Pool.values());
        if (backbone == null && (normalize != null || pooling != null || views != null)) {
            throw new RequestException(
                    "--normalize, --pool and --views are for --backbone, but there is none: leave them out");
        }
        if (dataset == null && !cached && !clear) {
            throw new RequestException("expected a data set, --cached or --clear, but found none: name one");
        }
        OptionParsers.writable("--samples", samples);
        OptionParsers.writable("--augmented", augmented);
        Console results = console;
        if (json) {
            console = console.withoutResults();
        }
        if (dataset != null) {
            show(dataset);
        }
        List<ContentStore> stores =
                Stream.of(ContentStore.Kind.values()).map(ContentStore::of).toList();
        if (cached) {
            list(stores);
        }
        if (clear) {
            Home.data(console).cache().forget();
            long bytes = 0;
            for (ContentStore store : stores) {
                bytes += store.clear();
            }
            told.put("cleared_bytes", bytes);
            console.say("%s deleted in %s", Numbers.bytes(bytes), folders());
        }
        if (json) {
            results.json(told);
        }
        return ExitCode.DONE;
    }

    private void show(String name) throws IOException, InterruptedException {
        Path folder = Path.of(name);
        ResizeRule unused = reading.rule(); // refuses what is not complete
        boolean usable = true;
        if (!DataHome.isKnown(name) && FolderSurvey.isFor(folder)) {
            FolderSurvey survey = FolderSurvey.of(folder, reading.folderReading());
            usable = reading.make(survey);
            if (usable) {
                ImageCache cache = Home.data(console).cache();
                survey = survey.decoded(folder, reading.rule(), reading.folderReading(), cache);
            }
            show(survey, !usable);
        }
        // If images of several sizes are to be drawn, loading them says what is missing.
        if (usable || samples != null || augmented != null || backbone != null) {
            DatasetSpec spec = reading.of(name, null);
            ImageDataset images = spec.load(Home.data(console));
            show(images);
            if (backbone != null) {
                show(backbone, spec, images);
            }
            draw(samples, () -> sampleSheet(images));
            draw(augmented, () -> augmentedSheet(images));
        }
    }

    /** Shows what a backbone makes of some training images, and how long all images would take. */
    private void show(String typed, DatasetSpec dataset, ImageDataset images) {
        Pool pooling = OptionParsers.oneOf("--pool", pool, Pool.values());
        TypedNormalization normalization = normalize == null ? null : TypedNormalization.parse(normalize);
        GivenSource source =
                GivenSource.ofBackbone(typed).or(new GivenSource(typed, normalization, null, null, null, null, null));
        BackboneSpec spec = BackboneSpec.of(source, pooling == null ? Pool.MEAN : pooling, images, dataset.fit());
        String size = spec.network().imageSize();
        ImageSource train = (size == null ? images : dataset.resized(size).load(Home.data(console))).train();
        double perSecond;
        try (FeatureCache.Extractor network = spec.open(source.path(), train)) {
            int some = Math.min(train.size(), network.batch());
            float[] unused = network.features(train, 0, some); // the first call prepares memory
            int asked = 0;
            long start = System.nanoTime();
            while (asked < TIMED) {
                unused = network.features(train, 0, some);
                asked += some;
            }
            perSecond = asked / ((System.nanoTime() - start) / 1e9);
        }
        int ofEach = views == null ? 1 : 1 + OptionParsers.within("--views", views, BackboneSpec.Views.MOST);
        int all = images.train().size() * ofEach + images.test().size();
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("backbone", spec);
        features.put("images_per_second", perSecond);
        features.put("seconds", all / perSecond);
        told.put("features", features);
        console.item(
                "Features: ",
                spec.shape().stream().map(String::valueOf).collect(Collectors.joining("x")) + " of the tensor "
                        + spec.network().output());
        console.say("%.1f images a second here: about %.0f s for all %,d, once", perSecond, all / perSecond, all);
    }

    /** Shows every unusual file on a line of its own; the classes are in the table of the images, if they are loaded. */
    private void show(FolderSurvey survey, boolean classes) {
        told.put("formats", survey.formats());
        told.put(
                "sizes",
                survey.sizes().stream()
                        .map(entry -> Map.of("size", entry.getKey(), "images", entry.getValue()))
                        .toList());
        told.put("images", survey.classes());
        told.put("unreadable", survey.unreadable());
        told.put("duplicates", survey.duplicates());
        told.put("contradicting", survey.contradicting());
        Map<String, Integer> passedOver = new TreeMap<>();
        survey.skipped().forEach((why, files) -> passedOver.put(why, files.count()));
        told.put("passed_over", passedOver);
        if (classes) {
            survey.classes().entrySet().stream()
                    .limit(ShownClasses.ALL)
                    .forEach(entry -> console.item(entry.getKey() + ": ", counted(entry.getValue())));
            more("And %,d more classes, which --json lists", survey.classes().size() - ShownClasses.ALL);
        }
        console.item("Formats: ", counted(survey.formats()));
        console.item("Sizes: ", sizes(survey.sizes(), reading.size()));
        if (!survey.skipped().isEmpty()) {
            console.item("Skipped: ", FoundFiles.described(survey.skipped()));
        }
        survey.unreadable().entrySet().stream()
                .limit(MOST_UNREADABLE)
                .forEach(entry -> console.item("Cannot be read: ", entry.getKey() + ", " + entry.getValue()));
        more(
                "Cannot be read: %,d more, which --json lists with --skip-unreadable=1",
                survey.unreadable().size() - MOST_UNREADABLE);
        survey.duplicates().stream().limit(MOST_DUPLICATES).forEach(names -> show(names, survey.contradicting()));
        more("The same file: %,d more, which --json lists", survey.duplicates().size() - MOST_DUPLICATES);
    }

    private void show(List<String> same, Map<String, String> contradicting) {
        boolean several = contradicting.containsKey(same.get(0));
        console.item(
                several ? "The same file with different labels: " : "The same file: ",
                same.stream()
                        .map(name -> several ? name + " (" + contradicting.get(name) + ")" : name)
                        .collect(Collectors.joining(", ")));
    }

    private void more(String format, int leftOut) {
        if (leftOut > 0) {
            console.say(format, leftOut);
        }
    }

    private static String sizes(List<Map.Entry<String, Integer>> sizes, @Nullable ResizeRule given) {
        String often = sizes.stream()
                .limit(MOST_SIZES)
                .map(entry -> Numbers.count(entry.getValue()) + " of " + entry.getKey())
                .collect(Collectors.joining(", "));
        return sizes.size() <= 1
                ? often
                : often
                        + (sizes.size() > MOST_SIZES ? ", and " + (sizes.size() - MOST_SIZES) + " more" : "")
                        + (given == null ? "; trained on as 64x64 unless --image-size is given" : "");
    }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(entry -> Numbers.count(entry.getValue()) + " "
                        + (entry.getKey().equals("images") && entry.getValue() == 1 ? "image" : entry.getKey()))
                .collect(Collectors.joining(", "));
    }

    static void describe(ImageDataset images, Console console) {
        ImageSource test = images.test();
        console.item(
                "",
                images.name() + ": " + Numbers.count(images.train().size()) + " training and "
                        + Numbers.count(test.size())
                        + " test images of " + test.width() + "x" + test.height() + " pixels, "
                        + (test.channels() == 1 ? "gray" : "colored"));
    }

    private void show(ImageDataset images) {
        ImageSource train = images.train();
        List<String> classes = images.classes();
        told.put("name", images.name());
        told.put("sha256", images.sha256());
        told.put("shape", List.of(train.channels(), train.height(), train.width()));
        describe(images, console);
        images.notes().forEach(note -> console.item("", note));
        told.put("notes", images.notes());
        int[] trained = train.countPerClass(classes.size());
        int[] tested = images.test().countPerClass(classes.size());
        List<List<String>> rows = new ArrayList<>(List.of(List.of("class", "training", "test")));
        List<Map<String, Object>> maps = new ArrayList<>();
        for (int c = 0; c < classes.size(); c++) {
            rows.add(List.of(classes.get(c), Numbers.count(trained[c]), Numbers.count(tested[c])));
            maps.add(Map.of("name", classes.get(c), "train", trained[c], "test", tested[c]));
        }
        told.put("classes", maps);
        if (classes.size() <= ShownClasses.ALL) {
            console.table(rows);
        } else {
            int[] sizes = IntStream.of(trained).sorted().toArray();
            console.say(
                    "%,d classes of %,d to %,d training images, half of them with at most %,d; --json has each",
                    sizes.length, sizes[0], sizes[sizes.length - 1], sizes[(sizes.length - 1) / 2]);
        }
    }

    private void draw(@Nullable Path file, Supplier<byte[]> sheet) throws IOException {
        if (file != null) {
            AtomicFiles.write(file, sheet.get());
            console.item("Drawn into ", file.toString());
        }
    }

    private void list(List<ContentStore> stores) throws IOException {
        List<Kept> kept = new ArrayList<>();
        List<Kept> unfinished = new ArrayList<>();
        for (ContentStore store : stores) {
            store.entries().forEach(entry -> kept.add(Kept.of(entry)));
            store.unfinished().forEach(entry -> unfinished.add(Kept.of(entry)));
        }
        told.put("folder", stores.get(0).folder().toString());
        told.put("cached", kept);
        told.put("unfinished", unfinished);
        if (kept.isEmpty()) {
            console.item("Nothing cached in ", folders());
        } else {
            List<String> head = List.of("kept", "data set", "images", "shape", "size", "last used", "file");
            console.table(
                    Stream.concat(Stream.of(head), kept.stream().map(Kept::row)).toList());
            console.item(size(kept) + " in ", folders());
        }
        if (!unfinished.isEmpty()) {
            console.say(
                    "%s of stopped commands, %s; --clear deletes them",
                    Wording.count(unfinished.size(), "unfinished file", "unfinished files"), size(unfinished));
        }
    }

    private static String size(List<Kept> kept) {
        return Numbers.bytes(kept.stream().mapToLong(Kept::bytes).sum());
    }

    private record Kept(
            String kind,
            String file,
            @JsonUnwrapped ImageCache.@Nullable Content content,
            long bytes,
            Instant lastUsed) {

        static Kept of(ContentStore.Entry entry) {
            ImageCache.Content content = ImageCache.content(entry).orElse(null);
            return new Kept(entry.kind().title(), entry.path().toString(), content, entry.bytes(), entry.lastUsed());
        }

        List<String> row() {
            String name = Path.of(file).getFileName().toString();
            return List.of(
                    kind,
                    content == null ? "" : content.name(),
                    content == null ? "" : Numbers.count(content.images()),
                    content == null ? "" : content.channels() + "x" + content.height() + "x" + content.width(),
                    Numbers.bytes(bytes),
                    Numbers.moment(lastUsed.toString()),
                    name.substring(0, Math.min(12, name.length())));
        }
    }

    private static String folders() {
        return ContentStore.of(ContentStore.Kind.IMAGES).folder() + " and "
                + ContentStore.of(ContentStore.Kind.INSPECTIONS).folder();
    }

    private static byte[] sampleSheet(ImageDataset dataset) {
        ImageSource images = dataset.train();
        int classes = Math.min(CLASSES, dataset.classes().size());
        List<ContactSheet.Entry> entries = IntStream.range(0, classes)
                .mapToObj(c -> ContactSheet.Entry.ofClass(
                        images, c, EACH, dataset.classes().get(c)))
                .filter(entry -> !entry.pictures().isEmpty())
                .toList();
        return new ContactSheet(
                        dataset.name() + ": the first training images of "
                                + (classes < dataset.classes().size() ? classes + " classes" : "each class"),
                        entries)
                .png();
    }

    private static byte[] augmentedSheet(ImageDataset dataset) {
        ImageSource images = dataset.train();
        int[] indices = ImageSource.evenlySpaced(images.size(), EACH);
        List<ContactSheet.Entry> entries = new ArrayList<>();
        entries.add(entry(images, indices, List.of(), "As they are"));
        for (Augmentation augmentation : SHOWN) {
            entries.add(entry(images, indices, List.of(augmentation), RecipeWords.of(augmentation)));
        }
        return new ContactSheet(dataset.name() + ": what augmentations make of training images", entries).png();
    }

    private static ContactSheet.Entry entry(
            ImageSource images, int[] indices, List<Augmentation> augmentations, String line) {
        List<RasterImage> changed = AugmentedImages.of(images, indices, augmentations, SEED);
        return new ContactSheet.Entry(
                changed.stream()
                        .<Supplier<RasterImage>>map(image -> () -> image)
                        .toList(),
                List.of(line));
    }
}
