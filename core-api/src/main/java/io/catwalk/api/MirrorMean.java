package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** Blocks in a chain that, except in training, answer with the mean over an image and its mirror image. */
final class MirrorMean extends SequentialBlock {

    private static final int COLUMNS = 3;

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDArray images = inputs.singletonOrThrow();
        NDList answers = super.forwardInternal(store, inputs, training, params);
        if (training) {
            return answers;
        }
        NDArray mirrored = super.forwardInternal(store, new NDList(images.flip(COLUMNS)), false, params)
                .singletonOrThrow();
        return new NDList(answers.singletonOrThrow().add(mirrored).mul(0.5f));
    }
}
