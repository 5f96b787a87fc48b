package io.catwalk.runner.evaluation;

import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Images in the sizes of their files, upright, for ONNX files that resize them.
 *
 * @param images the same in one size
 * @param folder of the files; null if they have none, and are all of that size
 */
public record OriginalImages(ImageSource images, @Nullable Path folder) {

    public RasterImage image(int image) {
        return images.original(image, folder);
    }

    /** Asks a file about all images: (images, outputs). */
    public float[] answers(OnnxPredictor predictor) {
        int outputs = predictor.signature().classes();
        float[] all = new float[Math.multiplyExact(images.size(), outputs)];
        IntStream.range(0, images.size()).parallel().forEach(i -> {
            float[] one = answer(predictor, images.title(i), image(i));
            System.arraycopy(one, 0, all, i * outputs, outputs);
        });
        return all;
    }

    /** Asks a file about an image; without this check of its sides, it would end with an error of ONNX Runtime. */
    public static float[] answer(OnnxPredictor predictor, String name, RasterImage image) {
        if (Math.max(image.width(), image.height()) > EmbeddedResizing.LARGEST_SIDE) {
            throw new RequestException("Image %s: expected sides of at most %d pixels, found %dx%d; make it smaller"
                    .formatted(name, EmbeddedResizing.LARGEST_SIDE, image.width(), image.height()));
        }
        return predictor.logits(image.interleaved(), image.height(), image.width(), image.channels());
    }
}
