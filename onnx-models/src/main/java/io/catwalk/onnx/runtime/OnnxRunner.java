package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
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
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
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
     * @return the runner, to be closed
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)}
     */
    public static OnnxRunner open(Path file) {
        return open(file, OnnxOptions.standard());
    }

    /**
     * Opens a file. Format, operator set and the location of external data are checked before ONNX Runtime loads it.
     *
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
     * @return the runner, to be closed
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)}; the message names the model {@code model}
     */
    public static OnnxRunner open(byte[] content, OnnxOptions options) {
        return open(ModelFile.of(Path.of("model"), content), options);
    }

    /**
     * Opens a file so that each run returns chosen tensors that its nodes compute, instead of its outputs. ONNX Runtime
     * does not fuse nodes across a tensor that it has to return.
     *
     * @param file an ONNX file, of at most 2 GB with its weights
     * @param tensors names of outputs of nodes
     * @return the runner, to be closed; a run returns these tensors in the order of the nodes, except sequences and types
     *     that Java cannot hold. {@link #outputs} does not know their types and shapes
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions)}, or if no node computes any of
     *     the tensors
     */
    public static OnnxRunner watching(Path file, Set<String> tensors, OnnxOptions options) {
        return watching(ModelFile.read(file), tensors, options);
    }

    /**
     * Opens a model that is held in memory, with all of its weights, as {@link #watching(Path, Set, OnnxOptions)} does.
     *
     * @param content content of an ONNX file; not copied
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
        return opened(ModelFile.of(file, chosen.toByteArray()), options);
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

    private static OnnxRunner open(ModelFile model, OnnxOptions options) {
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
        return opened(model, options);
    }

    /** Opens a file, some of whose outputs may be of types that Java cannot hold. */
    static OnnxRunner opened(ModelFile model, OnnxOptions chosen) {
        OnnxRuntime.require();
        return new OnnxRunner(model, Session.open(model, chosen));
    }

    /** {@return the inputs, in the order of the file} */
    public List<TensorInfo> inputs() {
        return inputs;
    }

    /** {@return the outputs, in the order of the file} */
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
        return run(
                given.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .sorted()
                        .collect(Collectors.joining(", ")),
                "give it sizes that it takes, or export it with dynamic axes",
                (ort, environment) -> run(ort, environment, given));
    }

    /** Uses an open file. */
    interface Run<T> {
        T on(OrtSession session, OrtEnvironment environment) throws OrtException;
    }

    /**
     * Runs the file.
     *
     * @param remedy what to try if ONNX Runtime cannot run the file
     */
    <T> T run(String what, String remedy, Run<T> run) {
        return session.run(what, remedy, run);
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
                    held(result.get(output.name()).orElseThrow())
                            .ifPresent(tensor -> answers.put(output.name(), tensor));
                }
            }
            return Collections.unmodifiableMap(answers);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** Returns what Java can hold: no sequence, and no text. */
    private static Optional<Tensor> held(OnnxValue value) {
        if (!(value instanceof OnnxTensor found)) {
            return Optional.empty();
        }
        TensorType type = TensorType.named(found.getInfo().type.name()); // both have the names of onnx.proto
        boolean none = found.getInfo().getNumElements() == 0;
        return !type.isHeld()
                ? Optional.empty()
                : Optional.of(Tensor.of(
                        type,
                        none ? ByteBuffer.allocate(0) : found.getByteBuffer(),
                        found.getInfo().getShape()));
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        ByteBuffer source = tensor.buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
        direct.put(source).flip();
        return OnnxTensor.createTensor(environment, direct, tensor.shape(), type(tensor.type()));
    }

    static OnnxJavaType type(TensorType type) {
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

    /** Waits for all runs in progress and frees the session; a second call does nothing. */
    @Override
    public void close() {
        close(() -> {});
    }

    /** Frees something else before the session. */
    void close(Runnable first) {
        session.close(first);
    }

    /**
     * Holds what ONNX Runtime has opened, for many runs at once. A class of its own, which is loaded only where ONNX
     * Runtime is on the class path.
     */
    private static final class Session {

        /** How ONNX Runtime says that it does not know an operator, or does not compute it for these types. */
        private static final Pattern LACKING = Pattern.compile(
                "No Op registered for|is not a registered function/op|Could not find an implementation for");

        private final Path file;
        private final OrtEnvironment environment;
        private final SessionOptions options; // must outlive the session
        private final OrtSession session;
        private final ReadWriteLock lifetime = new ReentrantReadWriteLock(); // shared by runs, exclusive to close
        private boolean closed;

        private Session(Path file, OrtEnvironment environment, SessionOptions options, OrtSession session) {
            this.file = file;
            this.environment = environment;
            this.options = options;
            this.session = session;
        }

        static Session open(ModelFile model, OnnxOptions chosen) {
            Path file = model.file();
            OrtEnvironment environment = OnnxRuntime.environment();
            SessionOptions options = new SessionOptions();
            OnnxRuntime.begin();
            try {
                options.setIntraOpNumThreads(chosen.threads());
                options.setOptimizationLevel(level(chosen.optimization()));
                options.setMemoryPatternOptimization(chosen.memoryPattern());
                options.addConfigEntry("session.intra_op.allow_spinning", chosen.spinning() ? "1" : "0");
                // Every failure also arrives as an exception; the copy on the error stream is noise.
                options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                // The bytes that were checked are those that run. Weights beside the file need its path.
                OrtSession session = switch (model.external()) {
                    case INSIDE -> environment.createSession(model.fields().bytes(), options);
                    case BESIDE -> environment.createSession(file.toRealPath().toString(), options);
                };
                return new Session(file, environment, options, session);
            } catch (OrtException e) {
                options.close();
                throw new OnnxFileException(
                        file,
                        "a model that ONNX Runtime accepts",
                        reason(e),
                        LACKING.matcher(reason(e)).find()
                                ? "export it without this operator, or use a build of ONNX Runtime that has it"
                                : "check it with onnx.checker or export it again",
                        e);
            } catch (IOException e) {
                options.close();
                throw new OnnxFileException(
                        file, "a model that is not moved while it opens", e.toString(), "try again", e);
            } catch (RuntimeException | Error e) {
                options.close();
                throw e;
            } finally {
                OnnxRuntime.end();
            }
        }

        private static OptLevel level(OptimizationLevel chosen) {
            return switch (chosen) {
                case NONE -> OptLevel.NO_OPT;
                case BASIC -> OptLevel.BASIC_OPT;
                case EXTENDED -> OptLevel.EXTENDED_OPT;
                case LAYOUT -> OptLevel.LAYOUT_OPT;
                case ALL -> OptLevel.ALL_OPT;
            };
        }

        <T> T run(String what, String remedy, Run<T> run) {
            lifetime.readLock().lock();
            OnnxRuntime.begin();
            try {
                if (closed) {
                    throw new IllegalStateException("the session of " + file + " is closed");
                }
                return run.on(session, environment);
            } catch (OrtException e) {
                throw new OnnxFileException(file, "a model that runs " + what, reason(e), remedy, e);
            } finally {
                OnnxRuntime.end();
                lifetime.readLock().unlock();
            }
        }

        void close(Runnable first) {
            lifetime.writeLock().lock();
            try {
                if (!closed) {
                    closed = true;
                    try {
                        first.run();
                        session.close();
                    } finally {
                        options.close();
                    }
                }
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime did not free the session of " + file, e);
            } finally {
                lifetime.writeLock().unlock();
            }
        }

        private static String reason(OrtException e) {
            String message = String.valueOf(e.getMessage());
            return "\"" + message.replaceFirst("^Error code - \\S+ - message: ", "") + "\"";
        }
    }
}
