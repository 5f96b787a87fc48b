package io.catwalk.onnx.compose;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.ImageInput;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts what happens to an image before a classifier sees it into the classifier's file, which then takes the bytes of
 * decoded images of any size: {@value #INPUT}, uint8, (batch, height, width, channels), of 1 channel or 3. Its graph
 * resizes them, to whole gray levels, converts gray to color or color to gray, and normalizes.
 *
 * <p>An axis that shrinks is averaged over the area of each new pixel, and one that grows is interpolated between
 * pixels, which Pillow calls BOX and BILINEAR. Each is a matrix product whose weights the graph computes from the size
 * of the image, in double precision: {@code relu(1 - relu(first - j) - relu(j - last))} for each source pixel
 * {@code j}. For a mean, these are 0 and 1, so that sums of bytes are exact in any runtime.
 *
 * <pre>{@code
 * byte[] whole = EmbeddedResizing.added(Path.of("model.onnx"), EmbeddedResizing.Fit.CROP);
 * }</pre>
 */
public final class EmbeddedResizing {

    /** Name of the input. */
    public static final String INPUT = "image";

    /** The largest side of an image; a file refuses larger ones, and images without a pixel. */
    public static final int LARGEST_SIDE = 1 << 15;

    /**
     * What is added to a mean before it is rounded down to a gray level: a half, and a little more than what sums of floats
     * are off by. Means in the middle between two levels, of which there are many, are rounded up in every runtime.
     */
    public static final double HALF = 0.50013;

    /** How an image of another shape is fitted to the size of the network. */
    public enum Fit {
        /** Width and height are scaled independently. */
        STRETCH,
        /** The image covers the size, and what is beyond it is cropped on both sides. */
        CROP,
        /** The whole image fits into the size, with black around it. */
        PAD
    }

    /** Name of the tensor of whole gray levels that the network gets, float (batch, channels, height, width). */
    public static final String PIXELS = "preparation/pixels";

    private static final String PREFIX = "preparation/";
    private static final String NETWORK = "network/";
    private static final long OLDEST_OPSET = 13; // ReduceSum with axes as an input
    private static final List<String> AXES = List.of("batch", "height", "width", "channels");

    /** What red, green and blue are of gray (ITU-R BT.601), in thousandths, behind what gray is. */
    private static final float[] LUMA = {1000, 299, 587, 114};

    /** The same of each color. */
    private static final float[] COLORS = {1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1};

    private static final long NONE = 9;

    private final Map<TensorProto, String> constants = new HashMap<>();
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Fit fit;

    private EmbeddedResizing(Fit fit) {
        this.fit = fit;
    }

    /**
     * Returns the content of a file that takes images of any size.
     *
     * @param file a classifier whose metadata says how pixels are normalized; it takes bytes or
     *     32-bit floats, and stays as it is
     * @param fit how images are fitted to its size
     * @return content of an ONNX file with the same outputs and metadata, and {@link MetadataKeys#RESIZES}
     * @throws OnnxFileException if it is no such classifier, or of an opset below 13
     */
    public static byte[] added(Path file, Fit fit) {
        ModelProto model = ModelFile.read(file).whole();
        OnnxMetadata metadata = OnnxMetadata.of(file, ModelFile.metadata(model));
        Preprocessing preprocessing = metadata.preprocessing()
                .orElseThrow(() -> new OnnxFileException(
                        file,
                        "how pixels are normalized, in its metadata",
                        "nothing about it",
                        "export it with Catwalk, for gray or color images"));
        ImageInput images =
                ImageInput.of(file, ModelFile.inputs(model.getGraph()), metadata.preprocessing(), OnnxHints.none());
        if (images.pixels() == PixelType.FLOAT16
                || metadata.get(MetadataKeys.RESIZES).isPresent()
                || Graphs.opset(model) < OLDEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "a file of opset " + OLDEST_OPSET + " or later for images of one size, as bytes or 32-bit"
                            + " floats",
                    "opset " + Graphs.opset(model) + ", " + images,
                    "export it anew");
        }
        GraphProto whole = new EmbeddedResizing(fit).before(model.getGraph(), images, preprocessing);
        ModelProto.Builder changed = model.toBuilder().setGraph(whole).clearMetadataProps();
        Graphs.addMetadata(
                changed,
                metadata.withAll(Map.of(
                                MetadataKeys.RESIZES,
                                "1-" + LARGEST_SIDE,
                                MetadataKeys.FIT,
                                fit.name().toLowerCase(Locale.ROOT)))
                        .entries());
        return changed.build().toByteArray();
    }

    private GraphProto before(GraphProto network, ImageInput images, Preprocessing preprocessing) {
        levels(images.height(), images.width(), images.channels());
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, PIXELS);
        String input = images.pixels() == PixelType.UINT8
                ? cast(PIXELS, DataType.UINT8)
                : normalized(PIXELS, preprocessing.normalization());
        if (images.layout() == Layout.NHWC) {
            input = transposed(input, 0L, 2L, 3L, 1L);
        }
        String last = input;
        GraphProto renamed = Graphs.renamed(
                network,
                name -> name.equals(images.name())
                        ? last
                        : name.equals(INPUT) || name.startsWith(PREFIX) ? NETWORK + name : name);
        ValueInfoProto.Builder image = ValueInfoProto.newBuilder().setName(INPUT);
        TypeProto.Tensor.Builder type = image.getTypeBuilder().getTensorTypeBuilder();
        type.setElemType(DataType.UINT8.getNumber());
        AXES.forEach(axis -> type.getShapeBuilder().addDimBuilder().setDimParam(axis));
        if (images.batch() != Signature.ANY_BATCH) {
            type.getShapeBuilder().getDimBuilder(0).setDimValue(images.batch());
        }
        Graphs.append(graph, renamed);
        return renamed.toBuilder()
                .clearInput()
                .clearNode()
                .clearInitializer()
                .clearSparseInitializer()
                .clearValueInfo()
                .clearQuantizationAnnotation()
                .addInput(image)
                .mergeFrom(graph.build())
                .build();
    }

    /** Adds nodes to whole gray levels, float (batch, channels, height, width). */
    private void levels(int height, int width, int channels) {
        String shape = node("Shape", INPUT);
        String down = side(shape, 1);
        String across = side(shape, 2);
        String ratio = node("Div", across, down);
        String wanted = number((double) width / height);
        String wide = node("Greater", ratio, wanted);
        String tall = node("Less", ratio, wanted);
        Axis columns = Axis.whole(across, width);
        Axis rows = Axis.whole(down, height);
        if (fit == Fit.CROP) {
            columns = columns.of(node("Where", wide, node("Mul", wanted, down), across));
            rows = rows.of(node("Where", tall, node("Div", across, wanted), down));
        } else if (fit == Fit.PAD) {
            columns = columns.to(node("Where", tall, within(ratio, height), number(width)));
            rows = rows.to(node("Where", wide, within(node("Div", down, across), width), number(height)));
        }
        Weights ofRows = weights(rows, sideOf(shape, 1));
        Weights ofColumns = weights(columns, sideOf(shape, 2));
        String lines =
                node("Reshape", cast(INPUT, DataType.FLOAT), longs(0, 0, -1)); // a row has all channels of its pixels
        String narrowed = node("MatMul", ofRows.shares(), lines);
        String size = node("Slice", shape, longs(2), longs(4));
        NodeProto.Builder sizes = begun("Concat", longs(0, 0), size);
        String planes = transposed(
                node("Reshape", narrowed, added(sizes.addAttribute(Protos.attribute("axis", 0)))), 0L, 3L, 1L, 2L);
        String sums = node("MatMul", planes, transposed(ofColumns.shares(), 1L, 0L));
        String areas = node("Mul", ofRows.sums(), transposed(ofColumns.sums(), 1L, 0L));
        String levels = floor(node("Div", sums, areas), HALF);
        color(levels, shape, height, width, channels);
    }

    /** Adds a side of the image as a double; its graph fails where it is 0 or above the largest. */
    private String side(String shape, int axis) {
        // 1 for a side that is allowed: of one number, only indices -1 and 0 exist, and this is 2 or -2 for others.
        String blocks = node("Div", node("Add", sideOf(shape, axis), index(LARGEST_SIDE - 1)), index(LARGEST_SIDE));
        String allowed =
                node("Gather", constant(Protos.doubles("", 1)), node("Mul", node("Sub", blocks, index(1)), index(2)));
        return node("Mul", cast(sideOf(shape, axis), DataType.DOUBLE), allowed);
    }

    private String sideOf(String shape, int axis) {
        return node("Gather", shape, index(axis));
    }

    private String within(String ratio, int length) {
        return node("Max", number(1), node("Round", node("Mul", ratio, number(length))));
    }

    /**
     * An axis of the image and what becomes of it, as names of doubles.
     *
     * @param from its source pixels
     * @param taken how many of them, in the middle, are seen
     * @param to pixels that they become; the rest of the length is black
     */
    private record Axis(String from, String taken, @Nullable String to, int length) {

        static Axis whole(String from, int length) {
            return new Axis(from, from, null, length);
        }

        Axis of(String part) {
            return new Axis(from, part, to, length);
        }

        Axis to(String part) {
            return new Axis(from, taken, part, length);
        }
    }

    /** Weights of the source pixels, float (length, source), and their sums, float (length, 1). */
    private record Weights(String shares, String sums) {}

    private Weights weights(Axis axis, String sourcePixels) {
        double[] indices = IntStream.range(0, axis.length).asDoubleStream().toArray();
        String i = constant(Protos.doubles("", indices).toBuilder().addDims(1).build());
        String to = axis.to == null ? number(axis.length) : axis.to;
        if (axis.to != null) {
            String black = node("Sub", number(axis.length), to);
            i = node("Sub", i, node("Round", node("Mul", black, number(0.5))));
        }
        String start = node("Mul", node("Sub", axis.from, axis.taken), number(0.5));
        String scale = node("Div", node("Sub", node("Add", start, axis.taken), start), to);
        String center = node("Add", start, node("Mul", node("Add", i, number(0.5)), scale));
        String shrinks = node("Greater", scale, number(1));
        String reach = node("Mul", scale, number(0.5));
        String first = nearest(node("Sub", center, reach));
        first = node("Max", number(0), first);
        String last = node("Sub", nearest(node("Add", center, reach)), number(1));
        // Pixels whose center lies on the border between two areas belong to the former.
        String before = node("LessOrEqual", distance(first, center, scale), number(-0.5));
        String after = node("Greater", distance(last, center, scale), number(0.5));
        first = node("Add", first, cast(before, DataType.DOUBLE));
        last = node("Sub", last, cast(after, DataType.DOUBLE));
        String between = node("Sub", center, number(0.5));
        String pixels = cast(node("Range", index(0), sourcePixels, index(1)), DataType.DOUBLE);
        String low = node("Relu", node("Sub", node("Where", shrinks, first, between), pixels));
        String high = node("Relu", node("Sub", pixels, node("Where", shrinks, last, between)));
        String weights = node("Relu", node("Sub", number(1), node("Add", low, high)));
        if (axis.to != null) {
            String inside = node("And", node("Greater", i, number(-0.5)), node("Less", i, to));
            weights = node("Mul", weights, cast(inside, DataType.DOUBLE));
        }
        String sums = node("ReduceSum", weights, longs(1));
        if (axis.to != null) {
            sums = node("Max", sums, number(1e-9)); // black is 0, and not 0/0
        }
        return new Weights(cast(weights, DataType.FLOAT), cast(sums, DataType.FLOAT));
    }

    private String distance(String pixel, String center, String scale) {
        return node("Div", node("Sub", node("Add", pixel, number(0.5)), center), scale);
    }

    /** Rounds doubles to the nearest whole number, halves up. */
    private String nearest(String doubles) {
        return node("Floor", node("Add", doubles, number(0.5)));
    }

    /** Rounds floats down, after adding a number. */
    private String floor(String floats, double added) {
        return node("Floor", node("Add", floats, constant(Protos.floats("", (float) added))));
    }

    /** Gives the network as many channels as it takes, from images of 1 or 3; for another number, the graph fails. */
    private void color(String levels, String shape, int height, int width, int channels) {
        String count = node("Gather", shape, longs(3));
        // Where the factors for images of this many channels begin; there are none beyond the fourth.
        String first = node("Gather", longs(NONE, 0, NONE, 1), count);
        String factors = node(
                "Slice", matrix(channels, channels == 1 ? LUMA : COLORS), first, node("Add", first, count), longs(1));
        String lines = node("Reshape", levels, longs(0, 0, (long) height * width));
        String mixed = node("Reshape", node("MatMul", factors, lines), longs(0, channels, height, width));
        if (channels == 1) {
            floor(node("Div", mixed, constant(Protos.floats("", 1000))), HALF);
        }
    }

    /** Normalizes whole gray levels, each step rounded to a float, as {@link Normalization} does. */
    private String normalized(String levels, Normalization normalization) {
        String share = node("Div", levels, constant(Protos.floats("", 255)));
        String centered = node("Sub", share, perChannel(normalization.mean()));
        return node("Div", centered, perChannel(normalization.std()));
    }

    private String perChannel(float[] numbers) {
        return constant(
                Protos.floats("", numbers).toBuilder().addDims(1).addDims(1).build());
    }

    private String matrix(int rows, float... numbers) {
        return constant(Protos.floats("", numbers).toBuilder()
                .setDims(0, rows)
                .addDims(numbers.length / rows)
                .build());
    }

    private String number(double number) {
        return constant(Protos.doubles("", number).toBuilder().clearDims().build());
    }

    private String index(long number) {
        return constant(Protos.longs("", number).toBuilder().clearDims().build());
    }

    private String longs(long... numbers) {
        return constant(Protos.longs("", numbers));
    }

    /** Adds a constant once, however often it is used. */
    private String constant(TensorProto tensor) {
        return constants.computeIfAbsent(tensor, value -> {
            String name = PREFIX + "constant" + constants.size();
            graph.addInitializer(value.toBuilder().setName(name));
            return name;
        });
    }

    private String cast(String from, DataType type) {
        return added(begun("Cast", from).addAttribute(Protos.attribute("to", type.getNumber())));
    }

    private String transposed(String from, Long... axes) {
        return added(begun("Transpose", from).addAttribute(Protos.attribute("perm", List.of(axes))));
    }

    private String node(String operator, String... inputs) {
        return added(begun(operator, inputs));
    }

    private NodeProto.Builder begun(String operator, String... inputs) {
        return Graphs.node(
                operator, List.of(inputs), PREFIX + operator.toLowerCase(Locale.ROOT) + graph.getNodeCount());
    }

    private String added(NodeProto.Builder node) {
        graph.addNode(node);
        return node.getOutput(0);
    }
}
