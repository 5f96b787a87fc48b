package io.catwalk.onnx.compose;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.ImageInput;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pretrained network in an ONNX file, cut after a tensor whose numbers serve as features of an image. A classifier
 * that was trained on the features, its head, can be merged with it into one file. Immutable; the "with" methods return
 * changed copies.
 *
 * <pre>{@code
 * Backbone backbone = Backbone.open(Path.of("resnet18.onnx"), OnnxHints.none());
 * byte[] features = backbone.features(); // images to (batch, 512)
 * byte[] classifier = backbone.merged(head, Map.of()); // images to logits
 * }</pre>
 */
public final class Backbone {

    /** Name of the output of {@link #features}. */
    public static final String FEATURES = "features";

    private static final long OLDEST_OPSET = 11;
    private static final long NEWEST_OPSET = 21;
    private static final int OLDEST_EXPORTED = 13;
    private static final long AXES_AS_INPUT_SINCE = 18; // ReduceMean
    private static final long WEIGHTS_ARE_NO_INPUTS_SINCE = 4; // IR version
    private static final int PROBED = 2;
    private static final int NEAR = 5;
    private static final String PREFIX = "backbone/";
    private static final String HEAD = "head/";
    private static final OnnxOptions OPTIONS = OnnxOptions.standard();

    /** Operators after a linear layer that leave it the last one. */
    private static final Set<String> PASSING = Set.of(
            "Add", "Cast", "Dropout", "Flatten", "Identity", "LogSoftmax", "Reshape", "Sigmoid", "Softmax", "Squeeze");

    /**
     * Operators whose definition for floats is the same in the opsets 11, 12 and 13 (onnx/docs/Changelog.md); a head of
     * opset 13 with these alone is one of opset 11, too.
     */
    private static final Set<String> SAME_SINCE_11 =
            Set.of(("Add AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Elu Erf Exp "
                            + "Flatten Gather Gemm GlobalAveragePool HardSigmoid Identity LeakyRelu Log MatMul MaxPool "
                            + "Mul Neg PRelu Pow ReduceMean Relu Reshape Selu Shape Sigmoid Slice Softplus Sqrt Sub "
                            + "Tanh Transpose")
                    .split(" "));

    private final Path file;
    private final ModelProto model;
    private final ImageInput images;
    private final String output;
    private final TensorType type;
    private final List<Long> shape;
    private final Pooling pooling;
    private final float @Nullable [] mean;
    private final float @Nullable [] deviation;

    private Backbone(
            Path file,
            ModelProto model,
            ImageInput images,
            String output,
            TensorType type,
            List<Long> shape,
            Pooling pooling,
            float @Nullable [] mean,
            float @Nullable [] deviation) {
        this.file = file;
        this.model = model;
        this.images = images;
        this.output = output;
        this.type = type;
        this.shape = shape;
        this.pooling = pooling;
        this.mean = mean;
        this.deviation = deviation;
    }

    /**
     * Opens a file, and runs it once to see what it returns.
     *
     * @param file an ONNX file with one input of images, with its weights inside or beside it
     * @param hints the tensor whose numbers are the features; without it, the input of the last linear layer. Size and
     *     layout of images, where the file leaves them open.
     * @return the backbone; a map is averaged over its places
     * @throws OnnxFileException if the file is missing, damaged or cannot run, takes anything but a batch of images of
     *     1 or 3 channels, has an opset below 11 or above 21, or the tensor does not exist, holds no floats, or not a
     *     row for each image
     */
    public static Backbone open(Path file, OnnxHints hints) {
        return open(file, ModelFile.read(file).whole(), hints, tensors -> OnnxRunner.watching(file, tensors, OPTIONS));
    }

    /**
     * Opens a file that is held in memory, with its weights inside.
     *
     * @param content content of an ONNX file; not copied
     * @param hints as for {@link #open(Path, OnnxHints)}
     * @throws OnnxFileException as {@link #open(Path, OnnxHints)}; the message names the file {@code model}
     */
    public static Backbone open(byte[] content, OnnxHints hints) {
        ModelProto model = ModelFile.parsed(content);
        return open(Path.of("model"), model, hints, tensors -> OnnxRunner.watching(content, tensors, OPTIONS));
    }

