package io.catwalk.runner.report.page;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.report.ImagePng;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Draws the images that the page shows, each once, until there are enough of them for one file. */
final class Pictures {

    /** Most characters of all pictures together: the page has to stay small. */
    private static final int BUDGET = 3_000_000;

    /** Longest side of a picture, in pixels; larger images are made smaller. */
    private static final int LONGEST = 96;

    private final RunReport report;
    private final Map<Integer, int[]> folds = new HashMap<>();
    private final Map<String, String> drawn = new LinkedHashMap<>();
    private int characters;

    Pictures(RunReport report) {
        this.report = report;
    }

    /** Returns what was drawn: name of the picture to the PNG in base 64. */
    Map<String, String> drawn() {
        return drawn;
    }

    /**
     * Draws an image that judged a trial.
     *
     * @param trial that it judged
     * @param index its place among those images
     * @return name of the picture; null without the images, or where the page has enough
     */
    @Nullable
    String of(Model trial, int index) {
        ImageDataset dataset = report.dataset();
        if (dataset == null
                || dataset.train().channels() == 2
                || dataset.train().channels() > 3) {
            return null;
        }
        int fold = trial.outcome().trial().fold();
        ImageSource images = fold == 0 ? dataset.test() : dataset.train();
        int image = fold == 0 ? index : place(dataset, fold, index);
        PredictedClasses answers = Objects.requireNonNull(trial.answers().predictedClasses());
        if (image < 0 || image >= images.size() || images.labels()[image] != answers.labels()[index]) {
            return null; // other images than those that were asked about: a wrong picture is worse than none
        }
        String name = (fold == 0 ? "test-" : "train-") + image;
        if (!drawn.containsKey(name)) {
            if (characters >= BUDGET) {
                return null;
            }
            String png = Base64.getEncoder().encodeToString(ImagePng.of(small(images.image(image)), 1));
            characters += png.length();
            drawn.put(name, png);
        }
        return name;
    }

    private int place(ImageDataset dataset, int fold, int index) {
        int[] judging = folds.computeIfAbsent(
                fold,
                number -> Objects.requireNonNull(
                                report.spec().split().split(dataset, number).fold())
                        .validation());
        return index < judging.length ? judging[index] : -1;
    }

    /** Averages over squares of pixels if the image is large. */
    private static RasterImage small(RasterImage one) {
        int side = (Math.max(one.width(), one.height()) + LONGEST - 1) / LONGEST;
        if (side == 1) {
            return one;
        }
        int height = Math.max(1, one.height() / side);
        int width = Math.max(1, one.width() / side);
        byte[] pixels = new byte[one.channels() * height * width];
        for (int i = 0; i < pixels.length; i++) {
            int plane = i / (height * width) * one.height() * one.width();
            pixels[i] = average(one, plane, i / width % height * side, i % width * side, side);
        }
        return new RasterImage(one.channels(), height, width, pixels);
    }

    private static byte average(RasterImage one, int plane, int top, int left, int side) {
        int sum = 0;
        int count = 0;
        for (int y = top; y < Math.min(top + side, one.height()); y++) {
            for (int x = left; x < Math.min(left + side, one.width()); x++) {
                sum += one.pixels()[plane + y * one.width() + x] & 0xff;
                count++;
            }
        }
        return (byte) (sum / count);
    }
}
