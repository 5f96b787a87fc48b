package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.given.TypedNormalization;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that add what an ONNX file does not say about itself. */
final class FileOptions {

    @Option(
            names = "--normalize",
            paramLabel = "NAME|MEAN/STD|JSON",
            description = "Normalize (pixel / 255 - MEAN) / STD, for a file that does not say how: imagenet, 0-1, -1-1 "
                    + "or none (pixels as they are); or one number for all channels or one each, such as "
                    + "0.485,0.456,0.406/0.229,0.224,0.225; or JSON with mean and std, or a file of it, such as "
                    + "preprocessor_config.json.")
    @Nullable
    String normalize;

    @Option(names = "--output", paramLabel = "NAME", description = "The output with logits. Default: logits")
    private @Nullable String output;

    OnnxHints hints() {
        return output == null ? OnnxHints.none() : OnnxHints.none().withOutput(output);
    }

    /** Finds how to normalize: from the options, else from the file. For one that takes bytes, the predictor undoes it. */
    Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        if (predictor.signature().channels() > 1 && GivenModel.isBlueFirst(predictor.metadata())) {
            throw new RequestException(file + ": expected a network that takes red, green, blue, found Bgr8 in its"
                    + " metadata; catwalk compare evaluates it, for all else export it with a layer that turns them");
        }
        return preprocessing(file, predictor, normalize);
    }

    static Preprocessing preprocessing(Path file, OnnxPredictor predictor, @Nullable String normalize) {
        Signature signature = predictor.signature();
        boolean bytes = signature.pixels() == PixelType.UINT8;
        if (normalize != null && bytes) {
            throw new RequestException(
                    file + ": expected no --normalize, because it takes pixels from 0 to 255; leave it out");
        }
        int channels = signature.channels();
        if (channels != 1 && channels != 3) {
            throw new RequestException(file + ": expected a network for 1 or 3 channels, found " + channels
                    + " channels; only gray and color images are read");
        }
        TypedNormalization typed = Optional.ofNullable(normalize)
                .map(TypedNormalization::parse)
                .or(() -> bytes && predictor.metadata().preprocessing().isEmpty()
                        ? Optional.of(TypedNormalization.PIXELS)
                        : TypedNormalization.said(predictor.metadata()))
                .orElseThrow(() -> new RequestException(file + ": expected the mean and deviation of the pixels in the"
                        + " metadata, found none; give them with --normalize MEAN/STD, such as 0.5/0.25"));
        return new Preprocessing(
                signature.height(), signature.width(), typed.mean(file, channels), typed.std(file, channels));
    }

    /** Refuses a file that the programs cannot run which others make or bring. */
    static void requireWhole(Path file, Signature signature) {
        if (signature.half()) {
            throw new RequestException(file + ": expected a file that takes bytes or 32-bit floats and returns 32-bit "
                    + "floats, which other programs use, found 16-bit floats; export it in single precision");
        }
    }

    /** Option of a command that loads no data set: the input size of an ONNX file that takes any size. */
    static final class InputSize {

        @Option(names = "--image-size", paramLabel = "WxH", description = "Image size, for a file that takes any size.")
        private @Nullable String imageSize;

        OnnxHints added(OnnxHints hints) {
            return imageSize == null ? hints : added(hints, ResizeRule.ofSize(imageSize, Fit.STRETCH));
        }

        static OnnxHints added(OnnxHints hints, ResizeRule size) {
            return hints.withImageSize(size.height(), size.width());
        }

        boolean isGiven() {
            return imageSize != null;
        }

        void require(Path file, Signature signature) {
            if (imageSize == null) {
                return;
            }
            ResizeRule typed = ResizeRule.ofSize(imageSize, Fit.STRETCH);
            if (typed.height() != signature.height() || typed.width() != signature.width()) {
                throw new RequestException(file + ": expected " + signature.width() + "x" + signature.height()
                        + " as --image-size, the only size that it takes, found " + typed + "; leave it out");
            }
        }
    }
}
