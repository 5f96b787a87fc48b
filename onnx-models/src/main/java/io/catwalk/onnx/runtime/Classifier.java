package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * Describes a file that was found to be an image classifier.
 *
 * @param signature its input and output
 * @param scores whether it returns logits or probabilities
 * @param metadata metadata of the file
 * @param operators names of the operators in its graph
 */
record Classifier(Signature signature, Scores scores, OnnxMetadata metadata, SortedSet<String> operators) {

    /**
     * Checks that a file is an image classifier, and describes it.
     *
     * @param hints what the file does not say itself
     * @throws OnnxFileException if it is not an image classifier, contradicts itself, or has NaN among its weights
     */
    static Classifier of(ModelFile model, OnnxHints hints) {
        Path file = model.file();
        OnnxMetadata metadata = OnnxMetadata.of(file, model.metadata());
        Signature signature = Signature.of(file, model.inputs(), model.outputs(), metadata.preprocessing(), hints);
        checkAgree(file, signature, metadata, hints);
        List<TensorProto> tensors = new ArrayList<>();
        Tensors.visit(model.content(), tensors::add);
        for (TensorProto tensor : tensors) {
            boolean nan = ExternalData.isExternal(tensor) ? isNanBeside(file, tensor) : NotANumber.isIn(tensor);
            checkNumbers(file, tensor, nan);
        }
        Scores scores = Scores.of(model.content().getGraph(), signature.output());
        return new Classifier(
                signature, scores, metadata, Operators.of(model.content().getGraph()));
    }

    private static boolean isNanBeside(Path file, TensorProto tensor) {
        ExternalData data = ExternalData.of(file, tensor);
        try {
            return NotANumber.isIn(tensor, data);
        } catch (IOException e) {
            throw new OnnxFileException(
                    file, "readable weights in " + data.file(), e.toString(), "check the rights of that file", e);
        }
    }

    private static void checkNumbers(Path file, TensorProto tensor, boolean nan) {
        if (nan) {
            throw new OnnxFileException(
                    file,
                    "numbers as weights",
                    "NaN in " + Tensors.name(tensor),
                    "train again with a lower learning rate and export the result");
        }
    }

    private static void checkAgree(Path file, Signature signature, OnnxMetadata metadata, OnnxHints hints) {
        metadata.labels().ifPresent(labels -> {
            if (labels.size() != signature.classes()) {
                throw new OnnxFileException(
                        file,
                        signature.classes() + " labels, as many as logits",
                        labels.size() + " in its metadata",
                        "correct the entry " + MetadataKeys.LABELS);
            }
        });
        metadata.preprocessing().ifPresent(image -> {
            int channels = image.color().channels();
            boolean sameSize = image.height() == signature.height() && image.width() == signature.width();
            boolean chosen = hints.height() == signature.height() && hints.width() == signature.width();
            if (channels != signature.channels() || !(sameSize || chosen)) {
                throw new OnnxFileException(
                        file,
                        "preprocessing for its input of " + signature.channels() + " x " + signature.height() + " x "
                                + signature.width(),
                        channels + " x " + image.height() + " x " + image.width() + " in its metadata",
                        "correct the entries preprocessing.*");
            }
        });
    }
}
