package io.catwalk.testkit.contract;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import io.catwalk.api.Gradients;
import io.catwalk.onnx.OnnxExport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs one network on the CPU; closing it frees its memory. */
final class Network implements AutoCloseable {

    private static final float LEARNING_RATE = 0.002f;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu());
    private final ParameterStore parameters = new ParameterStore(manager, false);
    private final Adam adam =
            Adam.builder().optLearningRateTracker(Tracker.fixed(LEARNING_RATE)).build();
    private final Block block;

    private Network(Block block) {
        this.block = block;
    }

    /** Draws the weights of a new block, for images of the given shape. */
    static Network initialized(Block block, Shape images, int seed) {
        Network network = new Network(block);
        try {
            Engine.getInstance().setRandomSeed(seed);
            block.initialize(network.manager, DataType.FLOAT32, images);
            return network;
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    /**
     * Loads what {@link #savedParameters} returned into a new block. The block is initialized before, as in the
     * program, but with other weights, so that one that is not loaded is noticed.
     */
    static Network reloaded(Block block, Shape images, byte[] saved) throws Exception {
        Network network = initialized(block, images, Candidate.SEED + 1);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved))) {
            block.loadParameters(network.manager, in);
            return network;
        } catch (Exception | Error e) {
            network.close();
            throw e;
        }
    }

    Block block() {
        return block;
    }

    byte[] savedParameters() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            block.saveParameters(out);
        }
        return bytes.toByteArray();
    }

    /** Returns the shape that the block says its output has. */
    Shape[] statedShape(Images images) {
        return block.getOutputShapes(new Shape[] {images.shape()});
    }

    /** Returns the actual shape of the output. */
    Shape shape(Images images) {
        try (NDManager scope = manager.newSubManager()) {
            return forward(scope, images, Mode.EVALUATION).getShape();
        }
    }

    float[] logits(Images images, Mode mode) {
        try (NDManager scope = manager.newSubManager()) {
            return forward(scope, images, mode).toFloatArray();
        }
    }

    /** Returns the gradients of the loss on the images, by the names of the parameters that are trained. */
    Map<String, float[]> gradients(Images images) {
        backward(images);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                try (NDArray gradient = parameter.getValue().getArray().getGradient()) {
                    gradients.put(parameter.getKey(), gradient.toFloatArray());
                }
            }
        }
        return gradients;
    }

    /** Takes one step of Adam on the images. */
    void step(Images images) {
        backward(images);
        update();
    }

    /** Takes one step of Adam with the gradients that were computed last, and sets them to 0. */
    void update() {
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                NDArray weight = parameter.getValue().getArray();
                try (NDArray gradient = weight.getGradient()) {
                    adam.update(parameter.getKey(), weight, gradient);
                }
            }
        }
    }

    /** Counts the images whose largest logit is that of their label. */
    int right(Images images) {
        float[] logits = logits(images, Mode.EVALUATION);
        int classes = logits.length / images.count();
        int right = 0;
        for (int image = 0; image < images.count(); image++) {
            int largest = 0;
            for (int label = 1; label < classes; label++) {
                if (logits[image * classes + label] > logits[image * classes + largest]) {
                    largest = label;
                }
            }
            right += largest == images.labels()[image] ? 1 : 0;
        }
        return right;
    }

    Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            weights.put(parameter.getKey(), parameter.getValue().getArray().toFloatArray());
        }
        return weights;
    }

    /** Returns the size of the parameters, in bytes. */
    long bytes() {
        long bytes = 0;
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            NDArray array = parameter.getValue().getArray();
            bytes += array.size() * array.getDataType().getNumOfBytes();
        }
        return bytes;
    }

    /** Writes the network as ONNX, by tracing it. */
    void export(Shape image, Path file) throws IOException {
        OnnxExport.of(block, image).withParameters(parameters).write(file);
    }

    private void backward(Images images) {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Gradients.collector(Engine.getInstance())) {
            NDArray logits = forward(scope, images, Mode.TRAINING);
            NDArray loss =
                    Loss.softmaxCrossEntropyLoss().evaluate(new NDList(images.labels(scope)), new NDList(logits));
            collector.backward(loss);
        }
    }

    private NDArray forward(NDManager scope, Images images, Mode mode) {
        return block.forward(parameters, new NDList(images.pixels(scope)), mode == Mode.TRAINING)
                .singletonOrThrow();
    }

    /** Closes the parameters. */
    @Override
    public void close() {
        manager.close();
    }

    /** What the network is run for; some layers, such as dropout, behave differently. */
    enum Mode {
        TRAINING,
        EVALUATION
    }
}
