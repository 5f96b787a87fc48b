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
 * Holds an ONNX file that was read once and checked before ONNX Runtime loads it.
 *
 * @param file path of the file
 * @param fields its bytes
 * @param content the same, parsed
 * @param inputs inputs that a run needs
 * @param outputs outputs that a run returns
 * @param metadata metadata of the file
 * @param external whether weights are stored in files beside it
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

    /** Returns the content including the weights that are stored beside it, for code that inspects the graph. */
    ModelProto whole() {
        if (external == Weights.INSIDE) {
            return content;
        }
        long beside = weightsBeside();
        if (beside + fields.bytes().length > Integer.MAX_VALUE) {
            throw new OnnxFileException(
                    file,
                    "a model that can be inspected, at most 2 GB with its weights",
                    beside + " bytes of weights beside it",
                    "run it instead");
        }
        GraphProto.Builder graph = content.getGraph().toBuilder().clearInitializer();
        content.getGraph()
                .getInitializerList()
                .forEach(tensor -> graph.addInitializer(ExternalData.inside(file, tensor)));
        ModelProto whole = content.toBuilder().setGraph(graph).build();
        if (checkWeights(file, whole) == Weights.BESIDE) {
            throw new OnnxFileException(
                    file,
                    "external weights in its main graph only",
                    "some in nodes or subgraphs",
                    "store them inside (in Python: onnx.save(onnx.load(file), other))");
        }
        return whole;
    }

    /** Returns the size of the weights beside the file, in bytes. */
    private long weightsBeside() {
        return content.getGraph().getInitializerList().stream()
                .filter(ExternalData::isExternal)
                .mapToLong(tensor -> ExternalData.of(file, tensor).length())
                .sum();
    }

    static ModelFile read(Path file) {
        return of(file, ModelFields.read(file));
    }

    /**
     * Reads a model that is held in memory.
     *
     * @throws OnnxFileException if it has weights in other files: a model in memory has no folder
     */
    static ModelFile of(Path name, byte[] content) {
        ModelFields fields = ModelFields.of(name, content);
        Tensors.visit(fields.model(), tensor -> {
            if (ExternalData.isExternal(tensor)) {
                throw new OnnxFileException(
                        name,
                        "a model in memory with its weights inside",
                        Tensors.name(tensor) + " in the file " + ExternalData.location(tensor),
                        "open its file instead");
            }
        });
        return of(name, fields);
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

    /** Lists the inputs that a run needs, without the weights, which a file of IR version 3 lists as inputs, too. */
    static List<TensorInfo> inputs(GraphProto graph) {
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
        if (versions.isEmpty() && usesOthersOnly(model)) {
            return;
        }
        if (versions.size() != 1 || versions.get(0) < OLDEST_OPSET || versions.get(0) > NEWEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "one ONNX operator set from " + OLDEST_OPSET + " to " + NEWEST_OPSET,
                    versions.isEmpty() ? "none" : "" + versions,
                    "export it with opset 17");
        }
    }

    /** Tells whether every node is of another operator set, as in a file of decision trees alone. */
    private static boolean usesOthersOnly(ModelProto model) {
        return model.getOpsetImportCount() > 0
                && model.getGraph().getNodeList().stream()
                        .noneMatch(node ->
                                node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"));
    }

    /** Tells where the weights are, and rejects weights outside the folder of the model. */
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
