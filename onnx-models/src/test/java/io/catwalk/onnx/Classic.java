package io.catwalk.onnx;

import static io.catwalk.onnx.ExportTest.conv;
import static io.catwalk.onnx.ExportTest.dense;
import static io.catwalk.onnx.ExportTest.lambda;
import static io.catwalk.onnx.ExportTest.seq;
import static io.catwalk.onnx.OddBlocks.flatten;
import static io.catwalk.onnx.OddBlocks.last;
import static io.catwalk.onnx.OddBlocks.lstm;
import static io.catwalk.onnx.OddBlocks.norm;
import static io.catwalk.onnx.OddBlocks.relu;
import static io.catwalk.onnx.OddBlocks.rows;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.RNN;
import java.util.function.Supplier;

/** The kinds of classifiers of images of 28 x 28 that Catwalk's own plugins are. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
enum Classic {
    PERCEPTRON(() ->
            seq(flatten(), dense(32), relu(), Dropout.builder().optRate(0.5f).build(), dense(10))),
    MAX_POOL(() -> {
        Block max = Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        Block average = Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        return seq(conv(8), relu(), max, conv(12), Activation.tanhBlock(), average, flatten(), dense(10));
    }),
    GLOBAL_POOL(() -> {
        Block first = seq(conv(8), BatchNorm.builder().optEpsilon(1e-3f).build(), relu());
        Block second = seq(conv(16), norm(), Activation.sigmoidBlock());
        return seq(first, second, Pool.globalAvgPool2dBlock(), dense(10));
    }),
    RNN_LAST(() -> {
        RNN.Builder rnn = RNN.builder().setStateSize(16).setNumLayers(1);
        return seq(rows(), rnn.setActivation(RNN.Activation.TANH).build(), last(), dense(10));
    }),
    LSTM_TWO_LAYERS(() -> seq(rows(), lstm(16, 2).build(), last(), dense(10))),
    GRU_MEAN(() -> {
        Block gru = GRU.builder().setStateSize(16).setNumLayers(2).build();
        return seq(rows(), gru, lambda(x -> x.mean(new int[] {1})), dense(10));
    });

    static final Shape IMAGE = new Shape(1, 28, 28);

    private final Supplier<Block> factory;

    Classic(Supplier<Block> factory) {
        this.factory = factory;
    }

    Block block() {
        return factory.get();
    }
}
