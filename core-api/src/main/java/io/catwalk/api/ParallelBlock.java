package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Joins the outputs of blocks that get the same input. Each gets an input list of its own, since DJL's recurrent
 * nets add their state to the list. The class has the name of DJL's, which is part of the names of the parameters.
 */
final class ParallelBlock extends ai.djl.nn.ParallelBlock {

    private final Function<List<NDList>, NDList> join;

    /** Creates a block whose output is {@code join} of the outputs of both blocks. */
    ParallelBlock(BinaryOperator<NDArray> join, Block first, Block second) {
        this(
                outputs -> new NDList(join.apply(
                        outputs.get(0).singletonOrThrow(), outputs.get(1).singletonOrThrow())),
                List.of(first, second));
    }

    /** Creates a block that concatenates the outputs of any number of blocks along an axis. */
    ParallelBlock(int axis, List<Block> branches) {
        this(
                outputs -> {
                    NDList arrays = new NDList(
                            outputs.stream().map(NDList::singletonOrThrow).toList());
                    return new NDList(NDArrays.concat(arrays, axis));
                },
                branches);
    }

    private ParallelBlock(Function<List<NDList>, NDList> join, List<Block> branches) {
        super(join, branches);
        this.join = join;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        return joined(branch -> branch.forward(store, new NDList(inputs), training, params));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, NDList labels, @Nullable PairList<String, Object> params) {
        return joined(branch -> branch.forward(store, new NDList(inputs), labels, params));
    }

    private NDList joined(Function<Block, NDList> forward) {
        return join.apply(getChildren().values().stream().map(forward).toList());
    }
}
