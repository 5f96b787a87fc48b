package io.catwalk.onnx;

import static io.catwalk.onnx.ExportTest.conv;
import static io.catwalk.onnx.ExportTest.dense;
import static io.catwalk.onnx.ExportTest.joined;
import static io.catwalk.onnx.ExportTest.lambda;
import static io.catwalk.onnx.ExportTest.seq;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import java.util.function.Supplier;

/** The kinds of classifiers of images that Catwalk's own plugins are, and then blocks written in unusual ways. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
enum SmallNetworks {
    PERCEPTRON(image(1, 28), () -> {
        Block dropout = Dropout.builder().optRate(0.5f).build();
        return seq(flatten(), dense(32), relu(), dropout, dense(10));
    }),
    MAX_POOL(image(1, 28), () -> {
        Block max = Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        Block average = Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        return seq(conv(8), relu(), max, conv(12), Activation.tanhBlock(), average, flatten(), dense(10));
    }),
    GLOBAL_POOL(image(1, 28), () -> {
        Block first = seq(conv(8), BatchNorm.builder().optEpsilon(1e-3f).build(), relu());
        Block second = seq(conv(16), norm(), Activation.sigmoidBlock());
        return seq(first, second, Pool.globalAvgPool2dBlock(), dense(10));
    }),
    RNN_LAST(image(1, 28), () -> {
        RNN.Builder rnn = RNN.builder().setStateSize(16).setNumLayers(1);
        return seq(rows(), rnn.setActivation(RNN.Activation.TANH).build(), last(), dense(10));
    }),
    LSTM_TWO_LAYERS(image(1, 28), () -> seq(rows(), lstm(16, 2).build(), last(), dense(10))),
    GRU_MEAN(image(1, 28), () -> seq(rows(), gru(16, 2).build(), mean(), dense(10))),
    SHARED_PARAMETERS(new Shape(6), () -> {
        Block shared = dense(6);
        return seq(shared, Activation.tanhBlock(), shared, dense(3));
    }),
    CONV_THEN_GRU(image(1, 8), () -> seq(conv(3), relu(), rows(), gru(6, 1).build(), last(), dense(3))),
    STACKED_RECURRENT(new Shape(1, 6, 5), () -> {
        RNN.Builder rnn = RNN.builder().setStateSize(4).setNumLayers(2);
        Block relu = rnn.setActivation(RNN.Activation.RELU).build();
        return seq(rows(), lstm(5, 3).build(), relu, lambda(x -> x.max(new int[] {1})));
    }),
    STATE_RETURNING(new Shape(6, 5), () -> {
        Block ends = new LambdaBlock(states -> new NDList(
                states.get(1).get(-1).concat(states.get(states.size() - 1).get(0), 1)));
        return seq(lstm(5, 2).optReturnState(true).build(), ends, dense(3));
    }),
    STATE_AS_OUTPUT(new Shape(6, 5), () -> gru(4, 2).optReturnState(true).build()),
    TIME_FIRST_RECURRENT(new Shape(4, 5), () -> {
        Block lstm = lstm(4, 1).optBatchFirst(false).build();
        return seq(lambda(x -> x.transpose(1, 0, 2)), lstm, lambda(x -> x.get(-1)));
    }),
    BIDIRECTIONAL_WITHOUT_BIAS(
            new Shape(4, 5),
            () -> gru(3, 2).optBidirectional(true).optHasBiases(false).build()),
    TWO_DIRECTIONS_BY_FLIP(new Shape(4, 5), () -> {
        Block flip = lambda(x -> x.flip(1));
        // DJL's recurrent blocks add their state to the list of inputs, which the branches share.
        Block forward = seq(lambda(x -> x), lstm(3, 1).build());
        return joined(2, forward, seq(flip, lstm(3, 1).build(), flip));
    }),
    MULTIPLE_OUTPUTS(new Shape(6), () -> {
        Block three = new LambdaBlock(xs -> new NDList(xs.head(), xs.head().softmax(1), xs.head()));
        return seq(dense(4), three);
    });

    static final Shape IMAGE = new Shape(1, 28, 28);
    final Shape sample;
    private final Supplier<Block> factory;

    SmallNetworks(Shape sample, Supplier<Block> factory) {
        this.sample = sample;
        this.factory = factory;
    }

    Block block() {
        return factory.get();
    }

    private static Shape image(long channels, long size) {
        return new Shape(channels, size, size);
    }

    static Block relu() {
        return Activation.reluBlock();
    }

    static Block norm() {
        return BatchNorm.builder().build();
    }

    static Block flatten() {
        return Blocks.batchFlattenBlock();
    }

    static LSTM.Builder lstm(int units, int layers) {
        return LSTM.builder().setStateSize(units).setNumLayers(layers);
    }

    private static GRU.Builder gru(int units, int layers) {
        return GRU.builder().setStateSize(units).setNumLayers(layers);
    }

    private static Block mean() {
        return lambda(x -> x.mean(new int[] {1}));
    }

    /** Turns images into sequences of their rows. */
    static Block rows() {
        return lambda(images -> {
            Shape shape = images.getShape();
            return images.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
        });
    }

    static Block last() {
        return lambda(x -> x.get(":, -1"));
    }
}
