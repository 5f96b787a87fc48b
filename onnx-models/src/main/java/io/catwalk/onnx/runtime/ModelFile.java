package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Holds an ONNX file that was read once and found fit to run, before an engine saw it.
 *
 * @param file where it is
 * @param fields its bytes
 * @param content the same, parsed
 * @param inputs what a run has to give
 * @param outputs what a run gives
 * @param metadata what it says about itself
 * @param external whether weights lie in files beside it
 */
record ModelFile(
        Path file,
        ModelFields fields,
        ModelProto content,
        List<TensorInfo> inputs,
        List<TensorInfo> outputs,
        SortedMap<String, String> metadata,
        Weights external) {

    /** Smallest operator set that ONNX Runtime promises to run (its documentation, "Compatibility"). */
    static final long OLDEST_OPSET = 7;

    /** Largest operator set that ONNX Runtime 1.29 accepts. */
    static final long NEWEST_OPSET = 26;

    /** Says where the weights are. */
    enum Weights {
        INSIDE,
        BESIDE
    }

    /** Replaces what a run gives. */
    ModelFile giving(List<TensorInfo> newOutputs) {
        return new ModelFile(file, fields, content, inputs, newOutputs, metadata, external);
    }

    static ModelFile read(Path file) {
        return of(file, ModelFields.read(file));
    }

    static ModelFile of(Path name, byte[] content) {
        return of(name, ModelFields.of(name, content));
    }

    private static ModelFile of(Path file, ModelFields fields) {
        ModelProto model = fields.model();
        checkOpset(file, model);
        return new ModelFile(
                file,
                fields,
                model,
                inputs(model.getGraph()),
                outputs(model.getGraph()),
                fields.metadata(),
                checkWeights(file, model));
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

    /** Finds weights beside the model, and refuses those outside its folder. */
    private static Weights checkWeights(Path file, ModelProto model) {
        List<TensorProto> external = new ArrayList<>();
        Tensors.visit(model, tensor -> {
            if (ExternalData.isExternal(tensor)) {
                external.add(tensor);
            }
        });
        external.forEach(tensor -> ExternalData.of(file, tensor));
        return external.isEmpty() ? Weights.INSIDE : Weights.BESIDE;
    }
}
