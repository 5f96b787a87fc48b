package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv1dTranspose;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.initializer.Initializer;
import java.util.List;
import java.util.function.Function;

/** DJL's packages of layers and transformers. */
final class DjlBlocks extends Family {
    DjlBlocks() {
        super("djl layers");
        add("BertBlock", () -> bert().build(), ids(50, 12), ids(2, 12), ids(2, 12));
        add("BertPretraining", () -> new BertPretrainingBlock(bert()), ids(50, 12), ids(2, 12), ids(2, 12), ids(12, 3));
        add("Bert masked", DjlBlocks::bertMasked, ids(50, 12), ids(2, 12), ids(2, 12), ids(12, 3));
        add("Bert classifier", DjlBlocks::bertClassifier, ids(50, 12), ids(2, 12), ids(2, 12));
        add("next sentence", BertNextSentenceBlock::new, floats(16));
        IdEmbedding.Builder table =
                new IdEmbedding.Builder().setDictionarySize(40).setEmbeddingSize(8);
        add("IdEmbedding", table::build, ids(40, 7));
        add("TransformerEncoder", () -> encoder(16, 4, Activation::gelu), floats(6, 16));
        add("TransformerEncoder relu", () -> encoder(12, 2, Activation::relu), floats(5, 12));
        add("TransformerEncoder masked", () -> encoder(16, 2, Activation::gelu), floats(6, 16), ids(2, 6, 6));
        add("attention", DjlBlocks::attention, floats(6, 16));
        add("attention masked", DjlBlocks::attention, floats(6, 16), ids(2, 6, 6));
        add("attention across", DjlBlocks::attention, floats(6, 16), floats(6, 16), floats(6, 16));
        add("feed forward", () -> new PointwiseFeedForwardBlock(List.of(32, 24), 8, Activation::relu), floats(16));
        add("word embedding", () -> Layers.words(25, 6), ids(25, 9));
        add("SparseMax", () -> seq(linear(10), new SparseMax()), floats(12));
        add("SparseMax top", () -> seq(linear(10), new SparseMax(1, 3)), floats(12));
        add("Multiplication", () -> Multiplication.builder().setUnits(3).build(), floats(7));
        add("LinearCollection", () -> LinearCollection.builder().setUnits(3).build(), floats(4, 7));
        add("Prelu", () -> prelu(), floats(3, 8, 8));
        add("GhostBatchNorm", DjlBlocks::ghost, floats(10));
        layers();
        activations();
        pools();
        recurrent();
    }

    private void layers() {
        add("Linear", () -> linear(5), floats(4, 7));
        add("Embedding", () -> words(25, 6), ids(25));
        add("Conv1d", () -> conv1d(4, 3), floats(3, 9));
        add(
                "Conv2d",
                () -> kernel(4, 3, 3).optStride(new Shape(2, 2)).optGroups(2).build(),
                floats(2, 9, 9));
        add("Conv2d dilated", () -> dilated(4, 2), floats(3, 9, 9));
        Shape cube = new Shape(3, 3, 3);
        add("Conv3d", () -> Conv3d.builder().setFilters(4).setKernelShape(cube).build(), floats(2, 5, 6, 7));
        Shape line = new Shape(3);
        add(
                "Conv1dTranspose",
                () -> Conv1dTranspose.builder()
                        .setFilters(4)
                        .setKernelShape(line)
                        .build(),
                floats(3, 9));
        Shape square = new Shape(3, 3);
        add(
                "Conv2dTranspose",
                () -> Conv2dTranspose.builder()
                        .setFilters(4)
                        .setKernelShape(square)
                        .build(),
                floats(3, 9, 9));
        add("BatchNorm", Layers::bn, floats(3, 8, 8));
        add(
                "BatchNorm without scale",
                () -> BatchNorm.builder().optCenter(false).optScale(false).build(),
                floats(5));
        add("LayerNorm", () -> ln(), floats(3, 8));
        add("LayerNorm of an axis", () -> ln(2), floats(3, 8));
        add("Dropout", () -> Dropout.builder().optRate(0.4f).build(), floats(8));
        add("batchFlatten", Layers::flatten, floats(3, 4));
        add("identity", Blocks::identityBlock, floats(3));
        add("SequentialBlock", () -> seq(linear(4), relu(), linear(2)), floats(3));
        add(
                "ParallelBlock",
                () -> new ParallelBlock(
                        made -> new NDList(made.get(0).head().add(made.get(1).head())), List.of(linear(4), linear(4))),
                floats(3));
        add("LambdaBlock", () -> lambda(x -> x.mul(2).exp()), floats(3));
    }

    private void activations() {
        add("relu", Layers::relu, floats(8));
        add("relu6", Activation::relu6Block, between(-2, 9, 8));
        add("sigmoid", Activation::sigmoidBlock, floats(8));
        add("tanh", Activation::tanhBlock, floats(8));
        add("softPlus", Activation::softPlusBlock, floats(8));
        add("softSign", Activation::softSignBlock, floats(8));
        add("leakyRelu", () -> Activation.leakyReluBlock(0.1f), floats(8));
        add("elu", () -> Activation.eluBlock(1.5f), floats(8));
        add("selu", Activation::seluBlock, floats(8));
        add("gelu", Activation::geluBlock, floats(8));
        add("swish", () -> Activation.swishBlock(1.5f), floats(8));
        add("mish", Activation::mishBlock, floats(8));
    }

