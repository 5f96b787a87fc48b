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

/** Lists the images of a folder: {@code train/CLASS/*.png} and {@code test/CLASS/*.png}. */
final class ImageFolder implements ImageListing {

    private final Path folder;
    private final List<String> classes;
    private final List<ImageFile> files;
    private final @Nullable ResizeRule rule;

    private ImageFolder(Path folder, List<String> classes, List<ImageFile> files, @Nullable ResizeRule rule) {
        this.folder = folder;
        this.classes = classes;
        this.files = files;
        this.rule = rule;
    }

    static ImageDataset load(Path folder, @Nullable ResizeRule rule, ImageCache cache) {
        List<String> classes = classes(folder);
        List<ImageFile> train = files(folder, "train", classes);
        List<ImageFile> test = files(folder, "test", classes);
        List<ImageFile> files = Stream.concat(train.stream(), test.stream()).toList();
        CachedImages images = cache.open(new ImageFolder(folder, classes, files, rule));
        return new ImageDataset(
                ImageDatasets.name(folder),
                images.sha256(),
                classes,
                images.source(0, labels(train)),
                images.source(train.size(), labels(test)));
    }

    private static int[] labels(List<ImageFile> files) {
        return files.stream().mapToInt(ImageFile::label).toArray();
    }

    @Override
    public String name() {
        return ImageDatasets.name(folder);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public String stamp() {
        Sha256 stamp = listed();
        files.forEach(file -> stamp.addState(file.path()));
        return stamp.hex();
    }

    @Override
    public String sha256() {
        Sha256 sha256 = listed();
        InOrder.map(files, ImageFolder::content).forEach(sha256::add);
        return sha256.hex();
    }

    private Sha256 listed() {
        Sha256 listed = new Sha256().add(classes.size());
        classes.forEach(listed::add);
        listed.add(String.valueOf(rule)).add(files.size());
        files.forEach(file -> listed.add(file.name()).add(file.label()));
        return listed;
    }

    private static String content(ImageFile file) {
        try {
            return Sha256.of(file.path());
        } catch (IOException e) {
            throw new RequestException("Cannot read %s: %s; check its permissions".formatted(file.path(), e), e);
        }
    }

    @Override
    public void decode(Sink sink) {
        RasterImage first = decode(files.get(0), rule);
        sink.decode(
                i -> {
                    ImageFile file = files.get(i);
                    return checkSize(file, decode(file, rule), files.get(0), first);
                },
                unreadable -> {
                    throw unreadable.get(unreadable.firstKey());
                });
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

    private static RasterImage decode(ImageFile file, @Nullable ResizeRule rule) {
        DecodedImage image = file.decode();
        int channels = image.channels();
        return new RasterImage(
                channels,
                rule == null ? image.height() : rule.size().height(),
                rule == null ? image.width() : rule.size().width(),
                image.pixels(channels, rule));
    }

    /** Checks each image as it comes, so that a folder of large photographs is refused before it fills the memory. */
    private static RasterImage checkSize(ImageFile file, RasterImage image, ImageFile firstFile, RasterImage first) {
        if (image.width() != first.width() || image.height() != first.height()) {
            String size = first.width() + "x" + first.height();
            throw new RequestException(
                    "Images of different sizes: %s has %s pixels and %s has %dx%d; try --image-size %s, with --fit crop or pad if they are not to be stretched"
                            .formatted(firstFile.path(), size, file.path(), image.width(), image.height(), size));
        }
        return image;
    }
}
