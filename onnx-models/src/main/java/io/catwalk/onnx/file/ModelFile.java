package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import io.catwalk.onnx.runtime.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Holds an ONNX file that was read once and checked before ONNX Runtime loads it.
 *
 * @param fields its bytes
 * @param inputs inputs that a run needs
 * @param outputs outputs that a run returns
 * @param external whether weights are stored in files beside it
 */
public record ModelFile(
        Path file,
        ModelFields fields,
        ModelProto content,
        List<TensorInfo> inputs,
        List<TensorInfo> outputs,
        SortedMap<String, String> metadata,
        Weights external) {

    /** Smallest operator set that ONNX Runtime promises to run (its documentation, "Compatibility"). */
    public static final long OLDEST_OPSET = 7;

    /** Largest operator set that ONNX Runtime 1.29 accepts. */
    public static final long NEWEST_OPSET = 26;

    private static final Set<String> ROUNDING = Set.of("Cast", "QuantizeLinear", "DequantizeLinear");

    /** Says where the weights are. */
    public enum Weights {
        INSIDE,
        BESIDE
    }

    /**
     * Returns the content including the weights that are stored beside it, for code that inspects the graph.
     *
     * @throws OnnxFileException if it is larger than 2 GB with its weights
     */
    public ModelProto whole() {
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

    /**
     * Reads a file.
     *
     * @throws OnnxFileException if it is missing, damaged or unsafe
     */
    public static ModelFile read(Path file) {
        return of(file, ModelFields.read(file));
    }

    /**
     * Parses a model that is held in memory.
     *
     * @throws OnnxFileException as {@link #of}; the message names the model {@code model}
     */
    public static ModelProto parsed(byte[] content) {
        return of(Path.of("model"), content).content();
    }

    /**
     * Reads a model that is held in memory.
     *
     * @throws OnnxFileException if it has weights in other files: a model in memory has no folder
     */
    public static ModelFile of(Path name, byte[] content) {
        ModelFields fields = ModelFields.of(name, content);
        visit(fields.model(), TensorProto.class, tensor -> {
            if (ExternalData.isExternal(tensor)) {
                throw new OnnxFileException(
                        name,
                        "a model in memory with its weights inside",
                        OnnxWeights.name(tensor) + " in the file " + ExternalData.location(tensor),
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
                model.getGraph().getOutputList().stream().map(ModelFile::info).toList(),
                fields.metadata(),
                checkWeights(file, model));
    }

    /** Lists the inputs that a run needs, without the weights, which a file of IR version 3 lists as inputs, too. */
    public static List<TensorInfo> inputs(GraphProto graph) {
        Map<String, TensorProto> weights = graph.getInitializerList().stream()
                .collect(Collectors.toMap(TensorProto::getName, Function.identity(), (first, again) -> first));
        return graph.getInputList().stream()
                .filter(value -> !weights.containsKey(value.getName()))
                .map(value -> known(info(value), graph, weights))
                .toList();
    }

    /** Takes channels that a file leaves open, as Hugging Face's exporter does, from the convolution that reads them. */
    private static TensorInfo known(TensorInfo input, GraphProto graph, Map<String, TensorProto> weights) {
        List<Axis> axes = new ArrayList<>(input.axes().orElse(List.of()));
        if (axes.size() < 2 || !axes.get(1).isOpen()) {
            return input;
        }
        Map<String, String> origins = new HashMap<>(); // of what is passed on; others are their own
        for (NodeProto node : graph.getNodeList()) {
            List<String> read = new ArrayList<>(node.getInputList());
            read.replaceAll(name -> origins.getOrDefault(name, name));
            TensorProto kernel = read.size() < 2 ? null : weights.get(read.get(1));
            if (ROUNDING.contains(node.getOpType()) && !read.isEmpty() && node.getOutputCount() > 0) {
                origins.put(node.getOutput(0), read.get(0));
            } else if (kernel != null
                    && Protos.is(node, "Conv")
                    && read.get(0).equals(input.name())
                    && kernel.getDimsCount() > 1) {
                axes.set(1, new Axis(kernel.getDims(1) * Protos.number(node, "group", 1), ""));
                return new TensorInfo(input.name(), input.type(), Optional.of(axes));
            }
        }
        return input;
    }

    /** Reads the metadata of a parsed model. */
    public static SortedMap<String, String> metadata(ModelProto model) {
        SortedMap<String, String> entries = new TreeMap<>();
        model.getMetadataPropsList().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private static void checkOpset(Path file, ModelProto model) {
        List<Long> versions = model.getOpsetImportList().stream()
                .filter(opset -> Protos.isOnnx(opset.getDomain()))
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
                && model.getGraph().getNodeList().stream().noneMatch(node -> Protos.isOnnx(node.getDomain()));
    }

    /** Tells where the weights are, and rejects weights outside the folder of the model. */
    private static Weights checkWeights(Path file, ModelProto model) {
        List<TensorProto> external = new ArrayList<>();
        visit(model, TensorProto.class, tensor -> {
            if (ExternalData.isExternal(tensor)) {
                external.add(tensor);
            }
        });
        external.forEach(tensor -> ExternalData.of(file, tensor));
        return external.isEmpty() ? Weights.INSIDE : Weights.BESIDE;
    }

    /** Reads what a file declares of an input or output of its graph. */
    public static TensorInfo info(ValueInfoProto value) {
        TypeProto.Tensor tensor = value.getType().getTensorType();
        return new TensorInfo(
                value.getName(),
                isTensor(value) ? TensorType.of(tensor.getElemType()) : TensorType.OTHER,
                isTensor(value) && tensor.hasShape()
                        ? Optional.of(tensor.getShape().getDimList().stream()
                                .map(ModelFile::axis)
                                .toList())
                        : Optional.empty());
    }

    private static boolean isTensor(ValueInfoProto value) {
        return value.getType().getValueCase() == TypeProto.ValueCase.TENSOR_TYPE;
    }

    private static Axis axis(Dimension dimension) {
        return switch (dimension.getValueCase()) {
            case DIM_VALUE -> new Axis(dimension.getDimValue(), "");
            case DIM_PARAM -> new Axis(Axis.OPEN, dimension.getDimParam());
            case VALUE_NOT_SET -> new Axis(Axis.OPEN, "");
        };
    }

    /**
     * Checks the weights.
     *
     * @throws OnnxFileException if one is NaN
     */
    public void requireNumbers() {
        visit(content, TensorProto.class, this::requireNumbers);
    }

    private void requireNumbers(TensorProto tensor) {
        TensorType type = TensorType.of(tensor.getDataType());
        if (type.isReal() && isNanIn(tensor, type)) {
            throw new OnnxFileException(
                    file,
                    "numbers as weights",
                    "NaN in " + OnnxWeights.name(tensor),
                    "train again with a lower learning rate and export the result");
        }
    }

    private boolean isNanIn(TensorProto tensor, TensorType type) {
        if (!ExternalData.isExternal(tensor)) {
            return OnnxWeights.isNanIn(type, tensor.getRawData().asReadOnlyByteBuffer())
                    || tensor.getFloatDataList().stream().anyMatch(value -> value.isNaN())
                    || tensor.getDoubleDataList().stream().anyMatch(value -> value.isNaN())
                    || tensor.getInt32DataList().stream()
                            .anyMatch(bits -> OnnxWeights.isNan(type, bits)); // of numbers of 16 bits
        }
        ExternalData data = ExternalData.of(file, tensor);
        try {
            return data.anyMatch(some -> OnnxWeights.isNanIn(type, some));
        } catch (IOException e) {
            throw new OnnxFileException(
                    file, "readable weights in " + data.file(), e.toString(), "check the rights of that file", e);
        }
    }

    /** Returns the names of the operators, sorted, including those in the graphs inside loops and conditions. */
    public SortedSet<String> operators() {
        SortedSet<String> names = new TreeSet<>();
        visit(content.getGraph(), NodeProto.class, node -> names.add(node.getOpType()));
        return Collections.unmodifiableSortedSet(names);
    }

    /**
     * Visits every message of a type, such as each tensor: in initializers, constants, subgraphs, functions and sparse
     * tensors. Follows the message descriptors, so that no part of the format is missed.
     */
    private static <T extends Message> void visit(Message message, Class<T> type, Consumer<? super T> visitor) {
        if (type.isInstance(message)) {
            visitor.accept(type.cast(message));
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() == JavaType.MESSAGE) {
                List<?> values = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
                values.forEach(value -> visit((Message) value, type, visitor));
            }
        }
    }
}
