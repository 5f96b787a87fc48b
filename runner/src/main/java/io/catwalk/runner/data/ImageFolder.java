package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loads a data set of image files: {@code train/CLASS/*.png} and {@code test/CLASS/*.png}. */
final class ImageFolder {

    private ImageFolder() {}

    static ImageDataset load(Path folder, @Nullable ResizeRule rule) {
        List<String> classes = classes(folder);
        List<ImageFile> trainFiles = files(folder, "train", classes);
        List<ImageFile> testFiles = files(folder, "test", classes);
        List<ImageFile> files =
                Stream.concat(trainFiles.stream(), testFiles.stream()).toList();
        Pixels first = decode(files.get(0), rule);
        List<Pixels> images = InOrder.map(files, file -> checkSize(file, decode(file, rule), files.get(0), first));
        int channels = images.stream().mapToInt(Pixels::channels).max().orElseThrow();
        int boundary = trainFiles.size();
        LabeledImages train = combine(folder, trainFiles, images.subList(0, boundary), channels);
        LabeledImages test = combine(folder, testFiles, images.subList(boundary, images.size()), channels);
        Sha256 sha256 = new Sha256().add(classes.size());
        classes.forEach(sha256::add);
        sha256.add(train.channels(), train.height(), train.width());
        addTo(sha256, trainFiles, train);
        addTo(sha256, testFiles, test);
        return new ImageDataset(ImageDatasets.name(folder), sha256.hex(), classes, train, test);
    }

    /** Returns the class names, which are the names of the folders in {@code train}, in the order of their UTF-16 units. */
    private static List<String> classes(Path folder) {
        List<String> train = names(folder.resolve("train"));
        List<String> test = names(folder.resolve("test"));
        if (train.size() < 2) {
            throw new RequestException("Data set in %s: expected a folder per class, at least 2, found %s"
                    .formatted(folder.resolve("train"), train));
        }
        checkHasAll(folder.resolve("train"), train, test);
        checkHasAll(folder.resolve("test"), test, train);
        return train;
    }

    private static List<String> names(Path part) {
        if (!Files.isDirectory(part)) {
            throw new RequestException(("Data set: expected a folder %s with a folder per class, found none; "
                            + "images are expected as train/CLASS/*.png and test/CLASS/*.png")
                    .formatted(part));
        }
        return visible(part, Files::isDirectory).stream()
                .map(ImageDatasets::name)
                .toList();
    }

    private static void checkHasAll(Path part, List<String> names, List<String> needed) {
        List<String> missing =
                needed.stream().filter(name -> !names.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new RequestException(
                    "Data set in %s: expected the same classes in train and test, found no %s here; add or remove the folders"
                            .formatted(part, missing));
        }
    }

    private static List<ImageFile> files(Path folder, String part, List<String> classes) {
        List<ImageFile> files = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            Path ofClass = folder.resolve(part).resolve(classes.get(label));
            List<Path> images = visible(
                    ofClass, file -> Files.isRegularFile(file) && ImageFormat.isNamedSo(ImageDatasets.name(file)));
            if (images.isEmpty()) {
                throw new RequestException(
                        "Data set: expected %s files in %s, found none; ".formatted(ImageFormat.titles(), ofClass)
                                + "add images or remove the class from train and test");
            }
            for (Path image : images) {
                String name = part + '/' + classes.get(label) + '/' + ImageDatasets.name(image);
                files.add(new ImageFile(image, name, label));
            }
        }
        return files;
    }

    /** Lists what is not hidden, in an order that depends on neither file system nor locale. */
    private static List<Path> visible(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> !ImageDatasets.name(path).startsWith("."))
                    .filter(wanted)
                    .sorted(Comparator.comparing(ImageDatasets::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException("Cannot list the folder %s: %s; check its permissions".formatted(folder, e), e);
        }
    }

    private static Pixels decode(ImageFile file, @Nullable ResizeRule rule) {
        DecodedImage image = file.decode();
        int channels = image.channels();
        return new Pixels(
                channels,
                rule == null ? image.height() : rule.size().height(),
                rule == null ? image.width() : rule.size().width(),
                image.pixels(channels, rule));
    }

    /** Checks each image as it comes, so that a folder of large photographs is refused before it fills the memory. */
    private static Pixels checkSize(ImageFile file, Pixels image, ImageFile firstFile, Pixels first) {
        if (image.width() != first.width() || image.height() != first.height()) {
            String size = first.width() + "x" + first.height();
            throw new RequestException(
                    "Images of different sizes: %s has %s pixels and %s has %dx%d; try --image-size %s, with --fit crop or pad if they are not to be stretched"
                            .formatted(firstFile.path(), size, file.path(), image.width(), image.height(), size));
        }
        return image;
    }

    private static LabeledImages combine(Path folder, List<ImageFile> files, List<Pixels> images, int channels) {
        int height = images.get(0).height();
        int width = images.get(0).width();
        int length = channels * height * width;
        if ((long) length * images.size() > Integer.MAX_VALUE - 8) {
            throw new RequestException("Data set in %s: expected at most 2 GiB of pixels, found %d images of %d bytes; "
                            .formatted(folder, images.size(), length)
                    + "try a smaller --image-size");
        }
        byte[] pixels = new byte[length * images.size()];
        for (int i = 0; i < images.size(); i++) {
            images.get(i).copy(pixels, i * length, length);
        }
        int[] labels = files.stream().mapToInt(ImageFile::label).toArray();
        return new LabeledImages(channels, height, width, pixels, labels);
    }

    private static void addTo(Sha256 sha256, List<ImageFile> files, LabeledImages images) {
        sha256.add(files.size());
        for (int i = 0; i < files.size(); i++) {
            sha256.add(files.get(i).name()).add(files.get(i).label());
        }
        sha256.add(images.pixels());
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Pixels(int channels, int height, int width, byte[] bytes) {

        /** Copies a gray image once for each channel of the set. */
        void copy(byte[] target, int from, int length) {
            for (int to = from; to < from + length; to += bytes.length) {
                System.arraycopy(bytes, 0, target, to, bytes.length);
            }
        }
    }
}
