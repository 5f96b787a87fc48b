package io.catwalk.runner.packaging;

import io.catwalk.onnx.parity.Parity;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.EvenlySpaced;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.report.charts.Png;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** A few test images with which the recipient of a model checks that it answers as it should. */
final class Samples {

    private static final String FOLDER = "samples";

    private static final int MOST = 10;

    private static final int MOST_OF_A_CLASS = 2;

    private final List<String> classes;
    private final ImageSource images;
    private final List<String> files = new ArrayList<>();

    /**
     * Takes the first one or two images of each class, whatever a network predicts; if there are many classes, only of
     * some.
     */
    Samples(ImageDataset dataset) {
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

    private String label(int image) {
        return classes.get(images.labels()[image]);
    }

    /** Returns the pixels of all images, as unsigned bytes. */
    byte[] pixels() {
        return images.read(0, images.size());
    }

    /**
     * The content of {@code expected.json}.
     *
     * @param schema version of this format
     * @param runtime that computed the answers
     * @param tolerance how far a logit of a float file may differ on another runtime; one of an 8-bit file may differ
     *     more
     */
    private record Expected(int schema, String runtime, double tolerance, List<Image> images) {}

    /** A sample, by its path, with its true class and the answers of the ONNX files by their names. */
    private record Image(String image, String label, Map<String, Answer> answers) {}

    /** The most probable class, its probability, and one logit for each class. */
    private record Answer(String label, double probability, List<Float> logits) {}

    /** Writes the images, and what each ONNX file answers. */
    void write(Path folder, Map<String, float[]> logits) throws IOException {
        Files.createDirectory(folder.resolve(FOLDER));
        for (int i = 0; i < size(); i++) {
            Files.write(folder.resolve(files.get(i)), Png.of(images.image(i)));
        }
        Map<String, Predictions> predictions = new LinkedHashMap<>();
        logits.forEach((file, all) -> predictions.put(file, new Predictions(classes.size(), images.labels(), all)));
        List<Image> expected = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            Map<String, Answer> answers = new LinkedHashMap<>();
            for (Map.Entry<String, Predictions> of : predictions.entrySet()) {
                answers.put(of.getKey(), answer(of.getValue(), i));
            }
            expected.add(new Image(files.get(i), label(i), answers));
        }
        String runtime = "ONNX Runtime " + Software.current().onnxruntime() + " for Java";
        Files.writeString(
                folder.resolve(FOLDER).resolve("expected.json"),
                Json.JSON.writeValueAsString(new Expected(1, runtime, Parity.TOLERANCE, expected)) + "\n");
    }

    private Answer answer(Predictions predictions, int image) {
        int best = predictions.predicted()[image];
        List<Float> logits = new ArrayList<>();
        for (int c = 0; c < classes.size(); c++) {
            logits.add(predictions.logits()[image * classes.size() + c]);
        }
        return new Answer(classes.get(best), predictions.probabilities(image)[best], logits);
    }
}
