package io.catwalk.runner.report;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.LastLayer;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
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

    /** Largest number of features in a batch, 32 MiB: a layer may read many times more numbers than an image has. */
    private static final int BATCH = 4 << 20;

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
        try (OnnxPredictor predictor = OnnxPredictor.open(file);
                OnnxRunner runner =
                        OnnxRunner.watching(file, Set.of(LastLayer.features(file)), OnnxOptions.standard())) {
            Network network = new Network(predictor, runner, normalization);
            Features features = Features.of(network, images.select(some));
            return new FeatureMap(some, PrincipalAxes.of(features), features.coordinates(), "");
        } catch (OnnxFileException | IllegalArgumentException e) {
            return without(String.valueOf(e.getMessage()).replace(file.toString(), "the file of " + name));
        }
    }

    /** A network that returns the input of its last layer. */
    private record Network(OnnxPredictor predictor, OnnxRunner runner, Normalization normalization) {

        double[] features(ImageSource images, int from, int to) {
            return runner.run(predictor.input(normalization.normalized(images, from, to), to - from))
                    .values()
                    .iterator()
                    .next()
                    .toDoubles();
        }
    }

    /** The features of images, which the network computes again each time that they are read. */
    private record Features(Network network, ImageSource images, int coordinates) implements PrincipalAxes.Points {

        static Features of(Network network, ImageSource images) {
            return new Features(network, images, network.features(images, 0, 1).length);
        }

        @Override
        public int count() {
            return images.size();
        }

        @Override
        public double[][] read(int[] places) {
            ImageSource some = images.select(places);
            int batch = Math.max(1, Math.min(some.batchSize(), BATCH / coordinates));
            double[][] features = new double[places.length][];
            for (int from = 0; from < places.length; from += batch) {
                int to = Math.min(places.length, from + batch);
                double[] numbers = network.features(some, from, to);
                for (int i = from; i < to; i++) {
                    int at = (i - from) * coordinates;
                    features[i] = Arrays.copyOfRange(numbers, at, at + coordinates);
                }
            }
            return features;
        }
    }
}
