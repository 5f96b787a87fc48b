package io.catwalk.onnx.compose;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
import java.util.stream.LongStream;

/**
 * Puts what happens to an image before a classifier sees it into the classifier's file, which then takes the bytes of
 * decoded images of any size: {@value #INPUT}, uint8, (batch, height, width, channels), of 1 channel or 3. Its graph
 * resizes them, to whole gray levels, converts gray to color or color to gray, and normalizes.
 *
 * <p>An axis that shrinks is averaged over the area of each new pixel, and one that grows is interpolated between
 * pixels, which Pillow calls BOX and BILINEAR. The graph computes in whole numbers which pixels these are, and with which
 * weights, from the size of the image; sums of bytes are exact in any runtime. It needs no double precision, which not all
 * runtimes have, but repeats in 64-bit numbers how Pillow's doubles are rounded, where that decides.
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
    private static final String ONE = PREFIX + "one";
    private static final String GOES_ON = PREFIX + "goes-on";
    private static final String NETWORK = "network/";
    private static final long OLDEST_OPSET = 11; // Range
    private static final long AXES_AS_INPUT_SINCE = 13; // of ReduceSum
    private static final List<String> AXES = List.of("batch", "height", "width", "channels");

    /** What red, green and blue are of gray (ITU-R BT.601), in thousandths, behind what gray is. */
    private static final float[] LUMA = {1000, 299, 587, 114};

    /** Of new pixels: matrix products of fewer are slower, and those of more have more weights of 0. */
    private static final int BLOCK = 12;

    private static final long[] SCALAR = {};
    private static final long NONE = 9;

    /** One pixel in units of the last bit of doubles between a half and 1. Numbers are kept modulo 2^64. */
    private static final long FIXED = 1L << 53;

    /** Powers of two, of which twice a ratio reaches some; a bit of the ratio is worth the sum of the steps to them. */
    private static final long[] POWERS =
            LongStream.rangeClosed(0, 16).map(k -> k == 0 ? 0 : 1L << k).toArray();

    private static final long[] STEPS =
            LongStream.rangeClosed(0, 16).map(k -> k == 0 ? 1 : 1L << (k - 1)).toArray();

    private final Map<TensorProto, String> constants = new HashMap<>();
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Fit fit;
    private final long opset;
    private GraphProto.Builder nodes = graph; // or those of a subgraph
    private int named;

    private EmbeddedResizing(Fit fit, long opset) {
        this.fit = fit;
        this.opset = opset;
    }

    /**
     * Returns the content of a file that takes images of any size.
     *
     * @param file a classifier whose metadata says how pixels are normalized; it takes bytes or
     *     32-bit floats, and stays as it is
     * @param fit how images are fitted to its size
     * @return content of an ONNX file with the same outputs and metadata, and {@link MetadataKeys#RESIZES}
     * @throws OnnxFileException if it is no such classifier, of an opset below 11, or for a fixed number of images
     */
    public static byte[] added(Path file, Fit fit) {
        return added(file, OnnxMetadata.read(file), fit).toByteArray();
    }

    /** Returns such a file that returns {@link #PIXELS}, too. The given one may resize, and need not say how to normalize. */
    public static byte[] showing(Path file, Fit fit, Preprocessing preprocessing) {
        OnnxMetadata metadata = OnnxMetadata.read(file);
        boolean resizes = metadata.get(MetadataKeys.RESIZES).isPresent();
        OnnxMetadata more = metadata.withPreprocessing(preprocessing);
        ModelProto.Builder changed = (resizes ? ModelFile.read(file).whole() : added(file, more, fit)).toBuilder();
        ValueInfoProto.Builder shown =
                changed.getGraphBuilder().addOutputBuilder().setName(PIXELS);
        shown.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT.getNumber());
        return changed.build().toByteArray();
    }

    private static ModelProto added(Path file, OnnxMetadata metadata, Fit fit) {
        ModelProto model = ModelFile.read(file).whole();
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
                || images.batch() > 1 // photos mostly come alone: no two have the same size
                || Graphs.opset(model) < OLDEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "a file of opset " + OLDEST_OPSET + " or later for images of one size, as bytes or 32-bit"
                            + " floats, in any number",
                    "opset " + Graphs.opset(model) + ", " + images,
                    "export it anew");
        }
        GraphProto whole =
                new EmbeddedResizing(fit, Graphs.opset(model)).before(model.getGraph(), images, preprocessing);
        ModelProto.Builder changed = model.toBuilder().setGraph(whole).clearMetadataProps();
        Protos.addMetadata(
                changed,
                metadata.withAll(Map.of(
                                MetadataKeys.RESIZES,
                                "1-" + LARGEST_SIDE,
                                MetadataKeys.FIT,
                                fit.name().toLowerCase(Locale.ROOT)))
                        .entries());
        return changed.build();
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
        String excess = node("Sub", times(across, height), times(down, width)); // positive if wide, negative if tall
        String wide = node("Greater", excess, whole(0));
        String tall = node("Less", excess, whole(0));
        Axis columns = new Axis(across, whole(0), across, whole(width), whole(width), width);
        Axis rows = new Axis(down, whole(0), down, whole(height), whole(height), height);
        if (fit == Fit.CROP) {
            String seen = node("Where", wide, down, across);
            String become = node("Where", wide, whole(height), whole(width));
            columns = new Axis(across, larger(excess, whole(0)), seen, become, whole(width), width);
            rows = new Axis(down, larger(times(excess, -1), whole(0)), seen, become, whole(height), height);
        } else if (fit == Fit.PAD) {
            String fewer = node("Where", tall, within(times(across, height), down), whole(width));
            columns = new Axis(across, whole(0), across, fewer, fewer, width);
            fewer = node("Where", wide, within(times(down, width), across), whole(height));
            rows = new Axis(down, whole(0), down, fewer, fewer, height);
        }
        Windows ofRows = windows(rows, true);
        Windows ofColumns = windows(columns, false);
        String rowWeights = cast(ofRows.weights(), DataType.UINT8);
        String columnWeights = cast(ofColumns.weights(), DataType.FLOAT);
        String count = node("Gather", shape, longs(3));
        String lengths = joined(node("Reshape", across, longs(1)), longs(-1));
        String weights = node("Mul", all(ofRows, height, 1), all(ofColumns, 1, width));
        String divisors = channels == 1 ? weights : perColor(weights, count);
        String luma = channels == 1 ? luma(count) : "";
        String lines = node("Reshape", INPUT, joined(longs(-1), node("Mul", across, count)));
        // One image after the other: what is computed stays in the cache of the processor, and needs no more memory.
        GraphProto.Builder outside = nodes;
        nodes = GraphProto.newBuilder().setName("one");
        // Bytes are summed as they are: a large photo is never held as floats.
        String taken = gathered(lines, node("Add", ofRows.pixels(), node("Mul", ONE, down)), 0);
        String sums = node("MatMulInteger", rowWeights, taken);
        String floats = cast(node("Reshape", sums, longs(height, -1)), DataType.FLOAT);
        String turned = node("Reshape", transposed(floats, 1L, 0L), lengths);
        String resized = node("MatMul", columnWeights, gathered(turned, ofColumns.pixels(), 0));
        String planes = transposed(node("Reshape", resized, longs(width, -1, height)), 1L, 2L, 0L);
        String levels = floor(node("Div", planes, divisors), HALF);
        String colored = channels == 1 ? gray(levels, luma, height, width) : levels;
        nodes.addInput(Protos.value(ONE, DataType.INT64, SCALAR))
                .addInput(Protos.value(GOES_ON, DataType.BOOL, SCALAR));
        nodes.addOutput(Protos.value(node("Identity", GOES_ON), DataType.BOOL, SCALAR));
        nodes.addOutput(Protos.value(colored, DataType.FLOAT, channels, height, width));
        GraphProto one = nodes.build();
        nodes = outside;
        String images = node("Gather", shape, whole(0));
        String all = added(begun("Loop", images, node("Greater", images, whole(0)))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("body")
                        .setType(AttributeProto.AttributeType.GRAPH)
                        .setG(one)));
        // The reference evaluator joins images without a new axis.
        node("Reshape", all, longs(-1, channels, height, width));
    }

    private String joined(String... vectors) {
        return added(begun("Concat", vectors).addAttribute(Protos.attribute("axis", 0)));
    }

    /** Adds sums of weights; black is 0/1. */
    private String all(Windows windows, long height, long width) {
        String sums = cast(node("Reshape", sum(windows.weights()), longs(height, width)), DataType.FLOAT);
        return node("Max", sums, constant(Protos.floats("", 1)));
    }

    /** Adds a side of the image; its graph fails where it is 0 or above the largest. */
    private String side(String shape, int axis) {
        String side = node("Gather", shape, whole(axis));
        // 1 for a side that is allowed: of one number, only indices -1 and 0 exist, and this is 2 or -2 for others.
        String blocks = node("Div", node("Add", side, whole(LARGEST_SIDE - 1)), whole(LARGEST_SIDE));
        return node("Mul", side, node("Gather", longs(1), times(node("Sub", blocks, whole(1)), 2)));
    }

    private String within(String scaled, String by) {
        return larger(whole(1), halfEven(scaled, by));
    }

    /** Divides whole numbers, and rounds to the nearest one, from the middle to the even one. */
    private String halfEven(String number, String by) {
        String doubled = node("Add", times(number, 2), by);
        String rounded = node("Div", doubled, times(by, 2));
        return node("Sub", rounded, node("Mul", isMultiple(doubled, times(by, 2)), node("Mod", rounded, whole(2))));
    }

    /** Returns 1 or 0. */
    private String isMultiple(String number, String of) {
        return cast(node("Equal", node("Mod", number, of), whole(0)), DataType.INT64);
    }

    /**
     * An axis of the image and what becomes of it, as names of whole numbers: each {@code become} new pixels are made of as
     * many as {@code seen}.
     *
     * @param source its pixels
     * @param start the first new pixel begins at {@code start / (2 * become)}
     * @param count new pixels; the rest of the length is black
     */
    private record Axis(String source, String start, String seen, String become, String count, int length) {}

    /**
     * How new pixels are made, in blocks of neighbors, which need few of the source pixels.
     *
     * @param pixels which source pixels a block needs, (blocks, taken)
     * @param weights of these for each new pixel, whole numbers (blocks, length / blocks, taken)
     */
    private record Windows(String pixels, String weights) {}

    /**
     * Adds the windows of an axis.
     *
     * @param bytes whether weights have to be bytes: larger ones are divided among copies of the same source pixel
     */
    private Windows windows(Axis axis, boolean bytes) {
        int block = block(axis.length);
        long[] indices = LongStream.range(0, axis.length).toArray();
        String black = halfEven(node("Sub", whole(axis.length), axis.count), whole(2));
        String shifted = node("Sub", shaped(Protos.longs("", indices), axis.length / block, block, 1), black);
        String i = larger(whole(0), smaller(shifted, node("Sub", axis.count, whole(1))));
        // Borders of the new pixels in the source, and their centers, as multiples of 1 / (2 * become).
        String left = node("Add", axis.start, node("Mul", times(i, 2), axis.seen));
        String center = node("Add", left, axis.seen);
        String right = node("Add", center, axis.seen);
        // A source pixel whose center lies on a border belongs where double precision puts it.
        String reach = reach(axis);
        String middle = middle(axis, i, center, reach);
        String atLeft = node("Sub", fixedCenter(axis, left), middle); // negative, as far as it reaches
        String atRight = node("Sub", fixedCenter(axis, right), middle);
        String precision = ulp(node("Sub", times(pixels(axis, left), 2), whole(1)), whole(2));
        String isFirst = node("Greater", times(node("Add", atLeft, reach), 2), precision);
        String isBeyond = node("Greater", atRight, reach);
        String first = node("Sub", pixels(axis, left), both(onBorder(axis, left), isFirst));
        String end = node("Sub", pixels(axis, right), both(onBorder(axis, right), isBeyond));
        String shrinks = node("Greater", axis.seen, axis.become);
        String length = times(axis.become, 2); // of a source pixel
        String copies = bytes
                ? node("Where", shrinks, whole(1), node("Div", node("Add", length, whole(254)), whole(255)))
                : whole(1);
        String before = larger(node("Sub", pixels(axis, center), whole(1)), whole(0));
        String start = gathered(node("Where", shrinks, first, before), longs(0), 1);
        String taken = node("Add", node("Div", times(axis.seen, block), axis.become), whole(3));
        String places = node("Range", whole(0), node("Mul", taken, copies), whole(1));
        String j = node("Add", start, node("Div", places, copies));
        String summed = node("And", node("Not", node("Less", j, first)), node("Less", j, end));
        // Where the axis grows, a new pixel lies between two, and each weighs the more the nearer it is.
        String beyond = node("Sub", node("Add", node("Mul", j, length), axis.become), center);
        String near = smaller(node("Sub", length, beyond), node("Add", length, beyond));
        String share = smaller(node("Sub", near, times(node("Mod", places, copies), 255)), whole(255));
        String weight = node("Where", shrinks, cast(summed, DataType.INT64), larger(bytes ? share : near, whole(0)));
        String pixels = smaller(j, node("Sub", axis.source, whole(1)));
        return new Windows(
                node("Reshape", pixels, longs(axis.length / block, -1)), both(weight, node("Equal", i, shifted)));
    }

    /** Returns how many new pixels a block has: the fewest of at least {@value #BLOCK}, so that all have as many. */
    private static int block(int length) {
        return IntStream.rangeClosed(BLOCK, length)
                .filter(block -> length % block == 0)
                .findFirst()
                .orElse(length);
    }

    /** Adds how many source pixels have their centers before a place, or there. */
    private String pixels(Axis axis, String place) {
        return node("Div", node("Add", place, axis.become), times(axis.become, 2));
    }

    /** Adds whether a source pixel has its center at a place, as 1 or 0. */
    private String onBorder(Axis axis, String place) {
        return isMultiple(node("Add", place, axis.become), times(axis.become, 2));
    }

    private String both(String number, String condition) {
        return node("Mul", number, cast(condition, DataType.INT64));
    }

    /** Adds the center of the last source pixel that has it before a place, or there. */
    private String fixedCenter(Axis axis, String place) {
        return times(node("Sub", times(pixels(axis, place), 2), whole(1)), FIXED / 2);
    }

    /** Adds half the length of a new pixel, of an axis that shrinks: the ratio in 53 bits, which are divided by 2. */
    private String reach(Axis axis) {
        String ulp = ulp(axis.seen, axis.become);
        // In two steps of 26 bits, since the whole would be too large.
        String large = times(axis.seen, 1L << 26);
        String more = node("Div", whole(1L << 27), ulp);
        String rest = node("Mul", node("Mod", large, axis.become), times(more, 2));
        String bits = node(
                "Add",
                node("Mul", node("Div", large, axis.become), more),
                node("Div", node("Add", rest, axis.become), times(axis.become, 2)));
        return node("Mul", bits, node("Div", ulp, whole(2)));
    }

    /** Adds the centers of new pixels: a product that is rounded, and then a sum. */
    private String middle(Axis axis, String i, String center, String reach) {
        String moved = rounded(
                node("Mul", node("Add", times(i, 2), whole(1)), reach),
                ulp(node("Sub", center, axis.start), times(axis.become, 2)));
        String start = times(node("Div", times(axis.start, 1 << 25), axis.become), FIXED >> 26);
        return rounded(node("Add", start, moved), ulp(center, times(axis.become, 2)));
    }

    /** Adds the value of the last bit of a ratio of at least a half in double precision. */
    private String ulp(String number, String by) {
        String beyond = node("Greater", node("Mul", row(POWERS), by), times(number, 2));
        String steps = node("Where", beyond, whole(0), row(STEPS));
        return sum(steps);
    }

    /** Adds sums along the last axis. */
    private String sum(String numbers) {
        return opset < AXES_AS_INPUT_SINCE
                ? added(begun("ReduceSum", numbers).addAttribute(Protos.attribute("axes", List.of(-1L))))
                : node("ReduceSum", numbers, longs(-1));
    }

    /** Rounds to a multiple of a power of two, from the middle to the even one. */
    private String rounded(String number, String power) {
        String beyond = node("Mod", number, times(power, 2));
        String up = cast(node("Greater", times(beyond, 2), power), DataType.INT64);
        String more = cast(node("Not", node("Less", times(beyond, 2), times(power, 3))), DataType.INT64);
        return node("Add", node("Sub", number, beyond), node("Mul", power, node("Add", up, more)));
    }

    /** Of whole numbers, of which files of opset 11 have no Max and Min. */
    private String larger(String one, String other) {
        return node("Where", node("Greater", one, other), one, other);
    }

    private String smaller(String one, String other) {
        return node("Where", node("Less", one, other), one, other);
    }

    private String times(String number, long factor) {
        return node("Mul", number, whole(factor));
    }

    /** Rounds floats down, after adding a number. */
    private String floor(String floats, double added) {
        return node("Floor", node("Add", floats, constant(Protos.floats("", (float) added))));
    }

    /** Adds weights for as many channels as the network takes, of an image of 1 or 3; for another number, the graph fails. */
    private String perColor(String weights, String count) {
        return node("Expand", weights, joined(node("Gather", longs(NONE, 3, NONE, 1), count), longs(1, 1)));
    }

    /** Adds what the channels of an image are of gray; for another number than 1 or 3, the graph fails. */
    private String luma(String count) {
        // Where the factors for images of this many channels begin; there are none beyond the fourth.
        String first = node("Gather", longs(NONE, 0, NONE, 1), count);
        return node(
                "Slice", shaped(Protos.floats("", LUMA), 1, LUMA.length), first, node("Add", first, count), longs(1));
    }

    private String gray(String levels, String luma, int height, int width) {
        String lines = node("Reshape", levels, longs(0, (long) height * width));
        String mixed = node("Reshape", node("MatMul", luma, lines), longs(1, height, width));
        return floor(node("Div", mixed, constant(Protos.floats("", 1000))), HALF);
    }

    /** Normalizes whole gray levels, each step rounded to a float, as {@link Normalization} does. */
    private String normalized(String levels, Normalization normalization) {
        String share = node("Div", levels, constant(Protos.floats("", 255)));
        String centered = node("Sub", share, perChannel(normalization.mean()));
        return node("Div", centered, perChannel(normalization.std()));
    }

    private String perChannel(float[] numbers) {
        return shaped(Protos.floats("", numbers), numbers.length, 1, 1);
    }

    private String whole(long number) {
        return shaped(Protos.longs("", number));
    }

    private String row(long... numbers) {
        return shaped(Protos.longs("", numbers), 1, numbers.length);
    }

    /** Adds the numbers of a tensor in another shape. */
    private String shaped(TensorProto numbers, long... shape) {
        TensorProto.Builder tensor = numbers.toBuilder().clearDims();
        LongStream.of(shape).forEach(tensor::addDims);
        return constant(tensor.build());
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

    private String gathered(String from, String indices, long axis) {
        return added(begun("Gather", from, indices).addAttribute(Protos.attribute("axis", axis)));
    }

    private String node(String operator, String... inputs) {
        return added(begun(operator, inputs));
    }

    private NodeProto.Builder begun(String operator, String... inputs) {
        return Graphs.node(operator, List.of(inputs), PREFIX + operator.toLowerCase(Locale.ROOT) + named++);
    }

    private String added(NodeProto.Builder node) {
        nodes.addNode(node);
        return node.getOutput(0);
    }
}
