package io.catwalk.runner.parcel;

import io.catwalk.runner.data.EvenlySpaced;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.report.graphics.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A few test images with which the recipient of a model checks that it answers as it should. */
final class SampleImages {

    static final String FOLDER = "samples";

    private static final int MOST = 10;

    private static final int MOST_OF_A_CLASS = 2;

    private final List<String> classes;
    private final ImageSource images;
    private final List<String> files = new ArrayList<>();

    /**
     * Takes the first one or two images of each class, whatever a network predicts; if there are many classes, only of
     * some.
     */
    SampleImages(ImageDataset dataset) {
        classes = dataset.classes();
        int each = Math.max(1, Math.min(MOST_OF_A_CLASS, MOST / classes.size()));
        int[] labels = dataset.test().labels();
        int[] chosen = IntStream.of(EvenlySpaced.of(classes.size(), MOST))
                .flatMap(label -> IntStream.range(0, labels.length)
                        .filter(image -> labels[image] == label)
                        .limit(each))
                .toArray();
        images = dataset.test().select(chosen);
        for (int i = 0; i < images.size(); i++) {
            files.add(String.format(Locale.ROOT, "%s/%02d-%s.png", FOLDER, i + 1, inFileName(label(i))));
        }
    }

    /** Keeps only letters and digits that every file system and program can handle. */
    private static String inFileName(String label) {
        String plain = label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return plain.length() > 40 ? plain.substring(0, 40) : plain;
    }

    int size() {
        return images.size();
    }

    /** Returns the path of an image in the parcel. */
    String file(int image) {
        return files.get(image);
    }

    /** Returns the class of an image. */
    String label(int image) {
        return classes.get(images.labels()[image]);
    }

    int[] labels() {
        return images.labels();
    }

    /** Returns the pixels of all images, as unsigned bytes. */
    byte[] pixels() {
        return images.read(0, images.size());
    }

    void write(Path parcel) throws IOException {
        Files.createDirectory(parcel.resolve(FOLDER));
        for (int i = 0; i < size(); i++) {
            Files.write(parcel.resolve(file(i)), Png.of(images.image(i), 1));
        }
    }
}
