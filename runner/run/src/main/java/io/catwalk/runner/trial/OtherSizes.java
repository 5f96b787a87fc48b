package io.catwalk.runner.trial;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Proves that a file that resizes images itself sees what Catwalk's own preparation makes of images of other sizes, and
 * answers as the trained network: with test images in other sizes, and noise on them, which shows each pixel's weight.
 *
 * @param test images of the size of the network
 * @param network answers to the pixels of an image of that size, (channels, height, width)
 */
public record OtherSizes(Path file, ImageSource test, ResizeRule rule, Function<byte[], float[]> network) {

    private static final int IMAGES = 8;

    private static final int NOISE = 65;

    /** Widths and heights, as shares of the network's: smaller, larger, portrait, landscape. */
    private static final double[][] SHAPES = {{0.45, 0.55}, {3.3, 2.7}, {0.8, 4.1}, {5.2, 0.9}};

    /**
     * Numbers that may be off by one gray level: means of fractions that floats cannot hold fall on the other side of the
     * border between two levels in about one of 500,000.
     */
    private static final double MOST_OFF = 1e-4;

    /** Reads from the file how it fits images. */
    public static OtherSizes of(Path file, ImageSource test, Function<byte[], float[]> network) {
        Fit fit = Fit.parse(OnnxMetadata.read(file).get(MetadataKeys.FIT).orElseThrow());
        return new OtherSizes(file, test, new ResizeRule(test.width(), test.height(), fit), network);
    }

    /** What was compared so far. */
    private static final class Tally {
        private final List<float[]> expected = new ArrayList<>();
        private final List<float[]> found = new ArrayList<>();
        private long numbers;
        private long off;
        private int farthest;
    }

    /**
     * Compares.
     *
     * @throws OnnxFileException if they differ
     */
    public void prove() {
        Tally tally = new Tally();
        try (OnnxPredictor predictor = OnnxPredictor.open(file);
                OnnxRunner inside =
                        OnnxRunner.watching(file, Set.of(EmbeddedResizing.PIXELS), OnnxOptions.standard())) {
            SplittableRandom random = new SplittableRandom(1);
            for (int image : ImageSource.evenlySpaced(test.size(), IMAGES)) {
                for (double[] shape : SHAPES) {
                    compare(predictor, inside, resized(test.image(image), shape, random), tally);
                }
            }
        }
        if (tally.farthest > 1 || tally.off > MOST_OFF * tally.numbers) {
            throw refusal(
                    "numbers that differ by one gray level, at most one of 10,000",
                    tally.off + " of " + tally.numbers + ", by up to " + tally.farthest);
        }
        int count = tally.found.size();
        Parity logits = Parity.of(
                joined(tally.expected),
                joined(tally.found),
                count,
                new Tolerance(Parity.TOLERANCE, 0),
                FlipRule.NEAR_TIES);
        if (!logits.agrees()) {
            throw refusal("the answers of the network", "" + logits);
        }
    }

    private OnnxFileException refusal(String expected, String found) {
        return new OnnxFileException(
                file, "for images of other sizes, " + expected, found, "report it, and export without --any-size");
    }

    private RasterImage resized(RasterImage image, double[] shape, SplittableRandom random) {
        RasterImage other =
                image.resized(new ResizeRule(side(rule.width(), shape[0]), side(rule.height(), shape[1]), Fit.STRETCH));
        byte[] noisy = other.pixels();
        for (int i = 0; i < noisy.length; i++) {
            int level = (noisy[i] & 0xff) + random.nextInt(NOISE) - NOISE / 2;
            noisy[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return other;
    }

    private static int side(int length, double share) {
        return (int) Math.max(1, Math.min(ResizeRule.MAXIMUM, length * share));
    }

    private void compare(OnnxPredictor predictor, OnnxRunner inside, RasterImage image, Tally tally) {
        byte[] bytes = image.interleaved();
        Tensor input =
                Tensor.of(TensorType.UINT8, ByteBuffer.wrap(bytes), 1, image.height(), image.width(), image.channels());
        double[] seen = Objects.requireNonNull(
                        inside.run(Map.of(EmbeddedResizing.INPUT, input)).get(EmbeddedResizing.PIXELS))
                .toDoubles();
        byte[] own = image.resized(rule).pixels();
        byte[] asked = new byte[seen.length];
        for (int i = 0; i < seen.length; i++) {
            int level = (int) seen[i];
            int off = Math.abs(level - (own[i] & 0xff));
            tally.off += off > 0 ? 1 : 0;
            tally.farthest = Math.max(tally.farthest, off);
            asked[i] = (byte) level;
        }
        tally.numbers += seen.length;
        tally.found.add(predictor.logits(bytes, image.height(), image.width(), image.channels()));
        tally.expected.add(network.apply(asked));
    }

    private static float[] joined(List<float[]> rows) {
        float[] all = new float[rows.size() * rows.get(0).length];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * rows.get(0).length, rows.get(0).length);
        }
        return all;
    }
}
