package io.catwalk.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.onnx.lowering.Lowering;
import io.catwalk.onnx.trace.Placeholders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Describes one input of a network: one array of the list that {@code forward} takes.
 *
 * <pre>{@code
 * Axis sequence = Axis.of("sequence").atMost(512);
 * OnnxInput ids = OnnxInput.of("input_ids", DataType.INT64, Axis.BATCH, sequence);
 * }</pre>
 *
 * <p>During the export, the network receives numbers from 0 to 1, or zeros for whole numbers and booleans, since index
 * 0 is valid in every table. Where zero is not valid, as for lengths and divisors, say what is:
 *
 * <pre>{@code
 * OnnxInput lengths = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH).withRange(1, 5);
 * }</pre>
 *
 * @param name name in the file, and of the array that forward gets; not empty
 * @param type type of the elements
 * @param axes from the first to the last; none for a scalar
 * @param range what the network receives during the export; empty for the numbers named above
 */
public record OnnxInput(String name, DataType type, List<Axis> axes, Optional<Range> range) {

    /**
     * Numbers that are valid for an input.
     *
     * @param low the smallest
     * @param high the largest, at least {@code low}
     */
    public record Range(double low, double high) {

        /** Checks the order. */
        public Range {
            if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
                throw new IllegalArgumentException(
                        "expected the smallest and the largest number of an input, found " + low + " and " + high);
            }
        }
    }

    private static final Set<DataType> TYPES = Set.copyOf(Placeholders.TYPES.values());

    /** Checks name and type, and copies the axes. */
    public OnnxInput {
        if (name.isBlank()) {
            throw new IllegalArgumentException("expected a name for the input, found none");
        }
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("expected a type that is exported for the input " + name + ", one of "
                    + TYPES.stream().sorted().toList() + ", found " + type);
        }
        axes = List.copyOf(axes);
        boolean numbers = type != DataType.BOOLEAN;
        boolean whole = !type.isFloating();
        if (range.isPresent() && (!numbers || (whole && !isWhole(range.get())))) {
            throw new IllegalArgumentException("expected whole numbers for the range of the " + type + " input " + name
                    + ", found " + range.get() + (numbers ? "" : ": truth values have no range"));
        }
    }

    /**
     * Describes an input for which the export chooses the numbers.
     *
     * @param name name in the file, not empty
     * @param type as for {@link #of}
     * @param axes from the first to the last
     */
    public OnnxInput(String name, DataType type, List<Axis> axes) {
        this(name, type, axes, Optional.empty());
    }

    private static boolean isWhole(Range range) {
        return range.low == Math.rint(range.low) && range.high == Math.rint(range.high);
    }

    /**
     * Says which numbers the network takes, such as lengths from 1 on: the export calls {@code forward} with some of
     * them. The file takes all numbers as before.
     *
     * @param low the smallest
     * @param high the largest; should be valid at every size of the dynamic axes, also the smallest
     * @throws IllegalArgumentException if {@code low} is above {@code high}, the input holds truth values, or it holds
     *     whole numbers and one of the two is not whole
     */
    public OnnxInput withRange(double low, double high) {
        return new OnnxInput(name, type, axes, Optional.of(new Range(low, high)));
    }

    /**
     * Describes an input.
     *
     * @param name name in the file, not empty
     * @param type FLOAT32, FLOAT16, FLOAT64, INT64, INT32, INT8, UINT8 or BOOLEAN
     * @param axes from the first to the last; none for a scalar
     * @throws IllegalArgumentException if the name is empty or the type cannot be exported
     */
    public static OnnxInput of(String name, DataType type, Axis... axes) {
        return new OnnxInput(name, type, List.of(axes));
    }

    /** Describes an input of any number of samples of one shape. */
    static OnnxInput ofImages(Shape sample) {
        List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH));
        for (long size : sample.getShape()) {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "expected the shape of one sample, with sizes of at least 1 and without the batch, found "
                                + sample);
            }
            axes.add(Axis.of(size));
        }
        return new OnnxInput(Lowering.INPUT, DataType.FLOAT32, axes);
    }

    /** Rejects the shape of a whole batch where that of one sample is expected. */
    static void requireNoBatch(Block block, Shape sample) {
        boolean whole = sample.dimension() > 1
                && block.isInitialized()
                && block.describeInput().values().equals(List.of(sample));
        if (whole) {
            throw new IllegalArgumentException("expected the shape of one sample, without the batch, found " + sample
                    + ", the whole shape that the network was initialized with: leave the batch out ("
                    + sample.slice(1) + "), or describe all axes with OnnxInput.of");
        }
    }

    /** Returns the shape of one sample of an initialized block with one input. */
    static Shape sampleOf(Block block) {
        List<Shape> shapes = block.isInitialized() ? block.describeInput().values() : List.of();
        if (shapes.size() != 1 || shapes.get(0).dimension() < 1) {
            throw new IllegalArgumentException("expected a model that knows the shape of its one input, found " + shapes
                    + ": use of(model.getBlock(), OnnxInput...)");
        }
        return shapes.get(0).slice(1);
    }

    List<Axis.Dynamic> dynamic() {
        return axes.stream()
                .filter(Axis.Dynamic.class::isInstance)
                .map(Axis.Dynamic.class::cast)
                .toList();
    }

    /** Tells whether only the batch axis is dynamic, so that each sample costs the same. */
    boolean isOfOneSizePerSample() {
        return dynamic().stream()
                .allMatch(axis -> axis.isSingle() || axis.name().equals(Axis.BATCH.name()));
    }

    /** Returns the number of samples if it is fixed; else 1, the size at which the work of a graph is counted. */
    static long fixedBatch(List<OnnxInput> inputs) {
        return inputs.stream()
                .flatMap(input -> input.dynamic().stream())
                .filter(axis -> axis.isSingle() && axis.name().equals(Axis.BATCH.name()))
                .mapToLong(Axis.Dynamic::least)
                .findFirst()
                .orElse(1);
    }

    static void requireFitting(List<OnnxInput> inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("expected at least one input, found none");
        }
        Set<String> names = new HashSet<>();
        Map<String, Axis.Dynamic> known = new HashMap<>();
        for (OnnxInput input : inputs) {
            if (!names.add(input.name)) {
                throw new IllegalArgumentException(
                        "expected a different name for each input, found " + input.name + " twice");
            }
            for (Axis.Dynamic axis : input.dynamic()) {
                Axis.Dynamic other = known.putIfAbsent(axis.name(), axis);
                if (other != null && !other.equals(axis)) {
                    throw new IllegalArgumentException("expected the same sizes wherever an axis is called "
                            + axis.name() + ", found " + other + " and " + axis);
                }
            }
        }
    }

    static List<OnnxInput> fixed(List<OnnxInput> inputs, String name, long size) {
        List<String> known = inputs.stream()
                .flatMap(input -> input.dynamic().stream().map(Axis.Dynamic::name))
                .distinct()
                .toList();
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "expected the name of a dynamic axis, one of " + known + ", found " + name);
        }
        return inputs.stream()
                .map(input -> new OnnxInput(
                        input.name,
                        input.type,
                        input.axes.stream()
                                .map(axis -> axis instanceof Axis.Dynamic dynamic
                                                && dynamic.name().equals(name)
                                        ? dynamic.only(size)
                                        : axis)
                                .toList(),
                        input.range))
                .toList();
    }

    static void requireImages(List<OnnxInput> inputs) {
        OnnxInput first = inputs.get(0);
        if (inputs.size() != 1 || first.type != DataType.FLOAT32 || first.axes.size() < 2) {
            throw new IllegalArgumentException(
                    "expected one FLOAT32 input of images (batch, channels, ...) for embedded"
                            + " preprocessing, found " + inputs);
        }
    }
}
