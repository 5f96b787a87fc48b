package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * States what a classifier in an ONNX file takes and gives.
 *
 * @param input name of the input, (batch, channels, height, width)
 * @param pixels type of the input
 * @param batch the only batch size that the file accepts, or {@link #ANY_BATCH}
 * @param channels channels of an image; at least 1
 * @param height rows of an image; at least 1
 * @param width columns of an image; at least 1
 * @param output name of the output, (batch, classes), float32
 * @param classes number of logits per image; at least 1
 */
public record Signature(
        String input, PixelType pixels, int batch, int channels, int height, int width, String output, int classes) {

    /** Stands for a file that accepts every batch size. */
    public static final int ANY_BATCH = 0;

    /** Name of the output that is preferred where a file has several. */
    static final String LOGITS = "logits";

    private static final int LARGEST_DIMENSION = 1 << 16;
    private static final String IMAGES = "float32 or uint8 images (batch, channels, height, width) of a fixed size";
    private static final String SCORES = "float32 logits (batch, classes) with a fixed number of classes";

    /** Names what a file takes for a pixel. */
    public enum PixelType {
        /** Normalized pixels. */
        FLOAT32,
        /** Pixels 0 to 255; the file normalizes them itself. */
        UINT8
    }

    /**
     * Returns how many numbers make an image.
     *
     * @return channels times height times width
     */
    public int imageSize() {
        return channels * height * width;
    }

    static Signature of(Path file, GraphProto graph) {
        Set<String> weights = graph.getInitializerList().stream()
                .map(tensor -> tensor.getName())
                .collect(Collectors.toUnmodifiableSet());
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(value -> !weights.contains(value.getName())) // IR 3 lists weights among the inputs
                .toList();
        if (inputs.size() != 1) {
            throw new OnnxFileException(
                    file,
                    "exactly one input: " + IMAGES,
                    inputs.size() + ": " + described(inputs),
                    "export images alone");
        }
        ValueInfoProto input = inputs.get(0);
        List<Dimension> shape = shape(input);
        int type = type(input);
        if ((type != DataType.FLOAT_VALUE && type != DataType.UINT8_VALUE)
                || shape.size() != 4
                || !shape.stream().skip(1).allMatch(Signature::isFixed)
                || imageSize(shape) > Integer.MAX_VALUE) {
            throw new OnnxFileException(file, IMAGES, described(input), "export the model with an image as its input");
        }
        ValueInfoProto output = output(file, graph.getOutputList());
        Dimension batch = shape.get(0);
        Dimension answers = shape(output).get(0);
        if (answers.hasDimValue() && answers.getDimValue() != batch.getDimValue()) {
            throw new OnnxFileException(
                    file,
                    "one row of logits per image",
                    described(input) + " and " + described(output),
                    "export it with the same batch size in input and output");
        }
        return new Signature(
                input.getName(),
                type == DataType.FLOAT_VALUE ? PixelType.FLOAT32 : PixelType.UINT8,
                isFixed(batch) ? (int) batch.getDimValue() : ANY_BATCH,
                (int) shape.get(1).getDimValue(),
                (int) shape.get(2).getDimValue(),
                (int) shape.get(3).getDimValue(),
                output.getName(),
                (int) shape(output).get(1).getDimValue());
    }

    /** Finds the output by its name, or by being the only one of the right form. */
    private static ValueInfoProto output(Path file, List<ValueInfoProto> outputs) {
        List<ValueInfoProto> named =
                outputs.stream().filter(value -> value.getName().equals(LOGITS)).toList();
        List<ValueInfoProto> fitting = (named.isEmpty() ? outputs : named)
                .stream().filter(Signature::isLogits).toList();
        if (fitting.size() != 1) {
            throw new OnnxFileException(
                    file,
                    "an output " + LOGITS + ", or exactly one with " + SCORES,
                    described(outputs),
                    "name the output " + LOGITS);
        }
        return fitting.get(0);
    }

    private static boolean isLogits(ValueInfoProto value) {
        List<Dimension> shape = shape(value);
        return type(value) == DataType.FLOAT_VALUE && shape.size() == 2 && isFixed(shape.get(1));
    }

    private static boolean isFixed(Dimension dimension) {
        return dimension.getDimValue() >= 1 && dimension.getDimValue() <= LARGEST_DIMENSION;
    }

    private static long imageSize(List<Dimension> shape) {
        return shape.stream().skip(1).mapToLong(Dimension::getDimValue).reduce(1, (a, b) -> a * b);
    }

    private static int type(ValueInfoProto value) {
        return value.getType().getTensorType().getElemType();
    }

    private static List<Dimension> shape(ValueInfoProto value) {
        return value.getType().getTensorType().getShape().getDimList();
    }

    private static String described(List<ValueInfoProto> values) {
        return values.isEmpty()
                ? "none"
                : values.stream().map(Signature::described).collect(Collectors.joining(", "));
    }

    /** Writes {@code images float (batch, 1, 28, 28)}. */
    private static String described(ValueInfoProto value) {
        if (value.getType().getValueCase() != TypeProto.ValueCase.TENSOR_TYPE) {
            return value.getName() + ", not a tensor";
        }
        DataType type = DataType.forNumber(type(value));
        String shape = value.getType().getTensorType().hasShape()
                ? shape(value).stream().map(Signature::described).collect(Collectors.joining(", ", "(", ")"))
                : "of unknown shape";
        return value.getName() + " " + (type == null ? "?" : type.name().toLowerCase(Locale.ROOT)) + " " + shape;
    }

    private static String described(Dimension dimension) {
        return switch (dimension.getValueCase()) {
            case DIM_VALUE -> String.valueOf(dimension.getDimValue());
            case DIM_PARAM -> dimension.getDimParam();
            case VALUE_NOT_SET -> "?";
        };
    }
}
