package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training takes from given weights, and what becomes of the last layer, whose shape depends on the number of
 * classes.
 */
public record WarmStart(InitialWeights weights, Head head) {

    /** What becomes of the last layer. */
    public enum Head {
        /** It is taken where the number of classes is the same. */
        TAKEN,
        /** It starts at random, since the weights are known to be for other classes. */
        FRESH
    }

    /**
     * Starts without the last layer if the weights are known to be for classes with other names than those that the
     * network is trained for.
     */
    public static WarmStart of(InitialWeights weights, List<String> classes) {
        boolean other = WeightFile.classes(Path.of(weights.file()))
                .filter(known -> !known.equals(classes))
                .isPresent();
        return new WarmStart(weights, other ? Head.FRESH : Head.TAKEN);
    }

    /** Copies the weights in the jar of a plugin into a folder, since they are read from files. */
    public static WarmStart ofPlugin(URL weights, Scratch scratch) throws IOException {
        String path = weights.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        Path file = scratch.file(name);
        try (InputStream in = weights.openStream()) {
            if (!WeightFile.isOne(file)) {
                throw new TrainingException("expected weights of the plugin in a file that ends in "
                        + WeightFile.ENDINGS + ", but found " + name);
            }
            Files.copy(in, file);
        }
        return new WarmStart(new InitialWeights(file.toString(), Sha256.of(file), 1), Head.TAKEN);
    }

    /**
     * Names the weights that a training starts from, in place of random ones.
     *
     * @param file where they are: {@code .params} of DJL, {@code .safetensors} or {@code .onnx}
     * @param rate factor of the learning rate for the parameters that are taken from the file, 0 to 1,000; 0 freezes
     *     them
     */
    public record InitialWeights(String file, String sha256, double rate) {

        public InitialWeights {
            if (!(rate >= 0 && rate <= 1_000)) {
                throw new IllegalArgumentException("rate must be between 0 and 1000, but is " + rate);
            }
        }
    }

    /**
     * Which parameters of a network started with weights from a file, and which as in a new network, each with the reason.
     */
    public record TransferReport(String sha256, List<String> taken, List<String> fresh) {

        private static final Logger LOG = LoggerFactory.getLogger(TransferReport.class);

        private static final int SHOWN = 3;

        /**
         * Summarizes the transfer in one line, such as {@code 6 of 8 parameters start from the weights 0123456789ab, the
         * others at random: ...}.
         */
        public String sentence() {
            String all = taken.size() + " of " + (taken.size() + fresh.size()) + " parameters start from the weights "
                    + sha256.substring(0, Math.min(12, sha256.length()));
            return fresh.isEmpty() ? all : all + ", the others at random: " + String.join(", ", fresh);
        }

        /** Copies the matching weights into an initialized network. */
        static TransferReport of(
                WarmStart start, Block block, LoadedClassifier classifier, Hyperparameters chosen, Task task) {
            Map<String, Tensor> weights =
                    WeightFile.read(Path.of(start.weights().file()), classifier, chosen, task);
            TransferReport transfer = into(block, weights, start, head(block, classifier, chosen, task));
            LOG.info("{}", transfer.sentence());
            return transfer;
        }

        /**
         * Returns the names of the parameters whose shapes depend on the number of classes: builds a network with one more
         * class.
         */
        private static Set<String> head(Block block, LoadedClassifier classifier, Hyperparameters chosen, Task task) {
            Task more = Task.of(task.channels(), task.height(), task.width(), task.classes() + 1);
            try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
                Block other = classifier.build(more, chosen);
                classifier.initialize(other, manager, more);
                Map<String, Shape> shapes = new HashMap<>();
                ParameterPaths.of(other).forEach((name, parameter) -> shapes.put(name, parameter.getShape()));
                return ParameterPaths.of(block).entrySet().stream()
                        .filter(one -> !one.getValue().getShape().equals(shapes.get(one.getKey())))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
            }
        }

        /**
         * Copies weights by name and shape. The parts of a name may be separated by dots or underscores.
         *
         * @param head names of the parameters of the last layer: those for another number of classes are not copied, and
         *     none of them if the start says so
         */
        private static TransferReport into(
                Block block, Map<String, Tensor> weights, WarmStart start, Set<String> head) {
            InitialWeights source = start.weights();
            Map<String, Tensor> found = new HashMap<>();
            weights.forEach((name, tensor) -> found.put(normalized(name), tensor));
            List<String> taken = new ArrayList<>();
            List<String> fresh = new ArrayList<>();
            ParameterPaths.of(block).forEach((name, parameter) -> {
                Tensor tensor = found.get(normalized(name));
                long[] shape = parameter.getShape().getShape();
                if (tensor == null) {
                    fresh.add(name + " (not in the file)");
                } else if (start.head() == WarmStart.Head.FRESH && head.contains(name)) {
                    fresh.add(name + " (for other classes)");
                } else if (Arrays.equals(tensor.shape(), shape)) {
                    write(parameter, tensor);
                    taken.add(name);
                } else if (head.contains(name)) {
                    fresh.add(name + " (" + written(tensor.shape()) + " in the file, " + written(shape) + " here)");
                } else {
                    throw new TrainingException(source.file() + ": expected " + name + " of " + written(shape)
                            + ", but found one of " + written(tensor.shape())
                            + ": the weights are of another network or for images of another size");
                }
            });
            if (taken.isEmpty()) {
                throw new TrainingException(source.file() + ": expected weights with names of the network, such as "
                        + some(ParameterPaths.of(block).keySet().stream()) + ", but found "
                        + (weights.isEmpty() ? "none" : some(weights.keySet().stream()))
                        + ": rename them, or take another file");
            }
            return new TransferReport(source.sha256(), taken, fresh);
        }

        /** Copies all numbers, bit for bit if they are 32-bit floating point numbers. */
        private static void write(Parameter parameter, Tensor tensor) {
            double[] numbers = tensor.toDoubles();
            float[] values = new float[numbers.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) numbers[i];
            }
            parameter.getArray().set(FloatBuffer.wrap(values));
        }

        private static String normalized(String name) {
            return name.replace('_', '.');
        }

        private static String written(long[] shape) {
            return LongStream.of(shape).mapToObj(String::valueOf).collect(Collectors.joining("x"));
        }

        private static String some(Stream<String> names) {
            return names.limit(SHOWN).collect(Collectors.joining(", "));
        }
    }
}