    private void pools() {
        Shape two = new Shape(2, 2);
        Shape three = new Shape(3, 3);
        Shape one = new Shape(1, 1);
        add("maxPool1d", () -> Pool.maxPool1dBlock(new Shape(3), new Shape(2), new Shape(1)), floats(3, 9));
        add("maxPool2d", () -> Pool.maxPool2dBlock(three, two, one), floats(3, 9, 8));
        add("maxPool2d rounded up", () -> Pool.maxPool2dBlock(three, two, one, true), floats(3, 9, 8));
        add("maxPool3d", () -> Pool.maxPool3dBlock(new Shape(2, 2, 2)), floats(2, 6, 4, 5));
        add("avgPool1d", () -> Pool.avgPool1dBlock(new Shape(3)), floats(3, 9));
        add("avgPool2d", () -> Pool.avgPool2dBlock(three, two, one), floats(3, 9, 8));
        add("avgPool3d", () -> Pool.avgPool3dBlock(new Shape(2, 2, 2)), floats(2, 6, 4, 5));
        add("lpPool1d", () -> Pool.lpPool1dBlock(2, new Shape(3)), floats(3, 9));
        add("lpPool2d", () -> Pool.lpPool2dBlock(2, two), floats(3, 8, 8));
        add("globalMaxPool1d", Pool::globalMaxPool1dBlock, floats(3, 9));
        add("globalMaxPool2d", Pool::globalMaxPool2dBlock, floats(3, 9, 8));
        add("globalMaxPool3d", Pool::globalMaxPool3dBlock, floats(2, 6, 4, 5));
        add("globalAvgPool1d", Pool::globalAvgPool1dBlock, floats(3, 9));
        add("globalAvgPool2d", Pool::globalAvgPool2dBlock, floats(3, 9, 8));
        add("globalAvgPool3d", Pool::globalAvgPool3dBlock, floats(2, 6, 4, 5));
        add("globalLpPool2d", () -> Pool.globalLpPool2dBlock(2), floats(3, 9, 8));
    }

    private void recurrent() {
        add("RNN", () -> rnn(RNN.Activation.TANH).build(), floats(7, 6));
        add("RNN relu", () -> rnn(RNN.Activation.RELU).build(), floats(7, 6));
        add(
                "RNN with state",
                () -> rnn(RNN.Activation.TANH).optReturnState(true).build(),
                floats(7, 6));
        add("LSTM", () -> lstm(5, 2).build(), floats(7, 6));
        add("LSTM with state", () -> lstm(5, 2).optReturnState(true).build(), floats(7, 6));
        add("LSTM both ways", () -> lstm(5, 1).optBidirectional(true).build(), floats(7, 6));
        add(
                "LSTM both ways without biases",
                () -> lstm(5, 1).optBidirectional(true).optHasBiases(false).build(),
                floats(7, 6));
        add("GRU", () -> gru(5, 2).build(), floats(7, 6));
        add("GRU with state", () -> gru(5, 2).optReturnState(true).build(), floats(7, 6));
        add(
                "GRU both ways without biases",
                () -> gru(5, 1).optBidirectional(true).optHasBiases(false).build(),
                floats(7, 6));
    }

    private static RNN.Builder rnn(RNN.Activation activation) {
        return RNN.builder()
                .setStateSize(5)
                .setNumLayers(2)
                .setActivation(activation)
                .optBatchFirst(true);
    }

    private static Block encoder(int size, int heads, Function<NDList, NDList> activation) {
        return new TransformerEncoderBlock(size, heads, 2 * size, 0.1f, activation);
    }

    private static BertBlock.Builder bert() {
        return BertBlock.builder()
                .setTokenDictionarySize(50)
                .optEmbeddingSize(16)
                .optHiddenSize(32)
                .optAttentionHeadCount(4)
                .optTransformerBlockCount(2)
                .optMaxSequenceLength(12);
    }

    private static Block bertClassifier() {
        var net = new Net();
        BertBlock bert = net.child(bert().build(), new Shape(1, 12), new Shape(1, 12), new Shape(1, 12));
        Block head = net.child(linear(3), 1, 16);
        return net.onAll((call, in) -> {
            NDList out = bert.forward(call.store(), in, call.training());
            return new NDList(call.run(head, out.get(1)));
        });
    }

    private static Block bertMasked() {
        return new Net() {
            final BertBlock bert = child(bert().build(), new Shape(1, 12), new Shape(1, 12), new Shape(1, 12));
            final Block model = new BertMaskedLanguageModelBlock(bert, Activation::gelu);
            final Block masked = child(model, new Shape(1, 12, 16), new Shape(1, 3), new Shape(50, 16));

            @Override
            NDList apply(Call call, NDList in) {
                NDArray sequence = call.run(bert, in.get(0), in.get(1), in.get(2));
                Parameter table =
                        bert.getTokenEmbedding().getDirectParameters().get(0).getValue();
                return new NDList(call.run(masked, sequence, in.get(3), call.value(table, sequence)));
            }
        };
    }

    private static Block attention() {
        return ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(16)
                .setHeadCount(4)
                .build();
    }

    private static Block prelu() {
        Block prelu = new Prelu();
        prelu.setInitializer(Initializer.ONES, Parameter.Type.WEIGHT);
        return seq(conv(6, 3), prelu);
    }

    private static Block ghost() {
        return seq(linear(8), GhostBatchNorm.builder().optVirtualBatchSize(4).build(), relu(), linear(2));
    }
}