    private static Backbone open(
            Path file, ModelProto model, OnnxHints hints, Function<Set<String>, OnnxRunner> watching) {
        long opset = Graphs.opset(model);
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "a backbone of opset " + OLDEST_OPSET + " to " + NEWEST_OPSET,
                    "opset " + opset,
                    "export it with opset 17");
        }
        ImageInput images = ImageInput.of(
                file, ModelFile.inputs(model.getGraph()), metadata(file, model).preprocessing(), hints);
        if (images.batch() != Signature.ANY_BATCH) {
            throw new OnnxFileException(
                    file,
                    "a backbone for batches of any size",
                    "batches of " + images.batch() + " only",
                    "export it with a dynamic batch, in PyTorch with dynamic_axes={\"" + images.name()
                            + "\": {0: \"batch\"}}");
        }
        if (images.channels() != 1 && images.channels() != 3) {
            throw new OnnxFileException(
                    file,
                    "images of 1 or 3 channels",
                    images.channels() + " channels",
                    "export a network for gray or color images");
        }
        String tensor = tensor(file, model.getGraph(), images.name(), hints);
        try (OnnxRunner runner = watching.apply(Set.of(tensor))) {
            TensorInfo input = runner.inputs().get(0);
            int bytes = Math.multiplyExact(
                    PROBED * images.channels(),
                    Math.multiplyExact(
                            images.height() * images.width(), input.type().bytes()));
            Tensor zeros = Tensor.of(input.type(), ByteBuffer.allocate(bytes), images.shape(PROBED));
            Tensor found = runner.run(Map.of(images.name(), zeros)).get(tensor);
            if (found == null || (found.type() != TensorType.FLOAT && found.type() != TensorType.FLOAT16)) {
                throw new OnnxFileException(
                        file,
                        "features of 16-bit or 32-bit floats",
                        tensor + (found == null ? " of another type" : " " + found),
                        "choose another tensor, such as @" + String.join(" or @", near(model.getGraph(), "")));
            }
            long[] sizes = found.shape();
            if (sizes.length < 2 || sizes[0] != PROBED || found.size() == 0) {
                throw new OnnxFileException(
                        file,
                        "a tensor with a row of features for each image",
                        tensor + " " + Arrays.toString(sizes) + " for " + PROBED + " images",
                        "choose another tensor, such as @" + String.join(" or @", near(model.getGraph(), "")));
            }
            List<Long> shape = Arrays.stream(sizes).skip(1).boxed().toList();
            return new Backbone(file, model, images, tensor, found.type(), shape, Pooling.MEAN, null, null);
        }
    }

    /** Returns the tensor that was asked for, or the input of the last linear layer. */
    private static String tensor(Path file, GraphProto graph, String input, OnnxHints hints) {
        Map<String, NodeProto> makers = new HashMap<>();
        Set<String> live = new HashSet<>(Set.of(input)); // depends on the images
        for (NodeProto node : graph.getNodeList()) {
            node.getOutputList().forEach(made -> makers.put(made, node));
            if (NodeReads.of(node).stream().anyMatch(live::contains)) {
                live.addAll(node.getOutputList());
            }
        }
        if (hints.output().isPresent()) {
            String asked = hints.output().get();
            if (!makers.containsKey(asked) || !live.contains(asked)) {
                throw new OnnxFileException(
                        file,
                        "a tensor " + asked + " that is computed from the images",
                        "none",
                        "choose one, such as " + String.join(", ", near(graph, asked)));
            }
            return asked;
        }
        return graph.getOutputList().stream()
                .map(value -> value.getName())
                .sorted(Comparator.comparing(name -> !name.equals("logits")))
                .flatMap(name -> beforeLastLinear(name, makers, live).stream())
                .findFirst()
                .orElseThrow(() -> new OnnxFileException(
                        file,
                        "a linear layer (Gemm or MatMul) as the last one, whose input is the features",
                        "none",
                        "name a tensor, such as @" + String.join(" or @", near(graph, ""))));
    }

    private static Optional<String> beforeLastLinear(String output, Map<String, NodeProto> makers, Set<String> live) {
        String tensor = output;
        for (int steps = makers.size(); steps > 0; steps--) {
            NodeProto maker = makers.get(tensor);
            List<String> read = maker == null
                    ? List.of()
                    : maker.getInputList().stream().filter(live::contains).toList();
            if (maker == null || read.size() != 1) {
                return Optional.empty(); // adds or multiplies two results, as attention does
            }
            tensor = read.get(0);
            if (maker.getOpType().equals("Gemm") || maker.getOpType().equals("MatMul")) {
                return Optional.of(tensor).filter(maker.getInput(0)::equals);
            }
            if (!PASSING.contains(maker.getOpType())) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Returns some outputs of nodes whose name has to do with the one that was asked for, else the last ones. */
    private static List<String> near(GraphProto graph, String asked) {
        String word = asked.toLowerCase(Locale.ROOT);
        List<String> all = graph.getNodeList().stream()
                .filter(node -> !node.getOpType().equals("Constant"))
                .flatMap(node -> node.getOutputList().stream())
                .filter(name -> !name.isEmpty())
                .toList();
        List<String> alike = all.stream()
                .filter(name -> !word.isEmpty()
                        && (name.toLowerCase(Locale.ROOT).contains(word)
                                || word.contains(name.toLowerCase(Locale.ROOT))))
                .limit(NEAR)
                .toList();
        return alike.isEmpty() ? all.subList(Math.max(0, all.size() - NEAR), all.size()) : alike;
    }

    /** {@return what the backbone takes: its only input} */
    public ImageInput images() {
        return images;
    }

    /** {@return the name of the tensor whose numbers are the features} */
    public String output() {
        return output;
    }

    /** {@return the shape of that tensor for one image, before pooling: at least one size} */
    public List<Long> shape() {
        return shape;
    }

    /** {@return the number of features of an image, after pooling: at least 1} */
    public int size() {
        return Math.toIntExact(
                pooling == Pooling.MEAN && shape.size() > 1
                        ? shape.get(channelAxis())
                        : shape.stream().reduce(1L, Math::multiplyExact));
    }

    /** {@return the opset in which a head has to be exported: 13 to 21} */
    public int headOpset() {
        return (int) Math.max(OLDEST_EXPORTED, Graphs.opset(model));
    }

    /** {@return the metadata of the file; empty if it has none} */
    public OnnxMetadata metadata() {
        return metadata(file, model);
    }

    /**
     * Sets how a map becomes a vector.
     *
     * @param how the mean or all numbers
     * @return a changed copy, without standardization
     */
    public Backbone withPooling(Pooling how) {
        return new Backbone(file, model, images, output, type, shape, how, null, null);
    }

    /**
     * Standardizes the features, in 32-bit floats: {@code (feature - mean) / deviation}.
     *
     * @param means one number for each feature
     * @param deviations one number for each feature, not 0
     * @throws IllegalArgumentException if there are more or fewer numbers than features
     */
    public Backbone withStandardization(float[] means, float[] deviations) {
        if (means.length != size() || deviations.length != size()) {
            throw new IllegalArgumentException("expected " + size() + " means and deviations, found " + means.length
                    + " and " + deviations.length);
        }
        return new Backbone(file, model, images, output, type, shape, pooling, means.clone(), deviations.clone());
    }

    /**
     * {@return the backbone alone: content of an ONNX file from images to {@link #FEATURES}, (batch, {@link #size})}
     */
    public byte[] features() {
        GraphProto.Builder graph = cut();
        graph.addOutput(Graphs.rows(FEATURES, batch(), size()));
        ModelProto.Builder cut = composed(graph, Graphs.operatorSets(model), model.getIrVersion());
        SortedMap<String, String> kept = new TreeMap<>(metadata().entries());
        kept.keySet().removeIf(key -> !key.startsWith("preprocessing."));
        Protos.addMetadata(cut, kept);
        return cut.build().toByteArray();
    }

    /**
     * Returns backbone and head as one file. Names of both are kept apart by prefixes, except those of the input and of
     * the head's outputs. Its metadata are those of the head, those of the backbone with the prefix {@link MetadataKeys#BACKBONE},
     * and the given ones, which replace others; the license is that of both, if the backbone's file names one.
     *
     * @param head content of an ONNX file with one input of as many floats for an image as there are features, in any
     *     shape, in the opset {@link #headOpset}
     * @param metadata entries by key
     * @return content of an ONNX file from images to the outputs of the head
     * @throws OnnxFileException if the head has another input or opset, or, for a backbone of opset 11 or 12, an
     *     operator that is not the same there
     */
    public byte[] merged(byte[] head, Map<String, String> metadata) {
        ModelProto top = ModelFile.parsed(head);
        GraphProto upper = top.getGraph();
        TensorShapeProto taken = requireHead(top);
        Map<String, Long> sets = operatorSets(top);
        GraphProto.Builder graph = cut();
        String input = upper.getInput(0).getName();
        String entry = taken.getDimCount() == 2 ? FEATURES : FEATURES + "/shaped";
        if (taken.getDimCount() != 2) {
            long[] sizes = taken.getDimList().stream()
                    .mapToLong(Dimension::getDimValue)
                    .toArray();
            sizes[0] = -1;
            graph.addInitializer(Protos.longs(FEATURES + "/shape", sizes))
                    .addNode(Graphs.node("Reshape", List.of(FEATURES, FEATURES + "/shape"), entry));
        }
        Set<String> kept = upper.getOutputList().stream()
                .map(value -> value.getName())
                .filter(name -> !name.equals(input()))
                .collect(Collectors.toSet());
        GraphProto named =
                Graphs.renamed(upper, name -> name.equals(input) ? entry : kept.contains(name) ? name : HEAD + name);
        Graphs.append(graph, named);
        graph.addAllOutput(named.getOutputList());
        ModelProto.Builder whole = composed(graph, sets, Math.max(model.getIrVersion(), top.getIrVersion()));
        Protos.addMetadata(whole, entries(top, metadata));
        return whole.build().toByteArray();
    }

    /** Returns the shape of the head's input. */
    private TensorShapeProto requireHead(ModelProto head) {
        if (Graphs.opset(head) != headOpset()) {
            throw new OnnxFileException(
                    file,
                    "a head of opset " + headOpset() + ", as the backbone's file needs it",
                    "opset " + Graphs.opset(head),
                    "export the head again");
        }
        if (Graphs.opset(model) < OLDEST_EXPORTED) {
            Set<String> others = head.getGraph().getNodeList().stream()
                    .map(NodeProto::getOpType)
                    .filter(operator -> !SAME_SINCE_11.contains(operator))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!others.isEmpty()) {
                throw new OnnxFileException(
                        file,
                        "a backbone of opset " + OLDEST_EXPORTED + " or later for a head with "
                                + String.join(", ", others),
                        "opset " + Graphs.opset(model),
                        "export the backbone with opset 17");
            }
        }
        List<TensorShapeProto> inputs = head.getGraph().getInputList().stream()
                .map(value -> value.getType().getTensorType())
                .filter(value -> value.getElemType() == TensorProto.DataType.FLOAT_VALUE)
                .map(value -> value.getShape())
                .filter(sizes -> sizes.getDimCount() >= 2 && !sizes.getDim(0).hasDimValue())
                .filter(sizes -> sizes.getDimList().stream()
                                .skip(1)
                                .mapToLong(Dimension::getDimValue)
                                .reduce(1, (a, b) -> a * b)
                        == size())
                .toList();
        if (head.getGraph().getInputCount() != 1 || inputs.size() != 1) {
            throw new OnnxFileException(
                    file,
                    "a head for its " + size() + " features (float)",
                    head.getGraph().getInputList().stream()
                            .map(value -> ModelFile.info(value).toString())
                            .collect(Collectors.joining(", ")),
                    "merge the head that was trained on features of this backbone");
        }
        return inputs.get(0);
    }

    private Map<String, Long> operatorSets(ModelProto head) {
        Map<String, Long> sets = new TreeMap<>(Graphs.operatorSets(head));
        Graphs.operatorSets(model).forEach((domain, version) -> {
            Long other = sets.put(domain, version);
            if (other != null && !domain.isEmpty() && !other.equals(version)) {
                throw new OnnxFileException(
                        file,
                        "the operator set " + domain + " in version " + other + ", as in the head",
                        "version " + version,
                        "export the backbone without it");
            }
        });
        return sets;
    }

    /** Returns the graph from the images to {@link #FEATURES}, without an output. */
    private GraphProto.Builder cut() {
        GraphProto below = Graphs.renamed(
                Graphs.behind(model.getGraph(), output), name -> name.equals(images.name()) ? input() : PREFIX + name);
        GraphProto.Builder graph = below.toBuilder();
        TensorShapeProto.Builder sizes =
                graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
        long[] fixed = images.shape(1);
        for (int i = 1; i < fixed.length; i++) {
            sizes.setDim(i, Dimension.newBuilder().setDimValue(fixed[i]));
        }
        sizes.setDim(0, batch());
        List<NodeProto.Builder> nodes = new ArrayList<>();
        String last = PREFIX + output;
        if (type == TensorType.FLOAT16) {
            last = add(nodes, "Cast", "float", last);
            nodes.get(0).addAttribute(Protos.attribute("to", TensorProto.DataType.FLOAT_VALUE));
        }
        if (pooling == Pooling.MEAN && shape.size() > 1) {
            last = mean(graph, nodes, last);
        }
        last = add(nodes, "Flatten", "flat", last);
        if (mean != null && deviation != null) {
            graph.addInitializer(Protos.floats(FEATURES + "/means", mean));
            graph.addInitializer(Protos.floats(FEATURES + "/deviations", deviation));
            last = add(nodes, "Sub", "centered", last, FEATURES + "/means");
            add(nodes, "Div", "standardized", last, FEATURES + "/deviations");
        }
        nodes.get(nodes.size() - 1).setOutput(0, FEATURES);
        nodes.forEach(graph::addNode);
        return graph;
    }

    /** Returns the name that the images keep, unless it is one of those that features have. */
    private String input() {
        return (images.name() + "/").startsWith(FEATURES + "/") ? PREFIX + images.name() : images.name();
    }

    private String mean(GraphProto.Builder graph, List<NodeProto.Builder> nodes, String from) {
        int channels = channelAxis() + 1;
        if (channels == 1 && shape.size() > 2) {
            return add(nodes, "GlobalAveragePool", "mean", from);
        }
        long[] axes = Stream.iterate(1L, axis -> axis + 1)
                .limit(shape.size())
                .filter(axis -> axis != channels)
                .mapToLong(Long::longValue)
                .toArray();
        String pooled = add(nodes, "ReduceMean", "mean", from);
        NodeProto.Builder node = nodes.get(nodes.size() - 1).addAttribute(Protos.attribute("keepdims", 0));
        if (Graphs.opset(model) < AXES_AS_INPUT_SINCE) {
            node.addAttribute(
                    Protos.attribute("axes", Arrays.stream(axes).boxed().toList()));
        } else {
            graph.addInitializer(Protos.longs(FEATURES + "/axes", axes));
            node.addInput(FEATURES + "/axes");
        }
        return pooled;
    }

    /**
     * Returns the axis of {@link #shape} along which features follow each other: the last one of tokens, the first one
     * of a map. Files that take channels last may return maps of either order: the longer axis has the features.
     */
    private int channelAxis() {
        int last = shape.size() - 1;
        boolean tokens = shape.size() == 2;
        boolean lastOfMap = images.layout() == Layout.NHWC && shape.get(last) > shape.get(0);
        return tokens || lastOfMap ? last : 0;
    }

    private static String add(List<NodeProto.Builder> nodes, String operator, String name, String... inputs) {
        String made = FEATURES + "/" + name;
        nodes.add(Graphs.node(operator, List.of(inputs), made));
        return made;
    }

    private Dimension batch() {
        Dimension stated = model.getGraph().getInputList().stream()
                .filter(value -> value.getName().equals(images.name()))
                .map(value -> value.getType().getTensorType().getShape().getDim(0))
                .findFirst()
                .orElseThrow();
        return stated.hasDimParam() ? stated : Protos.axis("batch");
    }

    private ModelProto.Builder composed(GraphProto.Builder graph, Map<String, Long> sets, long irVersion) {
        return Graphs.model(graph, sets, Math.max(WEIGHTS_ARE_NO_INPUTS_SINCE, irVersion))
                .setDocString(model.getDocString())
                .addAllFunctions(model.getFunctionsList());
    }

    private SortedMap<String, String> entries(ModelProto head, Map<String, String> given) {
        SortedMap<String, String> entries = new TreeMap<>(metadata(file, head).entries());
        SortedMap<String, String> own = metadata().entries();
        own.forEach((key, value) -> entries.put(MetadataKeys.BACKBONE + key, value));
        String producer = (model.getProducerName() + " " + model.getProducerVersion()).strip();
        if (!producer.isEmpty()) {
            entries.put(MetadataKeys.BACKBONE + "producer", producer);
        }
        entries.putAll(given);
        own.entrySet().stream()
                .filter(entry -> Set.of(MetadataKeys.LICENSE, "license", "licence")
                        .contains(entry.getKey().toLowerCase(Locale.ROOT)))
                .map(Map.Entry::getValue)
                .findFirst()
                .ifPresent(license -> entries.merge(
                        MetadataKeys.LICENSE,
                        license,
                        (one, other) -> one.equals(other) ? one : one + " AND " + other));
        return entries;
    }

    private static OnnxMetadata metadata(Path file, ModelProto model) {
        return OnnxMetadata.of(file, ModelFile.metadata(model));
    }

    /** Says how a map of features becomes one vector for an image. */
    public enum Pooling {
        /** The mean of each feature over all places: pixels of a map, or tokens of a sequence. */
        MEAN,
        /** All numbers one after the other. */
        NONE
    }
}
