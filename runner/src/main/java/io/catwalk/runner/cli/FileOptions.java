package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.ColorMode;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Normalization;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that add what an ONNX file does not say about itself. */
final class FileOptions {

    @Option(
            names = "--normalize",
            paramLabel = "MEAN/STD|JSON",
            description = "Normalize (pixel / 255 - MEAN) / STD, for a file that does not say how: one number for all "
                    + "channels or one each, such as 0.485,0.456,0.406/0.229,0.224,0.225; or JSON with mean and std, or "
                    + "a file of it, such as preprocessor_config.json.")
    private @Nullable String normalize;

    @Option(
            names = "--output",
            paramLabel = "NAME",
            description = "Output with the logits, for a file with several. Default: logits")
    private @Nullable String output;

    /** Returns whether the options say how to normalize. */
    boolean normalizes() {
        return normalize != null;
    }

    /** Returns what the options say about the output. */
    OnnxHints hints() {
        return output == null ? OnnxHints.none() : OnnxHints.none().withOutput(output);
    }

    /** Finds how to normalize: from the options, else from the file. A file that takes bytes gets unchanged pixels. */
    Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        return preprocessing(file, predictor, normalize);
    }

    static Preprocessing preprocessing(Path file, OnnxPredictor predictor, @Nullable String normalize) {
        Signature signature = predictor.signature();
        boolean bytes = signature.pixels() == PixelType.UINT8;
        if (normalize != null && bytes) {
            throw new RequestException(
                    file + ": expected no --normalize, because it takes pixels from 0 to 255; leave it out");
        }
        Preprocessing stated = predictor.metadata().preprocessing().orElse(null);
        if (normalize == null && stated != null) {
            return new Preprocessing(
                    stated.color(), signature.height(), signature.width(), stated.mean(), stated.std());
        }
        if (normalize == null && !bytes) {
            throw new RequestException(file + ": expected the mean and deviation of the pixels in the metadata, found "
                    + "none; give them with --normalize MEAN/STD, such as 0.5/0.25");
        }
        int channels = signature.channels();
        if (channels != 1 && channels != 3) {
            throw new RequestException(file + ": expected a network for 1 or 3 channels, found " + channels
                    + " channels; only gray and " + "color images are read");
        }
        TypedNormalization typed = normalize == null ? TypedNormalization.PIXELS : TypedNormalization.parse(normalize);
        return new Preprocessing(
                channels == 1 ? ColorMode.GRAY : ColorMode.RGB,
                signature.height(),
                signature.width(),
                perChannel(file, "means", typed.mean(), channels),
                perChannel(file, "deviations", typed.std(), channels));
    }

    /** Returns the same normalization, for images of a data set. */
    static Normalization normalization(Preprocessing preprocessing) {
        return new Normalization(floats(preprocessing.mean()), floats(preprocessing.std()));
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    private static List<Double> perChannel(Path file, String what, List<Double> values, int channels) {
        if (values.size() != 1 && values.size() != channels) {
            throw new RequestException(String.format(
                    Locale.ROOT,
                    "%s: expected %d %s in --normalize, one per channel, or one for all, found %d",
                    file,
                    channels,
                    what,
                    values.size()));
        }
        return values.size() == 1 ? Collections.nCopies(channels, values.get(0)) : values;
    }
}
