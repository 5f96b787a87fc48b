package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A block as users write their own, less the ceremony: it notes with which shapes each child is initialized.
 * Like many such blocks it does not know its output shapes, and says that they are those of its inputs.
 */
class Net extends AbstractBlock {
    private final Map<Block, Shape[]> inputs = new LinkedHashMap<>();
    private BiFunction<Call, NDList, NDList> step = (call, list) -> list;
    private UnaryOperator<Shape[]> output = shapes -> shapes;

    /** One run of {@code forward}. */
    record Call(ParameterStore store, boolean training) {

        NDArray run(Block block, NDArray... arrays) {
            return all(block, arrays).head();
        }

        NDList all(Block block, NDArray... arrays) {
            return block.forward(store, new NDList(arrays), training);
        }

        NDArray value(Parameter parameter, NDArray beside) {
            return store.getValue(parameter, beside.getDevice(), training);
        }
    }

    final <B extends Block> B child(B block, long... shape) {
        return child(block, new Shape(shape));
    }

    final <B extends Block> B child(B block, Shape... shapes) {
        inputs.put(block, shapes);
        return addChildBlock(block.getClass().getSimpleName(), block);
    }

    final Parameter weight(String name, long... shape) {
        Parameter.Type type = shape.length == 1 ? Parameter.Type.BIAS : Parameter.Type.WEIGHT;
        return parameter(Parameter.builder().setName(name).setType(type).optShape(new Shape(shape)));
    }

    final Parameter parameter(Parameter.Builder builder) {
        return addParameter(builder.build());
    }

    /** Computes one array from another as this says, and is the block. */
    final Net on(BiFunction<Call, NDArray, NDArray> step) {
        return onAll((call, list) -> new NDList(step.apply(call, list.singletonOrThrow())));
    }

    /** Computes from all inputs as this says, and is the block. */
    final Net onAll(BiFunction<Call, NDList, NDList> step) {
        this.step = step;
        return this;
    }

    /** Says the shapes of the outputs, given those of the inputs. */
    final Net gives(UnaryOperator<Shape[]> output) {
        this.output = output;
        return this;
    }

    /** Computes the outputs of a network with several inputs or outputs. */
    NDList apply(Call call, NDList list) {
        return step.apply(call, list);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList list, boolean training, PairList<String, Object> params) {
        return apply(new Call(store, training), list);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        inputs.forEach((block, of) -> block.initialize(manager, type, of));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return output.apply(shapes);
    }
}
