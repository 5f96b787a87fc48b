package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.platform.Fp16Conversions;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a classifier in an ONNX file with ONNX Runtime. Safe for use by many threads at once.
 *
 * <p>Images are passed as (count, channels, height, width), whatever layout the file has: for a file with channels last
 * they are reordered ({@link Layout}). All images of a call run as one batch, or as batches of
 * {@link OnnxOptions#batch()}. For a file with a fixed batch size, images run in batches of that size; the last batch
 * is padded with zeros, and the logits of the padding are dropped. For a file that takes uint8 pixels, normalized
 * images are converted back to pixels with the preprocessing in its metadata; without that metadata, the images must be
 * pixels from 0 to 255.
 *
 * <p>Native memory is kept and reused: as much as the largest batch needs, for each call that ran at the same time.
 */
public final class OnnxPredictor implements Predictor {

    private final Signature signature;
    private final int rank; // of the output: 2, or more with trailing axes of size 1
    private final Scores scores;
    private final OnnxMetadata metadata;
    private final SortedSet<String> operators;
    private final Pixels pixels;
    private final int mostTogether;
    private final OnnxRunner runner;
    private final Deque<IoBuffers> idle = new ConcurrentLinkedDeque<>();

    private OnnxPredictor(ModelFile model, OnnxMetadata metadata, OnnxHints hints, OnnxOptions options) {
        this.signature = Signature.of(model, metadata, hints);
        GraphProto graph = model.content().getGraph();
        this.rank = model.outputs().stream()
                .filter(output -> output.name().equals(signature.output()))
                .mapToInt(TensorInfo::rank)
                .sum();
        this.scores = Scores.of(
                graph.getNodeList(),
                graph.getInitializerList(),
                signature.output(),
                rank,
                model.content().getFunctionsList());
        this.metadata = metadata;
        this.operators = model.operators();
        this.pixels = new Pixels(signature, metadata.preprocessing());
        this.mostTogether = options.batch() == OnnxOptions.WHOLE_CALL ? Integer.MAX_VALUE : options.batch();
        this.runner = OnnxRunner.opened(model, options);
    }

    /**
     * Opens a file with all threads and all optimizations.
     *
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier
     */
    public static OnnxPredictor open(Path file) {
        return open(file, OnnxOptions.standard());
    }

    /**
     * Opens a file that needs no {@link OnnxHints}.
     *
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier
     */
    public static OnnxPredictor open(Path file, OnnxOptions options) {
        return open(file, options, OnnxHints.none());
    }

    /**
     * Opens a file. The whole file is checked before ONNX Runtime loads it: format, operator set, one image input, one
     * output of logits, no NaN among the weights, no external data outside the file's folder.
     *
     * @param hints what the file leaves open: its output, the size and the layout of its images
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier
     */
    public static OnnxPredictor open(Path file, OnnxOptions options, OnnxHints hints) {
        return open(ModelFile.read(file), options, hints);
    }

    /**
     * Opens a model that is held in memory, with all of its weights.
     *
     * @param content content of an ONNX file; not copied
     * @return the predictor, to be closed
     * @throws OnnxFileException as {@link #open(Path, OnnxOptions, OnnxHints)}; the message names the model
     *     {@code model}
     */
    public static OnnxPredictor open(byte[] content, OnnxOptions options, OnnxHints hints) {
        return open(ModelFile.of(Path.of("model"), content), options, hints);
    }

    private static OnnxPredictor open(ModelFile model, OnnxOptions options, OnnxHints hints) {
        return new OnnxPredictor(model, OnnxMetadata.of(model.file(), model.metadata()), hints, options);
    }

    /** {@return the input and the output of the file: names, types and sizes} */
    public Signature signature() {
        return signature;
    }

    /**
     * Tells whether {@link #logits} returns logits or probabilities: a file from another program may end with a softmax or
     * a sigmoid.
     */
    public Scores scores() {
        return scores;
    }

    /** {@return the metadata of the file; empty if it has none} */
    public OnnxMetadata metadata() {
        return metadata;
    }

    /**
     * {@return the operators in the file, all of which a runtime must support: names such as {@code Conv}, sorted,
     * including those inside loops and conditions}
     */
    public SortedSet<String> operators() {
        return operators;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code images} does not hold exactly {@code count} images
     * @throws IllegalStateException if this predictor is closed
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    @Override
    public float[] logits(float[] images, int count) {
        return logits(images.length, count, (from, length, end, to) -> pixels.write(images, from, length, end, to));
    }

    /**
     * Computes the logits of raw pixels, as they come from an image file or a camera. They are normalized as the
     * metadata says while they are copied to native memory; a model that normalizes them itself gets them unchanged.
     *
     * @param images unsigned pixels, (count, channels, height, width), row-major
     * @param count number of images; at least 1
     * @return logits, (count, classes), row-major
     * @throws IllegalArgumentException if {@code images} does not hold exactly {@code count} images
     * @throws IllegalStateException if the file does not say how pixels are normalized, or this predictor is closed
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    public float[] logits(byte[] images, int count) {
        return logits(images.length, count, (from, length, end, to) -> pixels.write(images, from, length, end, to));
    }

    /**
     * {@return whether the file takes the bytes of images of any size, and resizes them itself, so that {@link
     * #logits(byte[], int, int, int)} can be called}
     */
    public boolean resizes() {
        return metadata.get(MetadataKeys.RESIZES).isPresent();
    }

    /**
     * Computes the logits of a decoded image of any size, with a file that resizes images itself.
     *
     * @param image unsigned pixels, (height, width, channels), row-major
     * @param height rows, in pixels
     * @param width columns, in pixels
     * @param channels 1 for gray, 3 for red, green, blue
     * @return one logit per class
     * @throws IllegalArgumentException if {@code image} has another length
     * @throws IllegalStateException if the file takes images of one size, or this predictor is closed
     * @throws OnnxFileException if the file refuses the image: a side is 0 or larger than its metadata says
     */
    public float[] logits(byte[] image, int height, int width, int channels) {
        if (!resizes()) {
            throw new IllegalStateException("expected a file that resizes images itself, found one for images of "
                    + signature.height() + " x " + signature.width());
        }
        Tensor bytes = Tensor.of(TensorType.UINT8, ByteBuffer.wrap(image), 1, height, width, channels);
        Tensor answer = Objects.requireNonNull(
                runner.run(Map.of(signature.input(), bytes)).get(signature.output()));
        double[] numbers = answer.toDoubles();
        float[] logits = new float[numbers.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) numbers[i];
        }
        return logits;
    }

    /**
     * Converts images to the input of the file, for callers that run it in another way.
     *
     * @param images normalized pixels, (count, channels, height, width), row-major
     * @param count number of images; at least 1, and equal to the batch size if the file has a fixed one
     * @return the input by its name, in the type and the layout of the file
     * @throws IllegalArgumentException if {@code images} does not hold {@code count} images, or the file has another
     *     fixed batch size
     */
    public Map<String, Tensor> input(float[] images, int count) {
        requireImages(images.length, count);
        if (signature.batch() != Signature.ANY_BATCH && signature.batch() != count) {
            throw new IllegalArgumentException(
                    "expected " + signature.batch() + " image(s), the batch size of the file, found " + count);
        }
        ByteBuffer input = ByteBuffer.allocate(
                        Math.multiplyExact(images.length, pixels.type().bytes()))
                .order(ByteOrder.nativeOrder());
        pixels.write(images, 0, images.length, images.length, input);
        return Map.of(
                signature.input(),
                Tensor.of(pixels.type(), input, signature.images().shape(count)));
    }

    private float[] logits(int numbers, int count, IoBuffers.Images images) {
        requireImages(numbers, count);
        return runner.run(
                "a batch of " + count,
                "export it with a dynamic batch",
                (ort, environment) -> run(ort, environment, images, count));
    }

    private void requireImages(int numbers, int count) {
        if (count < 1 || numbers != (long) count * signature.imageSize()) {
            throw new IllegalArgumentException("expected " + count + " image(s), at least 1, of " + signature.channels()
                    + " x " + signature.height() + " x " + signature.width() + " numbers, found " + numbers
                    + " numbers");
        }
    }

    private float[] run(OrtSession ort, OrtEnvironment environment, IoBuffers.Images images, int count)
            throws OrtException {
        boolean open = signature.batch() == Signature.ANY_BATCH;
        int batch = open ? Math.min(count, mostTogether) : signature.batch();
        float[] logits = new float[Math.multiplyExact(count, signature.classes())];
        IoBuffers buffers = take(environment, batch);
        try {
            for (int first = 0; first < count; first += batch) {
                int some = Math.min(batch, count - first);
                buffers.run(ort, images, logits, first, some, open ? some : batch);
            }
        } finally {
            idle.push(buffers);
        }
        return logits;
    }

    /** Takes idle buffers, or makes new ones if there are none of this size. */
    private IoBuffers take(OrtEnvironment environment, int batch) {
        IoBuffers buffers = idle.poll();
        if (buffers != null && buffers.capacity() >= batch) {
            return buffers;
        }
        if (buffers != null) {
            buffers.close();
        }
        return new IoBuffers(environment, batch);
    }

    /** Waits for all runs in progress and frees all native memory; a second call does nothing. */
    @Override
    public void close() {
        runner.close(() -> {
            idle.forEach(IoBuffers::close);
            idle.clear(); // the memory of buffers is freed once nothing refers to it
        });
    }

    /**
     * Holds the native memory of one run at a time: direct buffers for a limited number of images, and tensors that are
     * views of them. Only one thread may use them at a time.
     */
    private final class IoBuffers implements AutoCloseable {

        private final OrtEnvironment environment;
        private final int capacity;
        private final ByteBuffer input;
        private final ByteBuffer output;
        private @Nullable Binding binding;

        /** Tensors for one batch size, in the maps that a run takes. */
        private record Binding(int count, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
            void close() {
                inputs.values().forEach(OnnxTensor::close);
                outputs.values().forEach(OnnxTensor::close);
            }
        }

        IoBuffers(OrtEnvironment environment, int capacity) {
            this.environment = environment;
            this.capacity = capacity;
            input = direct(
                    (long) capacity * signature.imageSize() * pixels.type().bytes());
            output = direct(
                    (long) capacity * signature.classes() * signature.scores().bytes());
        }

        int capacity() {
            return capacity;
        }

        /** Writes some images to the beginning of a batch. */
        interface Images {
            void write(int from, int length, int end, ByteBuffer input);
        }

        /**
         * Computes the logits of {@code count} images in one run of {@code batch} images; the rest of the batch is zero.
         */
        void run(OrtSession session, Images images, float[] logits, int first, int count, int batch)
                throws OrtException {
            Binding tensors = bind(batch);
            int size = signature.imageSize();
            images.write(first * size, count * size, batch * size, input);
            session.run(tensors.inputs(), Set.of(), tensors.outputs()).close(); // the tensors are kept
            int from = first * signature.classes();
            int length = count * signature.classes();
            if (signature.scores() == TensorType.FLOAT) {
                output.asFloatBuffer().get(0, logits, from, length);
            } else {
                for (int i = 0; i < length; i++) {
                    logits[from + i] = Fp16Conversions.fp16ToFloat(output.getShort(i * Short.BYTES));
                }
            }
        }

        private Binding bind(int count) throws OrtException {
            if (binding != null && binding.count() == count) {
                return binding;
            }
            close();
            ByteBuffer imageBytes = input.slice(
                            0, count * signature.imageSize() * pixels.type().bytes())
                    .order(ByteOrder.nativeOrder());
            OnnxTensor images = OnnxTensor.createTensor(
                    environment, imageBytes, signature.images().shape(count), OnnxRunner.type(pixels.type()));
            long[] shape = LongStream.concat(LongStream.of(count, signature.classes()), LongStream.generate(() -> 1))
                    .limit(rank)
                    .toArray();
            try {
                OnnxTensor logits = OnnxTensor.createTensor(
                        environment,
                        output.slice(
                                        0,
                                        count
                                                * signature.classes()
                                                * signature.scores().bytes())
                                .order(ByteOrder.nativeOrder()),
                        shape,
                        OnnxRunner.type(signature.scores()));
                binding = new Binding(count, Map.of(signature.input(), images), Map.of(signature.output(), logits));
                return binding;
            } catch (OrtException | RuntimeException e) {
                images.close();
                throw e;
            }
        }

        private static ByteBuffer direct(long bytes) {
            if (bytes > Integer.MAX_VALUE - Long.BYTES) {
                throw new IllegalArgumentException(
                        "a batch must be below 2 GiB, but has " + bytes + " bytes; use a smaller one");
            }
            return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        public void close() {
            if (binding != null) {
                binding.close();
                binding = null;
            }
        }
    }

    /** Says which kind of numbers a classifier returns for each class. */
    public enum Scores {
        /** Any real numbers; their softmax gives probabilities. */
        LOGITS,
        /** Probabilities of classes of which one is right, which sum to 1: the graph ends with a softmax. */
        PROBABILITIES,
        /** A probability of each class by itself: the graph ends with a sigmoid. They need not sum to 1. */
        INDEPENDENT;

        /** Operators that leave each number as it is, or round it, and leave the axes. */
        private static final Set<String> KEEPING =
                Set.of("Identity Cast Dropout Clip QuantizeLinear DequantizeLinear".split(" ", -1));

        /** Operators that leave each number as it is, but may change the axes. */
        private static final Set<String> RESHAPING = Set.of("Reshape Flatten Squeeze Unsqueeze".split(" ", -1));

        /** Attribute of the classifiers of scikit-learn. */
        private static final String TRANSFORM = "post_transform";

        /** Operators and values of that attribute. */
        private static final Set<String> NOT_NEGATIVE =
                Set.of("Exp Sigmoid HardSigmoid Softmax Softplus Relu SOFTMAX LOGISTIC".split(" ", -1));

        /**
         * Determines the kind from the operators that compute a value of a graph or a function.
         *
         * @param rank number of its axes; 0 if that is not known
         */
        static Scores of(
                List<NodeProto> nodes,
                List<TensorProto> weights,
                String value,
                int rank,
                List<FunctionProto> functions) {
            Makers makers = Makers.of(nodes, weights);
            String made = makers.origin(value);
            int ownRank = made.equals(makers.origin(value, KEEPING::contains)) ? rank : 0;
            NodeProto maker = makers.of(made);
            int place = maker.getOutputList().indexOf(made);
            for (FunctionProto one : functions) {
                boolean called = one.getName().equals(maker.getOpType())
                        && one.getDomain().equals(maker.getDomain());
                if (called && place < one.getOutputCount()) {
                    List<FunctionProto> others = functions.stream()
                            .filter(other -> !other.equals(one))
                            .toList();
                    return of(one.getNodeList(), List.of(), one.getOutput(place), ownRank, others);
                }
            }
            NodeProto read = makers.of(maker, 0);
            boolean shares = switch (maker.getOpType()) {
                case "Softmax", "QLinearSoftmax" -> isOverClasses(maker, ownRank);
                case "Exp" -> read.getOpType().equals("LogSoftmax") && isOverClasses(read, ownRank);
                case "Div" -> makers.isShare(maker, ownRank);
                case "Normalizer" -> text(maker, "norm").equals("L1") && isNotNegative(read);
                default -> text(maker, TRANSFORM).startsWith("SOFTMAX");
            };
            boolean single = maker.getOpType().endsWith("Sigmoid")
                    || text(maker, TRANSFORM).equals("LOGISTIC");
            return shares ? PROBABILITIES : single ? INDEPENDENT : LOGITS;
        }

        private static boolean isNotNegative(NodeProto maker) {
            return NOT_NEGATIVE.contains(maker.getOpType()) || NOT_NEGATIVE.contains(text(maker, TRANSFORM));
        }

        private static String text(NodeProto node, String attribute) {
            return Protos.attribute(node, attribute)
                    .map(of -> of.getS().toStringUtf8())
                    .orElse("");
        }

        /** Tells whether the numbers of an image are taken together, which is so if an operator names no axis. */
        private static boolean isOverClasses(NodeProto operator, int rank) {
            return Protos.attribute(operator, "axis")
                    .map(axis -> isClasses(axis.getI(), rank))
                    .orElse(true);
        }

        private static boolean isClasses(long axis, int rank) {
            return rank == 0 || Math.floorMod(axis, rank) == 1;
        }

        /** The operators that compute the values of a graph, and its constants. */
        private record Makers(Map<String, NodeProto> nodes, Map<String, TensorProto> constants) {

            static Makers of(List<NodeProto> nodes, List<TensorProto> weights) {
                Makers makers = new Makers(new HashMap<>(), new HashMap<>());
                weights.forEach(weight -> makers.constants.put(weight.getName(), weight));
                for (NodeProto node : nodes) {
                    node.getOutputList().forEach(made -> makers.nodes.put(made, node));
                    Protos.attribute(node, "value")
                            .filter(constant -> constant.hasT() && node.getOutputCount() > 0)
                            .ifPresent(constant -> makers.constants.put(node.getOutput(0), constant.getT()));
                }
                return makers;
            }

            NodeProto of(String value) {
                return nodes.getOrDefault(value, NodeProto.getDefaultInstance());
            }

            NodeProto of(NodeProto reader, int input) {
                return of(origin(reader, input));
            }

            /** Returns the value whose numbers an operator reads, and an empty name if it has no such input. */
            private String origin(NodeProto reader, int input) {
                return input < reader.getInputCount() ? origin(reader.getInput(input)) : "";
            }

            /** Returns the value that others pass on as this one. */
            String origin(String value) {
                return origin(value, operator -> KEEPING.contains(operator) || RESHAPING.contains(operator));
            }

            /** The same through some operators. A cycle in a damaged graph ends the search. */
            String origin(String value, Predicate<String> passing) {
                Set<String> seen = new HashSet<>();
                String made = value;
                while (passing.test(of(made).getOpType()) && of(made).getInputCount() > 0 && seen.add(made)) {
                    made = of(made).getInput(0);
                }
                return made;
            }

            /** Tells whether a quotient is that of numbers and their sum over the classes: a softmax that is written out. */
            boolean isShare(NodeProto quotient, int rank) {
                NodeProto sum = of(quotient, 1);
                return isNotNegative(of(quotient, 0))
                        && sum.getOpType().equals("ReduceSum")
                        && origin(sum, 0).equals(origin(quotient, 0))
                        && axes(sum).size() == 1
                        && isClasses(axes(sum).get(0), rank);
            }

            /** Returns the axes of a reduction: an attribute, and an input since opset 13. */
            private List<Long> axes(NodeProto reduction) {
                TensorProto input = reduction.getInputCount() < 2 ? null : constants.get(reduction.getInput(1));
                return input == null
                        ? Protos.attribute(reduction, "axes")
                                .map(AttributeProto::getIntsList)
                                .orElse(List.of())
                        : DoubleStream.of(OnnxWeights.of(input).toDoubles())
                                .mapToObj(axis -> (long) axis)
                                .toList();
            }
        }
    }
}
