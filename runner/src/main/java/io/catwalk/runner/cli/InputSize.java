package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option of a command that loads no data set: the input size of an ONNX file that takes any size. */
final class InputSize {

    @Option(
            names = "--image-size",
            paramLabel = "WxH",
            description = "Size of the images, for a file that takes any size.")
    private @Nullable String imageSize;

    OnnxHints added(OnnxHints hints) {
        return imageSize == null ? hints : added(hints, ImageSize.parse(imageSize));
    }

    static OnnxHints added(OnnxHints hints, ImageSize size) {
        return hints.withImageSize(size.height(), size.width());
    }

    void require(Path file, Signature signature) {
        if (imageSize == null) {
            return;
        }
        ImageSize typed = ImageSize.parse(imageSize);
        if (typed.height() != signature.height() || typed.width() != signature.width()) {
            throw new RequestException(file + ": expected " + signature.width() + "x" + signature.height()
                    + " as --image-size, the only size that it takes, found " + typed + "; leave it out");
        }
    }
}
