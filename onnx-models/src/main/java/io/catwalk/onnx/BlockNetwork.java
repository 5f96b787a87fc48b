package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.LoweringOptions;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.parity.Proof.Network;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.trace.BlockState;
import io.catwalk.onnx.trace.Managers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs a block in its engine, with the input and output names of the graph that it was exported to. Also computes what
 * the graph adds to the block: preprocessing before it, and probabilities after it.
 *
 * @param parameters store of its weights; empty to take them from the block
 * @param graph the graph that the block was exported to
 */
record BlockNetwork(Block block, Optional<ParameterStore> parameters, LoweringOptions options, Graph graph)
        implements Network {

    private static final int WHITE = 255;

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        BlockState before = BlockState.of(block); // arrays that forward keeps are closed with the manager
        try (NDManager manager = Managers.open(block, parameters)) {
            NDList given = new NDList();
            for (Value input : graph.inputs()) {
                NDArray array = DjlTensors.toArray(Objects.requireNonNull(inputs.get(input.name())), manager);
                array.setName(input.name());
                given.add(array);
            }
            NDList network = options.preprocessing()
                    .map(pixels -> new NDList(normalized(pixels, given.head(), manager)))
                    .orElse(given);
            NDList found =
                    block.forward(parameters.orElseGet(() -> new ParameterStore(manager, false)), network, false);
            if (options.choices().contains(ExportFlag.PROBABILITIES)) {
                found = new NDList(found); // the list may belong to the block
                found.add(found.head().softmax(-1));
            }
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            for (int i = 0; i < graph.outputs().size(); i++) {
                outputs.put(graph.outputs().get(i).name(), DjlTensors.of(found.get(i)));
            }
            return outputs;
        } catch (RuntimeException e) {
            throw new ExportException(
                    "the network itself does not run on " + inputs + ": " + e + "; prove it with samples that it takes",
                    e);
        } finally {
            before.restore();
        }
    }

    private static NDArray normalized(Normalization pixels, NDArray image, NDManager manager) {
        return image.toType(DataType.FLOAT32, false)
                .div(WHITE)
                .sub(perChannel(pixels.mean(), image, manager))
                .div(perChannel(pixels.std(), image, manager));
    }

    private static NDArray perChannel(float[] numbers, NDArray image, NDManager manager) {
        Shape shape = new Shape(numbers.length);
        for (int axis = 2; axis < image.getShape().dimension(); axis++) {
            shape = shape.add(1);
        }
        return manager.create(numbers, shape);
    }
}
