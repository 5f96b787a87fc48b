package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds an ONNX file that was read once and found fit to run, before an engine saw it.
 *
 * @param signature what it takes and gives
 * @param scores what its numbers are
 * @param metadata what it says about itself
 * @param fields its bytes
 * @param external whether weights lie in files beside it
 */
record ModelFile(Signature signature, Scores scores, OnnxMetadata metadata, ModelFields fields, Weights external) {

    /** Smallest operator set that ONNX Runtime promises to run (its documentation, "Compatibility"). */
    static final long OLDEST_OPSET = 7;

    /** Largest operator set that ONNX Runtime 1.29 accepts. */
    static final long NEWEST_OPSET = 26;

    /** Says where the weights are. */
    enum Weights {
        INSIDE,
        BESIDE
    }

    static ModelFile read(Path file, OnnxHints hints) {
        ModelFields fields = ModelFields.read(file);
        ModelProto model = fields.model();
        checkOpset(file, model);
        OnnxMetadata metadata = OnnxMetadata.of(file, fields.metadata());
        Signature signature = Signature.of(
                file, inputs(model.getGraph()), outputs(model.getGraph()), metadata.preprocessing(), hints);
        checkAgree(file, signature, metadata, hints);
        Scores scores = Scores.of(model.getGraph(), signature.output());
        return new ModelFile(signature, scores, metadata, fields, checkWeights(file, model));
    }

    /** Lists the inputs that a run has to give; a file of IR version 3 lists its weights among them. */
    private static List<TensorInfo> inputs(GraphProto graph) {
        Set<String> weights =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toUnmodifiableSet());
        return graph.getInputList().stream()
                .filter(value -> !weights.contains(value.getName()))
                .map(TensorInfo::of)
                .toList();
    }

    private static List<TensorInfo> outputs(GraphProto graph) {
        return graph.getOutputList().stream().map(TensorInfo::of).toList();
    }

    private static void checkOpset(Path file, ModelProto model) {
        List<Long> versions = model.getOpsetImportList().stream()
                .filter(opset ->
                        opset.getDomain().isEmpty() || opset.getDomain().equals("ai.onnx"))
                .map(OperatorSetIdProto::getVersion)
                .toList();
        if (versions.size() != 1 || versions.get(0) < OLDEST_OPSET || versions.get(0) > NEWEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "one ONNX operator set from " + OLDEST_OPSET + " to " + NEWEST_OPSET,
                    versions.isEmpty() ? "none" : "" + versions,
                    "export it with opset 17");
        }
    }

    private static Weights checkWeights(Path file, ModelProto model) {
        List<TensorProto> tensors = new ArrayList<>();
        Tensors.visit(model, tensors::add);
        Weights weights = Weights.INSIDE;
        for (TensorProto tensor : tensors) {
            if (ExternalData.isExternal(tensor)) {
                weights = Weights.BESIDE;
                checkNumbers(file, tensor, isNanBeside(file, tensor));
            } else {
                checkNumbers(file, tensor, NotANumber.isIn(tensor));
            }
        }
        return weights;
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
