package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the weights that a training starts from, in any supported format, which the file name extension tells. */
public final class WeightFile {

    public static final String ENDINGS = ".params, .safetensors or .onnx";

    /** Name of the file in which a trial keeps the names of its classes, in the folder above that of its weights. */
    public static final String CLASSES = "classes.json";

    private static final String MAGIC = "DJL@";
    /** A file above this part of the heap may well be too large for it; a smaller one is not. */
    private static final int LARGE = 4;

    private static final Pattern OF_DJL = Pattern.compile("(.+)-(\\d{4,9})\\.params");
    private static final Pattern KNOWN = Pattern.compile("(?i).+\\.(params|safetensors|onnx)");

    private WeightFile() {}

    /** Tells by its name whether a file, there or not, can be read. */
    public static boolean isOne(Path file) {
        return KNOWN.matcher(String.valueOf(file.getFileName())).matches();
    }

    /**
     * Finds out which classes the weights are for, in the order of the logits, as far as it is known: an ONNX file of
     * Catwalk contains them, and a trial keeps them beside its weights.
     */
    static Optional<List<String>> classes(Path file) {
        if (nameOf(file).endsWith(".onnx")) {
            return OnnxMetadata.read(file).labels();
        }
        Path beside = file.toAbsolutePath().resolveSibling("../" + CLASSES).normalize();
        try {
            return Files.isRegularFile(beside)
                    ? Optional.of(List.of(Json.read(beside, String[].class, "the classes of a trial")))
                    : Optional.empty();
        } catch (IOException | RequestException e) {
            throw new TrainingException("the classes of the initial weights cannot be read: " + Reasons.of(e));
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the floating point numbers of a file by name. A {@code .params} file of DJL can be read only by its
     * network.
     */
    static Map<String, Tensor> read(Path file, LoadedClassifier classifier, Hyperparameters chosen, Task task) {
        String name = nameOf(file);
        try {
            return name.endsWith(".onnx")
                    ? OnnxWeights.read(file)
                    : name.endsWith(".safetensors")
                            ? SafetensorsFile.read(file)
                            : params(file, classifier, chosen, task);
        } catch (IOException e) {
            throw new TrainingException("the initial weights cannot be read: " + Reasons.of(e));
        }
    }

    /**
     * Tells whether an existing file begins as those that DJL can read. DJL itself does not: it leaves a network as it
     * is when the file begins with anything else, so that random numbers would pass for trained weights.
     */
    static boolean isOfDjl(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length()), MAGIC.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * Loads a file of DJL, which checks little: a damaged one ends in whatever its bytes lead to.
     *
     * @param model has the name and the block of the file
     * @param epoch number in the name of the file
     * @throws MalformedModelException if it belongs to another network
     */
    static void load(Model model, Path file, int epoch) throws IOException, MalformedModelException {
        try {
            model.load(file.toAbsolutePath().getParent(), model.getName(), Map.of("epoch", String.valueOf(epoch)));
        } catch (IOException | RuntimeException e) {
            throw damaged(file, e);
        } catch (OutOfMemoryError e) {
            if (Files.size(file) > Runtime.getRuntime().maxMemory() / LARGE) {
                throw e;
            }
            throw damaged(file, e); // the file says that it has an array of billions of numbers
        }
    }

    private static IOException damaged(Path file, Throwable cause) {
        return new IOException(
                "expected weights that DJL wrote in " + file + ", but the file is damaged: train the trial again, or"
                        + " take another copy",
                cause);
    }

    private static Map<String, Tensor> params(Path file, LoadedClassifier classifier, Hyperparameters chosen, Task task)
            throws IOException {
        Matcher matcher = OF_DJL.matcher(String.valueOf(file.getFileName()));
        if (!matcher.matches()) {
            throw new TrainingException(
                    file + ": expected a name such as network-0000.params, as DJL writes it: rename the file");
        }
        if (!isOfDjl(file)) {
            throw new TrainingException(file + ": expected weights that DJL wrote, which begin with " + MAGIC
                    + ", but found another format: take " + ENDINGS + " of a network of " + classifier.name());
        }
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
                Model model = Model.newInstance(matcher.group(1), Device.cpu(), "PyTorch")) {
            Block block = classifier.build(task, chosen);
            classifier.initialize(block, manager, task);
            model.setBlock(block);
            load(model, file, Integer.parseInt(matcher.group(2)));
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (Map.Entry<String, Parameter> entry : ParameterPaths.of(block).entrySet()) {
                if (entry.getValue().getArray().getDataType() == DataType.FLOAT32) {
                    float[] numbers = entry.getValue().getArray().toFloatArray();
                    weights.put(
                            entry.getKey(),
                            Tensor.of(numbers, entry.getValue().getShape().getShape()));
                }
            }
            return weights;
        } catch (MalformedModelException e) {
            throw new TrainingException(file + ": expected weights of the network of " + classifier.name()
                    + ", but they are of another; take a trial of " + classifier.name());
        }
    }

    /**
     * Reads the floating point numbers of a safetensors file: the length of a header, the header in JSON, then the numbers
     * (https://huggingface.co/docs/safetensors, "Format").
     */
    static final class SafetensorsFile {

        private static final int MOST_HEADER = 100_000_000;

        private static final Map<String, TensorType> TYPES = Map.of(
                "F32",
                TensorType.FLOAT,
                "F16",
                TensorType.FLOAT16,
                "BF16",
                TensorType.BFLOAT16,
                "F64",
                TensorType.DOUBLE);

        private SafetensorsFile() {}

        /** Reads numbers by their names, in the order of the header; whole numbers are left out. */
        static Map<String, Tensor> read(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file)) {
                long size = channel.size();
                long length =
                        size < Long.BYTES ? -1 : read(channel, 0, Long.BYTES).getLong();
                if (length < 0 || length > Math.min(MOST_HEADER, size - Long.BYTES)) {
                    throw damaged(file, "a header that fits into its " + size + " bytes", "one of " + length);
                }
                byte[] header = read(channel, Long.BYTES, (int) length).array();
                long start = Long.BYTES + length;
                JsonNode names = Json.JSON.readTree(new String(header, StandardCharsets.UTF_8));
                if (!names.isObject()) {
                    throw damaged(file, "a header in JSON with names", "other JSON");
                }
                Map<String, Tensor> tensors = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> entry : names.properties()) {
                    TensorType type = TYPES.get(entry.getValue().path("dtype").asString(""));
                    if (type != null) {
                        tensors.put(entry.getKey(), tensor(file, channel, start, type, entry));
                    }
                }
                return tensors;
            } catch (JacksonException e) {
                throw new IOException(
                        file + ": expected a header in JSON, but found something else: is it a safetensors file?", e);
            }
        }

        private static Tensor tensor(
                Path file, FileChannel channel, long start, TensorType type, Map.Entry<String, JsonNode> entry)
                throws IOException {
            long[] shape = entry.getValue()
                    .path("shape")
                    .valueStream()
                    .mapToLong(JsonNode::asLong)
                    .toArray();
            long from = entry.getValue().path("data_offsets").path(0).asLong(-1);
            long to = entry.getValue().path("data_offsets").path(1).asLong(-1);
            long room = channel.size() - start;
            if (from < 0 || to < from || to > room || to - from > Integer.MAX_VALUE) {
                throw damaged(file, entry.getKey() + " within " + room + " bytes", from + " to " + to);
            }
            try {
                return Tensor.of(type, read(channel, start + from, (int) (to - from)), shape);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IOException(
                        file + ": " + entry.getKey() + ": " + e.getMessage() + ": copy the file again", e);
            }
        }

        /** Reads little-endian bytes; every machine that the engine runs on is little-endian. */
        private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            int count = 0;
            while (bytes.hasRemaining() && count >= 0) {
                count = channel.read(bytes, from + bytes.position());
            }
            return bytes.flip();
        }

        private static IOException damaged(Path file, String expected, String found) {
            return new IOException(file + ": expected " + expected + ", but found " + found
                    + ": is it a safetensors file? Copy it again");
        }
    }
}
