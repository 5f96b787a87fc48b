package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.GhostBatchNorm;
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
