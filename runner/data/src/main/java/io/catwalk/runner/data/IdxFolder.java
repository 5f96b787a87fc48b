package io.catwalk.runner.data;

import io.catwalk.runner.ForeignText;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.CacheWriter;
import io.catwalk.runner.data.ImageCache.ImageListing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the images of a data set of four IDX files.
 *
 * @param expectedSha256 of the uncompressed files in the order of {@link IdxFile.Part}; empty to accept any files
 */
record IdxFolder(Path folder, List<IdxFile> files, List<String> expectedSha256) implements ImageListing {

    /** The name of the data set that is known: see the README of zalandoresearch/fashion-mnist. */
    static final String FASHION_MNIST = "fashion-mnist";

    /** Names of the classes, in the order of the labels. */
    private static final List<String> FASHIONS = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** SHA-256 of the uncompressed files, in the order of {@link IdxFile.Part}. */
    static final List<String> FASHION_SHA256 = List.of(
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9");

    private static final List<IdxFile.Part> PARTS = List.of(IdxFile.Part.values());

    /** Returns whether any of the four files is there. */
    static boolean isOne(Path folder) {
        return PARTS.stream().anyMatch(part -> part.in(folder).isPresent());
    }

    static ImageDataset load(Path folder, @Nullable ResizeRule rule, List<String> expectedSha256, ImageCache cache) {
        List<IdxFile> files = OrderedParallel.map(PARTS, part -> open(folder, part));
        IdxFolder listing = new IdxFolder(folder, files, expectedSha256);
        IdxFile trainImages = listing.file(IdxFile.Part.TRAIN_IMAGES);
        IdxFile testImages = listing.file(IdxFile.Part.TEST_IMAGES);
        checkSizes(trainImages, testImages, rule);
        int[] trainLabels = labels(listing.file(IdxFile.Part.TRAIN_LABELS), trainImages);
        int[] testLabels = labels(listing.file(IdxFile.Part.TEST_LABELS), testImages);
        Optional<List<String>> named = named(folder).map(IdxFolder::classes);
        List<String> classes = named.orElseGet(() -> numbers(listing.file(IdxFile.Part.TRAIN_LABELS), trainLabels));
        checkRange(listing.file(IdxFile.Part.TRAIN_LABELS), trainLabels, classes.size());
        checkRange(listing.file(IdxFile.Part.TEST_LABELS), testLabels, classes.size());
        CachedImages images = cache.open(listing);
        String sha256 = images.header().sha256();
        boolean fashionMnist = sha256.equals(sha256(FASHION_SHA256));
        return new ImageDataset(
                fashionMnist ? FASHION_MNIST : listing.name(),
                sha256,
                fashionMnist && named.isEmpty() ? FASHIONS : classes,
                images.source(IntStream.range(0, trainLabels.length).toArray(), trainLabels),
                images.source(
                        IntStream.range(trainLabels.length, listing.size()).toArray(), testLabels));
    }

    /** Returns the files of the folder that are read. */
    static List<Path> files(Path folder) {
        return Stream.concat(PARTS.stream().flatMap(part -> part.in(folder).stream()), named(folder).stream())
                .toList();
    }

    /** Refuses files that are links out of the folder. */
    static void requireInside(Path folder) {
        try {
            Path real = folder.toRealPath();
            for (Path file : files(folder)) {
                if (FoundFiles.leadsOut(file, real)) {
                    throw new RequestException(
                            "Data set in %s: expected files in the folder, but %s is a link that leads out of it; add --follow-links to read it"
                                    .formatted(folder, file));
                }
            }
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot read the folder %s: %s; check its permissions".formatted(folder, Reasons.of(e)), e);
        }
    }

    private static IdxFile open(Path folder, IdxFile.Part part) {
        Path path = part.in(folder)
                .orElseThrow(() -> new RequestException(
                        "Data set: expected the file %s, perhaps with .gz, found neither; a set has the files %s"
                                .formatted(
                                        folder.resolve(part.fileName()),
                                        PARTS.stream()
                                                .map(IdxFile.Part::fileName)
                                                .toList())));
        return IdxFile.open(path, part);
    }

    private IdxFile file(IdxFile.Part part) {
        return files.get(PARTS.indexOf(part));
    }

    @Override
    public String name() {
        return DataHome.name(folder);
    }

    @Override
    public int size() {
        return Math.addExact(
                file(IdxFile.Part.TRAIN_IMAGES).shape().get(0),
                file(IdxFile.Part.TEST_IMAGES).shape().get(0));
    }

    @Override
    public String stamp() {
        Sha256 stamp = new Sha256().add(String.join(" ", expectedSha256));
        files.forEach(file -> stamp.addState(file.path()));
        return stamp.hex();
    }

    @Override
    public String sha256() {
        List<String> sums = OrderedParallel.map(files, IdxFile::sha256);
        for (int i = 0; i < expectedSha256.size(); i++) {
            if (!sums.get(i).equals(expectedSha256.get(i))) {
                throw new RequestException(
                        "IDX file %s: expected the published content with SHA-256 %s, found %s; fetch it again, "
                                        .formatted(files.get(i).path(), expectedSha256.get(i), sums.get(i))
                                + "or name its folder to use it as it is");
            }
        }
        return sha256(sums);
    }

    private static String sha256(List<String> sums) {
        String lines = IntStream.range(0, PARTS.size())
                .mapToObj(i -> sums.get(i) + "  " + PARTS.get(i).fileName() + "\n")
                .collect(Collectors.joining());
        return new Sha256().add(lines.getBytes(StandardCharsets.US_ASCII)).hex();
    }

    @Override
    public void decode(CacheWriter into) {
        IdxFile train = file(IdxFile.Part.TRAIN_IMAGES);
        into.shape(1, train.shape().get(1), train.shape().get(2));
        train.records((pixels, index) -> into.put(index, pixels));
        int first = train.shape().get(0);
        file(IdxFile.Part.TEST_IMAGES).records((pixels, index) -> into.put(first + index, pixels));
    }

    private static void checkSizes(IdxFile train, IdxFile test, @Nullable ResizeRule rule) {
        List<Integer> expected = train.shape().subList(1, 3);
        List<Integer> found = test.shape().subList(1, 3);
        if (!found.equals(expected)) {
            throw new RequestException(
                    "IDX file %s: expected rows and columns %s as in %s, found %s; use files of one set"
                            .formatted(test.path(), expected, train.path(), found));
        }
        if (rule != null && !List.of(rule.height(), rule.width()).equals(expected)) {
            throw new RequestException(
                    "Image size %dx%d: expected %dx%d as in %s, because only folders of image files are resized; leave it out"
                            .formatted(rule.width(), rule.height(), expected.get(1), expected.get(0), train.path()));
        }
    }

    private static int[] labels(IdxFile labels, IdxFile images) {
        int count = labels.shape().get(0);
        if (!images.shape().get(0).equals(count)) {
            throw new RequestException(
                    "IDX file %s: expected %d labels, one per image of %s, found %d; use files of one set"
                            .formatted(labels.path(), images.shape().get(0), images.path(), count));
        }
        return labels.numbers();
    }

    private static void checkRange(IdxFile file, int[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= classes) {
                throw new RequestException("IDX file %s: expected labels from 0 to %d, found %d at index %d; "
                                .formatted(file.path(), classes - 1, labels[i], i)
                        + "check the file, or name every class in classes.txt");
            }
        }
    }

    /** Returns the numbers from 0 to the largest training label, as names. */
    private static List<String> numbers(IdxFile file, int[] trainLabels) {
        int largest = Arrays.stream(trainLabels).max().orElse(0);
        if (largest == 0) {
            throw new RequestException(
                    "IDX file %s: expected at least 2 classes, found only the label 0".formatted(file.path()));
        }
        return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }

    /** Returns the file of the names of classes, if there is one. */
    private static Optional<Path> named(Path folder) {
        return Stream.of("classes.txt", "labels.txt")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static List<String> classes(Path file) {
        List<String> names;
        try {
            names = ForeignText.read(file)
                    .lines()
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new RequestException(
                    "Class names in %s: expected UTF-8 text, found %s".formatted(file, Reasons.of(e)), e);
        }
        if (names.size() < 2 || new HashSet<>(names).size() < names.size()) {
            throw new RequestException("Class names in %s: expected at least 2 different names, one per line, found %s"
                    .formatted(file, names));
        }
        FolderLayout.requirePlain(names, "Class names in " + file);
        return names;
    }
}
