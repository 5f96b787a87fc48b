package io.catwalk.runner.report;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.LastLayer;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.statistics.PrincipalAxes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A map of test images in two dimensions, by the features that the last layer of a network reads.
 *
 * @param images numbers of the images, ascending
 * @param axes position of each image; null if there is no map
 * @param features number of features that the last layer reads
 * @param absent why there is no map, as a sentence; empty if there is one
 */
@SuppressWarnings("ArrayRecordComponent")
public record FeatureMap(int[] images, @Nullable PrincipalAxes axes, int features, String absent) {

    /** Largest number of images, taken at even intervals: more would hide each other and take seconds. */
    private static final int IMAGES = 10_000;

    /** Largest number of features: with more, it takes seconds to compute the axes. */
    private static final int FEATURES = 512;

    private static FeatureMap without(String reason) {
        return new FeatureMap(new int[0], null, 0, "There is no map of the images: " + reason + ".");
    }

    /**
     * Computes the map of images for a network.
     *
     * @param name of its classifier
     * @param file its ONNX file; null for none
     * @param normalization of the pixels that it expects
     * @param images all test images
     * @return their map, or why there is none
     */
    public static FeatureMap of(String name, @Nullable Path file, Normalization normalization, ImageSource images) {
        if (file == null) {
            return without(name + ", the most accurate classifier, has no ONNX file");
        }
        int count = Math.min(IMAGES, images.size());
        int[] some = IntStream.range(0, count)
                .map(i -> (int) ((long) i * images.size() / count))
                .toArray();
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            double[][] features = features(file, predictor, images.select(some), normalization);
            return features[0].length > FEATURES
                    ? without("the last layer of " + name + " works on " + features[0].length + " numbers, more than "
                            + FEATURES)
                    : new FeatureMap(some, PrincipalAxes.of(features), features[0].length, "");
        } catch (OnnxFileException | IllegalArgumentException e) {
            return without(String.valueOf(e.getMessage()).replace(file.toString(), "the file of " + name));
        }
    }

    private static double[][] features(
            Path file, OnnxPredictor predictor, ImageSource images, Normalization normalization) {
        double[][] features = new double[images.size()][];
        try (OnnxRunner runner = OnnxRunner.watching(file, Set.of(LastLayer.features(file)), OnnxOptions.standard())) {
            int batch = images.batchSize();
            for (int from = 0; from < features.length; from += batch) {
                int some = Math.min(batch, features.length - from);
                Tensor found = runner.run(predictor.input(normalization.normalized(images, from, from + some), some))
                        .values()
                        .iterator()
                        .next();
                double[] numbers = found.toDoubles();
                int each = numbers.length / some;
                for (int i = 0; i < some; i++) {
                    features[from + i] = Arrays.copyOfRange(numbers, i * each, (i + 1) * each);
                }
            }
        }
        return features;
    }
}
