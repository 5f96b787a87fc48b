package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.ParameterVector.ParametersInScope;
import io.catwalk.runner.training.WarmStart.TransferReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network with its trained weights, on the processor, and the history of its training. Closing it frees the weights.
 *
 * @param block images (batch, channels, height, width) to logits (batch, classes)
 * @param history one record per epoch; empty if the weights were loaded
 * @param bestEpoch number of the epoch of the weights, from 1; 0 if they were loaded
 * @param transfer which weights the training started from; null if all were random, or the weights were loaded
 */
public record TrainedModel(
        NDManager manager,
        Block block,
        Task task,
        List<Epoch> history,
        int bestEpoch,
        @Nullable TransferReport transfer)
        implements AutoCloseable {

    private static final String FILE = "network";

    /** Name of the file that {@link #save} writes. */
    public static final String FILE_NAME = FILE + "-0000.params";

    public long parameters() {
        return distinctParameters(block).stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }

    /**
     * Returns a predictor that runs the network on the PyTorch engine, for one thread, valid until this model is
     * closed.
     */
    public Predictor predictor() {
        long bytes = distinctParameters(block).stream()
                .mapToLong(parameter -> parameter.getArray().size()
                        * parameter.getArray().getDataType().getNumOfBytes())
                .sum();
        ImageLayout layout = ImageLayout.of(block);
        return new TorchPredictor(block, layout, new TorchPredictor.DetachedWeights(layout, bytes), task, manager);
    }

    /** Saves the weights in DJL's format, as {@code network-0000.params} in an existing folder. */
    public void save(Path folder) throws IOException {
        try (Model model = Model.newInstance(FILE, Device.cpu(), "PyTorch")) {
            model.setBlock(block);
            model.setProperty("Epoch", "0");
            model.save(folder, FILE);
        }
    }

    /** Loads weights that {@link #save} has written, of the same classifier, hyperparameters and task. */
    public static TrainedModel load(Path folder, LoadedClassifier classifier, Hyperparameters chosen, Task task)
            throws IOException {
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
        try {
            Block block = classifier.build(task, chosen);
            classifier.initialize(block, manager, task);
            List<Shape> expected = shapes(block);
            Path file = folder.resolve(FILE_NAME);
            if (!WeightFile.isOfDjl(file)) {
                throw new IOException("expected weights that DJL wrote in " + file
                        + ", but its beginning is damaged: train the trial again");
            }
            try (Model model = Model.newInstance(FILE, Device.cpu(), "PyTorch")) {
                model.setBlock(block);
                WeightFile.load(model, file, 0);
                // Otherwise they would be freed with the model.
                for (Parameter parameter : distinctParameters(block)) {
                    parameter.getArray().attach(manager);
                }
            }
            // DJL accepts whatever shape the file has.
            if (!shapes(block).equals(expected)) {
                throw new MalformedModelException(
                        "expected parameters of shapes " + expected + ", but found " + shapes(block));
            }
            return new TrainedModel(manager, block, task, List.of(), 0, null);
        } catch (MalformedModelException e) {
            manager.close();
            throw new IOException("the weights in " + folder + " belong to another network: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    private static List<Shape> shapes(Block block) {
        return distinctParameters(block).stream().map(Parameter::getShape).toList();
    }

    /** Returns each parameter once, even if layers share it. */
    static List<Parameter> distinctParameters(Block block) {
        return block.getParameters().stream().map(Pair::getValue).distinct().toList();
    }

    /** Predicts images with the network itself, in evaluation mode. For one thread at a time. */
    static final class TorchPredictor implements Predictor {

        private final Block block;
        private final ImageLayout layout;
        private final Function<NDManager, ParameterStore> weights;
        private final Task task;
        private final NDManager manager;
        private ByteBuffer memory = ByteBuffer.allocateDirect(0);

        /** Takes parameters as arrays of the manager of one call; the parent of these managers outlives this. */
        TorchPredictor(
                Block block,
                ImageLayout layout,
                Function<NDManager, ParameterStore> weights,
                Task task,
                NDManager parent) {
            this.block = block;
            this.layout = layout;
            this.weights = weights;
            this.task = task;
            manager = parent.newSubManager();
        }

        @Override
        public float[] logits(float[] images, int count) {
            int size = task.channels() * task.height() * task.width();
            if (count < 1 || images.length != count * size) {
                throw new IllegalArgumentException("expected " + count + " images of " + size + " values, but found "
                        + images.length + " values in all");
            }
            try (NDManager scratch = manager.newSubManager()) {
                NDArray input = layout.view(
                        scratch.create(filled(images, count), new Shape(images.length), DataType.FLOAT32),
                        new Shape(count, task.channels(), task.height(), task.width()));
                NDArray logits = block.forward(weights.apply(scratch), new NDList(input), false)
                        .singletonOrThrow();
                logits.attach(scratch);
                requireShape(logits, count, task.classes());
                return logits.toFloatArray();
            }
        }

        /** Throws unless the logits have one row per image and one column per class. */
        static void requireShape(NDArray logits, long count, long classes) {
            if (!logits.getShape().equals(new Shape(count, classes))) {
                throw new TrainingException("expected logits of shape " + new Shape(count, classes)
                        + " (images, classes) from the network, but found " + logits.getShape());
            }
        }

        /** Copies into memory that the engine reads in place; it is reused in the next call. */
        private ByteBuffer filled(float[] images, int count) {
            int bytes = images.length * Float.BYTES;
            if (memory.capacity() < bytes) {
                memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            }
            memory.clear().limit(bytes);
            layout.put(images, count, task.channels(), memory.asFloatBuffer());
            return memory;
        }

        @Override
        public void close() {
            manager.close();
        }

        /**
         * Provides the weights of a network that is not trained any more. They are detached from the gradient graph once for
         * many calls: detaching them one at a time takes a third of the time of a small network. What a network computes from
         * its weights alone stays in memory as long as they do (see {@link ParametersInScope}), so they are detached again from
         * time to time. Kernels of convolutions are then brought into the layout of the images.
         */
        static final class DetachedWeights implements Function<NDManager, ParameterStore> {

            private static final int MOST_CALLS = 1000;

            /** Memory that a network may leave behind, if each call computes something of the size of all its weights. */
            private static final long MOST_BYTES = 64L << 20;

            private final ImageLayout layout;
            private final int calls;
            private final Map<String, NDArray> arrays = new HashMap<>();
            private @Nullable NDManager scope;
            private int left;

            /** Creates a store for one predictor of weights of this size. */
            DetachedWeights(ImageLayout layout, long bytes) {
                this.layout = layout;
                calls = (int) Math.max(1, Math.min(MOST_CALLS, MOST_BYTES / Math.max(1, bytes)));
            }

            /** Returns the weights for a call whose manager is {@code call}; they belong to the parent of that manager. */
            @Override
            public ParameterStore apply(NDManager call) {
                if (scope == null || left == 0) {
                    if (scope != null) {
                        scope.close();
                    }
                    arrays.clear();
                    scope = call.getParentManager().newSubManager();
                    left = calls;
                }
                left--;
                return new ParametersInScope(scope, Parameter::getArray) {
                    @Override
                    NDArray inScope(Parameter parameter) {
                        return arrays.computeIfAbsent(parameter.getId(), id -> {
                            NDArray array = super.inScope(parameter);
                            return layout.view(layout.memory(array), array.getShape());
                        });
                    }
                };
            }
        }
    }
}
