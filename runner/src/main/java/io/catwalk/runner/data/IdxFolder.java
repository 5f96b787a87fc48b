package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loads a data set of four IDX files. */
final class IdxFolder {

    private IdxFolder() {}

    /** Says whether any of the four files is there. */
    static boolean isOne(Path folder) {
        return Arrays.stream(IdxPart.values()).anyMatch(part -> part.in(folder).isPresent());
    }

    /**
     * Loads the files.
     *
     * @param expectedSha256 of the uncompressed files in the order of {@link IdxPart}; none to take any
     */
    static ImageDataset load(Path folder, @Nullable ResizeRule rule, List<String> expectedSha256) {
        List<IdxFile> files = InOrder.map(List.of(IdxPart.values()), part -> read(folder, part));
        for (int i = 0; i < expectedSha256.size(); i++) {
            checkContent(files.get(i), expectedSha256.get(i));
        }
        boolean fashionMnist = files.stream().map(IdxFile::sha256).toList().equals(FashionMnist.SHA256);
        IdxFile trainImages = file(files, IdxPart.TRAIN_IMAGES);
        IdxFile trainLabels = file(files, IdxPart.TRAIN_LABELS);
        IdxFile testImages = file(files, IdxPart.TEST_IMAGES);
        IdxFile testLabels = file(files, IdxPart.TEST_LABELS);
        checkSizes(trainImages, testImages, rule);
        List<String> classes = classes(folder, fashionMnist, trainLabels);
        LabeledImages train = combine(trainImages, trainLabels, classes.size());
        LabeledImages test = combine(testImages, testLabels, classes.size());
        String name = fashionMnist ? FashionMnist.NAME : ImageDatasets.name(folder);
        return new ImageDataset(name, sha256(files), classes, train, test);
    }

    private static IdxFile read(Path folder, IdxPart part) {
        Path path = part.in(folder)
                .orElseThrow(() -> new RequestException(
                        "Data set: expected the file %s, perhaps with .gz, found neither; a set has the files %s"
                                .formatted(
                                        folder.resolve(part.fileName()),
                                        Arrays.stream(IdxPart.values())
                                                .map(IdxPart::fileName)
                                                .toList())));
        return IdxFile.read(path, part);
    }

    private static IdxFile file(List<IdxFile> files, IdxPart part) {
        return files.stream().filter(file -> file.part() == part).findFirst().orElseThrow();
    }

    private static void checkContent(IdxFile file, String expected) {
        if (!file.sha256().equals(expected)) {
            throw new RequestException(
                    "IDX file %s: expected the published content with SHA-256 %s, found %s; fetch it again, "
                                    .formatted(file.path(), expected, file.sha256())
                            + "or name its folder to use it as it is");
        }
    }

    private static String sha256(List<IdxFile> files) {
        StringBuilder sums = new StringBuilder();
        for (IdxFile file : files) {
            sums.append(file.sha256())
                    .append("  ")
                    .append(file.part().fileName())
                    .append('\n');
        }
        return new Sha256()
                .add(sums.toString().getBytes(StandardCharsets.US_ASCII))
                .hex();
    }

    private static void checkSizes(IdxFile train, IdxFile test, @Nullable ResizeRule rule) {
        List<Integer> expected = train.shape().subList(1, 3);
        List<Integer> found = test.shape().subList(1, 3);
        if (!found.equals(expected)) {
            throw new RequestException(
                    "IDX file %s: expected rows and columns %s as in %s, found %s; use files of one set"
                            .formatted(test.path(), expected, train.path(), found));
        }
        if (rule != null && !List.of(rule.size().height(), rule.size().width()).equals(expected)) {
            throw new RequestException(
                    "Image size %s: expected %dx%d as in %s, for only folders of image files are resized; leave it out"
                            .formatted(rule.size(), expected.get(1), expected.get(0), train.path()));
        }
    }

    private static LabeledImages combine(IdxFile images, IdxFile labels, int classes) {
        int count = labels.bytes().length;
        if (images.shape().get(0) != count) {
            throw new RequestException(
                    "IDX file %s: expected %d labels, one per image of %s, found %d; use files of one set"
                            .formatted(labels.path(), images.shape().get(0), images.path(), count));
        }
        int[] values = IdxFile.room(labels.path(), count, int[]::new);
        for (int i = 0; i < count; i++) {
            values[i] = Byte.toUnsignedInt(labels.bytes()[i]);
            if (values[i] >= classes) {
                throw new RequestException("IDX file %s: expected labels from 0 to %d, found %d at index %d; "
                                .formatted(labels.path(), classes - 1, values[i], i)
                        + "check the file, or name every class in classes.txt");
            }
        }
        return new LabeledImages(1, images.shape().get(1), images.shape().get(2), images.bytes(), values);
    }

    /** Returns the names from the file of names if there is one, and otherwise the numbers up to the largest training label. */
    private static List<String> classes(Path folder, boolean fashionMnist, IdxFile trainLabels) {
        List<Path> named = Stream.of("classes.txt", "labels.txt")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .limit(1)
                .toList();
        if (!named.isEmpty()) {
            return classes(named.get(0));
        }
        if (fashionMnist) {
            return FashionMnist.CLASSES;
        }
        int largest = 0;
        for (byte label : trainLabels.bytes()) {
            largest = Math.max(largest, Byte.toUnsignedInt(label));
        }
        if (largest == 0) {
            throw new RequestException(
                    "IDX file %s: expected at least 2 classes, found only the label 0".formatted(trainLabels.path()));
        }
        return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }

    private static List<String> classes(Path file) {
        List<String> names;
        try {
            names = Files.readString(file)
                    .lines()
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new RequestException("Cannot read %s: %s; expected UTF-8 text".formatted(file, e), e);
        }
        if (names.size() < 2 || new HashSet<>(names).size() < names.size()) {
            throw new RequestException("Class names in %s: expected at least 2 different names, one per line, found %s"
                    .formatted(file, names));
        }
        return names;
    }
}
