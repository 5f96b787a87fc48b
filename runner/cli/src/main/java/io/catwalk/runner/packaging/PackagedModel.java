package io.catwalk.runner.packaging;

import io.catwalk.onnx.runtime.Layout;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.trial.ModelSignature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX file of Catwalk that goes into a package.
 *
 * @param file its name in the package, such as {@code model.int8.onnx}
 * @param purpose what it is for, in words
 */
public record PackagedModel(String file, Path source, String purpose) {

    /** Key under which a quantized file names the float file that it was made from. */
    private static final String FLOAT_SHA256 = MetadataKeys.QUANTIZATION + "float_sha256";

    /** Packs the file that the programs of the package run. */
    public static PackagedModel main(Path source, boolean takesPixels) {
        return new PackagedModel(
                "model.onnx",
                source,
                takesPixels ? "takes pixels and normalizes them itself" : "takes normalized floats");
    }

    /** Packs the file that normalizes pixels itself, beside one that does not. */
    public static PackagedModel ofPixels(Path source) {
        return new PackagedModel(
                "model.pixels.onnx", source, "the same network, takes bytes from 0 to 255 and normalizes them itself");
    }

    /** Packs the 8-bit version of another file that is packed; refuses one in float, or of another file. */
    public static PackagedModel inBytes(Path source, Path floats) throws IOException {
        String madeOf = OnnxMetadata.read(source).get(FLOAT_SHA256).orElse(null);
        if (madeOf == null) {
            throw new RequestException(
                    source + ": expected a file in 8 bits that Catwalk wrote, found none: write it with "
                            + "catwalk quantize " + floats);
        }
        String found = Sha256.of(floats);
        if (!madeOf.equals(found)) {
            throw new RequestException(source + ": expected the 8-bit file of " + floats + " (sha256 "
                    + found.substring(0, 12) + "), found that of another file ("
                    + madeOf.substring(0, Math.min(12, madeOf.length()))
                    + "): write it again with catwalk quantize, or move it away");
        }
        return new PackagedModel("model.int8.onnx", source, "the same network in 8 bits, for ONNX Runtime");
    }

    /** Returns what was found when an 8-bit file was compared with its float file; null for other files. */
    @Nullable
    String verdict() {
        return OnnxMetadata.read(source)
                .get(MetadataKeys.QUANTIZATION + "verdict")
                .orElse(null);
    }

    /** Refuses a file of another program, or in 8 bits: its metadata lacks what the recipient must know. */
    public static OnnxMetadata requireOwnFloats(Path file) {
        OnnxMetadata metadata = OnnxMetadata.read(file);
        String missing = metadata.labels().isEmpty()
                ? "no class names"
                : metadata.preprocessing().isEmpty()
                        ? "no normalization of pixels"
                        : metadata.under(MetadataKeys.PROVENANCE).isEmpty() ? "no provenance" : null;
        if (missing != null) {
            throw new RequestException(file + ": expected a file that Catwalk exported, found " + missing
                    + " in the metadata: name a trial, or a file that catwalk export wrote");
        }
        ModelFiles.requireWeightsInside(file);
        if (metadata.get(FLOAT_SHA256).isPresent()) {
            throw new RequestException(
                    file + ": expected the float file, found one in 8 bits: name the float file, and "
                            + "this one with --int8");
        }
        return metadata;
    }

    /** Describes the file after it was copied to its place; refuses one that the programs cannot run. */
    ModelSignature signature(Path place, OnnxPredictor predictor) {
        Signature signature = predictor.signature();
        if (signature.layout() != Layout.NCHW || signature.batch() > 1) {
            throw new RequestException(source + ": expected a file that takes one image, or any number, found one that "
                    + "takes " + signature.batch() + " at once: export it without --batch");
        }
        return ModelSignature.stated(
                place, predictor, predictor.metadata().preprocessing().orElseThrow());
    }
}
