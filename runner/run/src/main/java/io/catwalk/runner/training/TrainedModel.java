package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.runner.plugin.LoadedClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network with its trained weights, on the processor, and the history of its training. Closing it frees the weights.
 *
 * @param manager owns the weights
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

    /** Counts the values in all trainable parameters. */
    public long parameters() {
        long sum = 0;
        for (Parameter parameter : distinctParameters(block)) {
            sum += parameter.requiresGradient() ? parameter.getShape().size() : 0;
        }
        return sum;
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

    /**
     * Loads weights that {@link #save} has written, of the same classifier, hyperparameters and task.
     *
     * @throws IOException if they cannot be read or belong to another network
     */
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
}
