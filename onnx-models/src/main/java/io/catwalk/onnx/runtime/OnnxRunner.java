package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs any ONNX file with ONNX Runtime: any number of inputs and outputs, of numbers or booleans, with any number of
 * axes. Safe for use by many threads at once. For image classifiers, {@link OnnxPredictor} is simpler and faster. Does
 * not need DJL; {@link io.catwalk.onnx.DjlTensors} runs it on DJL arrays.
 *
 * <pre>{@code
 * try (OnnxRunner runner = OnnxRunner.open(Path.of("bert.onnx"))) {
 *     Map<String, Tensor> outputs = runner.run(Map.of(
 *             "input_ids", Tensor.of(new long[] {101, 2023, 102}, 1, 3),
 *             "attention_mask", Tensor.of(new long[] {1, 1, 1}, 1, 3)));
 * }
 * }</pre>
 */
public final class OnnxRunner implements AutoCloseable {

    private final Path file;
    private final List<TensorInfo> inputs;
    private final List<TensorInfo> outputs;
    private final SortedMap<String, String> metadata;
    private final Session session;

    private OnnxRunner(ModelFile model, Session session) {
        this.file = model.file();
        this.inputs = model.inputs();
        this.outputs = model.outputs();
        this.metadata = model.metadata();
        this.session = session;
    }

    /**
     * Opens a file with all threads and all optimizations.
     *
     * @param file an ONNX file
     * @return the runner, to be closed
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)}
     */
    public static OnnxRunner open(Path file) {
        return open(file, OnnxOptions.standard());
    }

    /**
     * Opens a file. Format, operator set and the location of external data are checked before ONNX Runtime loads it.
     *
     * @param file an ONNX file
     * @param options how to run it
     * @return the runner, to be closed
     * @throws OnnxFileException if the file is missing, damaged or unsafe, ONNX Runtime does not accept it, or an input
     *     or output holds neither numbers nor booleans
     */
    public static OnnxRunner open(Path file, OnnxOptions options) {
        return open(ModelFile.read(file), options);
    }

    /**
     * Opens a model that is held in memory, with all of its weights.
     *
     * @param content content of an ONNX file; not copied
     * @param options how to run it
     * @return the runner, to be closed
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)}; the message names the model {@code model}
     */
    public static OnnxRunner open(byte[] content, OnnxOptions options) {
        return open(ModelFile.of(Path.of("model"), content), options);
    }

    /**
     * Reads and parses a file, with the checks that {@link #open(Path)} makes before ONNX Runtime loads it.
     *
     * @param file an ONNX file
     * @return the parsed model, including weights that are stored beside it
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or larger than 2 GB with its weights
     */
    public static ModelProto read(Path file) {
        return ModelFile.read(file).whole();
    }

    /**
     * Opens a file so that each run returns chosen tensors that its nodes compute, instead of its outputs. ONNX Runtime
     * does not fuse nodes across a tensor that it has to return.
     *
     * @param file an ONNX file, of at most 2 GB with its weights
     * @param tensors names of outputs of nodes
     * @param options how to run it
     * @return the runner, to be closed; its outputs are these tensors in the order of the nodes, except sequences and
     *     types that Java cannot hold
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)} and {@link #read}, or if no node computes any of
     *     the tensors
     */
    public static OnnxRunner watching(Path file, Set<String> tensors, OnnxOptions options) {
        return watching(ModelFile.read(file), tensors, options);
    }

    /**
     * Opens a model that is held in memory, with all of its weights, as {@link #watching(Path, Set, OnnxOptions)} does.
     *
     * @param content content of an ONNX file; not copied
     * @param tensors names of outputs of nodes
     * @param options how to run it
     * @return the runner, to be closed
     * @throws OnnxFileException as {@link #watching(Path, Set, OnnxOptions)}; the message names the model {@code model}
     */
    public static OnnxRunner watching(byte[] content, Set<String> tensors, OnnxOptions options) {
        return watching(ModelFile.of(Path.of("model"), content), tensors, options);
    }

