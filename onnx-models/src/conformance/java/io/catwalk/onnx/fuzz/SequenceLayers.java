package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.List;

/** Layers on (time, features): recurrent ones and attention. */
final class SequenceLayers {

    private SequenceLayers() {}

    static Block draw(LayerDraw draw, Shape sample) {
        int features = (int) sample.get(1);
        return switch (draw.from(0, 5)) {
            case 0, 1, 2 -> recurrent(draw);
            case 3 ->
                ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(features)
                        .setHeadCount(draw.divisorOf(features))
                        .build();
            case 4 ->
                new TransformerEncoderBlock(
                        features, draw.divisorOf(features), draw.from(2, 6), 0.1f, activation(draw));
            default -> new PointwiseFeedForwardBlock(List.of(draw.from(2, 6)), features, activation(draw));
        };
    }

    private static java.util.function.Function<NDList, NDList> activation(LayerDraw draw) {
        return draw.oneIn(2) ? ai.djl.nn.Activation::gelu : ai.djl.nn.Activation::relu;
    }

    private static Block recurrent(LayerDraw draw) {
        boolean both = draw.oneIn(3);
        boolean batchFirst = draw.oneIn(2);
        boolean state = draw.oneIn(2);
        boolean biased = !both || draw.oneIn(6);
        RecurrentBlock.BaseBuilder<?> builder = switch (draw.from(0, 2)) {
            case 0 -> RNN.builder().setActivation(draw.of(List.of(RNN.Activation.values())));
            case 1 -> GRU.builder();
            default -> LSTM.builder();
        };
        builder.setStateSize(draw.from(1, 5));
        builder.setNumLayers(draw.from(1, 3));
        builder.optBidirectional(both);
        builder.optHasBiases(biased);
        builder.optBatchFirst(batchFirst);
        builder.optReturnState(state);
        builder.optDropRate(0.2f);
        Block cell = builder instanceof RNN.Builder rnn
                ? rnn.build()
                : builder instanceof GRU.Builder gru ? gru.build() : ((LSTM.Builder) builder).build();
        SequentialBlock block = new SequentialBlock();
        if (!batchFirst) {
            block.add(LambdaBlock.singleton(x -> x.transpose(1, 0, 2)));
        }
        return block.add(cell).add(new LambdaBlock(lists -> {
            NDArray series = batchFirst ? lists.get(0) : lists.get(0).transpose(1, 0, 2);
            return new NDList(state ? states(lists) : series);
        }));
    }

    /** Puts all states behind each other: (batch, layers x directions x kinds, hidden). */
    private static NDArray states(NDList lists) {
        NDArray states = lists.get(1).transpose(1, 0, 2);
        return lists.size() == 2 ? states : states.concat(lists.get(2).transpose(1, 0, 2), 1);
    }
}