    private static OnnxRunner watching(ModelFile model, Set<String> tensors, OnnxOptions options) {
        OnnxRuntime.require();
        Path file = model.file();
        ModelProto chosen = withOutputs(model.whole(), tensors);
        if (chosen.getGraph().getOutputCount() == 0) {
            throw new OnnxFileException(
                    file,
                    "a node that computes one of the tensors " + new TreeSet<>(tensors),
                    "none",
                    "choose outputs of its nodes");
        }
        ModelFile watched = ModelFile.of(file, chosen.toByteArray());
        Session session = Session.open(watched, options);
        try {
            List<TensorInfo> given = session.run("", "", (ort, environment) -> outputs(ort, watched));
            return new OnnxRunner(watched.giving(given), session);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Makes tensors the outputs, whose types and shapes ONNX Runtime infers, and removes nodes that they do not need.
     */
    private static ModelProto withOutputs(ModelProto model, Set<String> tensors) {
        List<NodeProto> kept = NodeReads.behind(model.getGraph().getNodeList(), tensors);
        GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput().clearNode();
        for (NodeProto node : kept) {
            node.getOutputList().stream()
                    .filter(tensors::contains)
                    .forEach(output ->
                            graph.addOutput(ValueInfoProto.newBuilder().setName(output)));
        }
        return model.toBuilder().setGraph(graph.addAllNode(kept)).build();
    }

    private static List<TensorInfo> outputs(OrtSession ort, ModelFile model) throws OrtException {
        Map<String, NodeInfo> known = ort.getOutputInfo();
        List<TensorInfo> outputs = new ArrayList<>();
        for (TensorInfo output : model.outputs()) {
            NodeInfo info = known.get(output.name());
            if (info != null && info.getInfo() instanceof ai.onnxruntime.TensorInfo tensor) {
                TensorType type = TensorType.named(tensor.type.name()); // both have the names of onnx.proto
                if (type.isHeld()) {
                    outputs.add(new TensorInfo(output.name(), type, Optional.empty()));
                }
            }
        }
        return outputs;
    }

    private static OnnxRunner open(ModelFile model, OnnxOptions options) {
        OnnxRuntime.require();
        for (TensorInfo value :
                Stream.concat(model.inputs().stream(), model.outputs().stream()).toList()) {
            if (!value.type().isHeld()) {
                throw new OnnxFileException(
                        model.file(),
                        "inputs and outputs of numbers or booleans",
                        value.toString(),
                        "export it without text, sequences, and types that Java cannot hold");
            }
        }
        return new OnnxRunner(model, Session.open(model, options));
    }

    /**
     * Returns the inputs of the file.
     *
     * @return inputs in the order of the file
     */
    public List<TensorInfo> inputs() {
        return inputs;
    }

    /**
     * Returns the outputs of the file.
     *
     * @return outputs in the order of the file
     */
    public List<TensorInfo> outputs() {
        return outputs;
    }

    /**
     * Returns the metadata of the file.
     *
     * @return its metadata, empty if it has none
     * @throws OnnxFileException if an entry of a known key is malformed
     */
    public OnnxMetadata metadata() {
        return OnnxMetadata.of(file, metadata);
    }

    /**
     * Runs the file once.
     *
     * @param given an array for each input, by its name
     * @return an array for each output, by its name, in the order of the file
     * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape than the file
     *     declares
     * @throws IllegalStateException if this runner is closed
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    public Map<String, Tensor> run(Map<String, Tensor> given) {
        requireFit(given);
        return session.run(
                given.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .sorted()
                        .collect(Collectors.joining(", ")),
                "give it sizes that it takes, or export it with dynamic axes",
                (ort, environment) -> run(ort, environment, given));
    }

    private Map<String, Tensor> run(OrtSession ort, OrtEnvironment environment, Map<String, Tensor> given)
            throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Map.Entry<String, Tensor> each : given.entrySet()) {
                tensors.put(each.getKey(), tensor(environment, each.getValue()));
            }
            Map<String, Tensor> answers = new LinkedHashMap<>();
            try (Result result = ort.run(tensors)) {
                for (TensorInfo output : outputs) {
                    OnnxTensor found = (OnnxTensor) result.get(output.name()).orElseThrow();
                    ByteBuffer data =
                            found.getInfo().getNumElements() == 0 ? ByteBuffer.allocate(0) : found.getByteBuffer();
                    answers.put(
                            output.name(),
                            Tensor.of(output.type(), data, found.getInfo().getShape()));
                }
            }
            return Collections.unmodifiableMap(answers);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        ByteBuffer source = tensor.buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
        direct.put(source).flip();
        return OnnxTensor.createTensor(environment, direct, tensor.shape(), type(tensor.type()));
    }

    private static OnnxJavaType type(TensorType type) {
        return OnnxJavaType.valueOf(type.name()); // both have the names of onnx.proto
    }

    /**
     * Checks that arrays fit the inputs of the file, as {@link #run(Map)} does first.
     *
     * @param given an array for each input, by its name
     * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape than the file
     *     declares
     */
    public void requireFit(Map<String, Tensor> given) {
        List<String> expected = inputs.stream().map(TensorInfo::name).toList();
        if (!given.keySet().equals(Set.copyOf(expected))) {
            throw new IllegalArgumentException("expected " + TensorInfo.listed(inputs) + ", found "
                    + (given.isEmpty() ? "none" : String.join(", ", new TreeSet<>(given.keySet()))));
        }
        for (TensorInfo info : inputs) {
            Tensor tensor = Objects.requireNonNull(given.get(info.name()));
            boolean fits = info.axes().map(axes -> fits(axes, tensor.shape())).orElse(true);
            if (tensor.type() != info.type() || !fits) {
                throw new IllegalArgumentException("expected " + info + ", found " + tensor);
            }
        }
    }

    private static boolean fits(List<Axis> axes, long[] shape) {
        if (axes.size() != shape.length) {
            return false;
        }
        for (int i = 0; i < shape.length; i++) {
            if (!axes.get(i).isOpen() && axes.get(i).size() != shape[i]) {
                return false;
            }
        }
        return true;
    }

    /** Waits for all runs in progress and frees all native memory; a second call does nothing. */
    @Override
    public void close() {
        session.close();
    }
}
