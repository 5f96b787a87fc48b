package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import io.catwalk.onnx.graph.ExportException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DJL's transformer package, with real token ids, at every batch size that DJL itself accepts. */
@Tag("tiny")
class TransformerPackageTest {

    private static final double TOLERANCE = 1e-5;
    private static final int WORDS = 20;
    private static final int WIDTH = 8;
    private static final int LENGTH = 5;
    private static final int MASKED = 3;
    private static final int[] OPSETS = {13, 17, 21};
    private static final Axis.Dynamic SEVERAL = Axis.BATCH.atLeast(2);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private static BertBlock.Builder bert() {
        return BertBlock.builder()
                .setTokenDictionarySize(WORDS)
                .optTypeDictionarySize(2)
                .optEmbeddingSize(WIDTH)
                .optAttentionHeadCount(2)
                .optHiddenSize(16)
                .optTransformerBlockCount(2)
                .optMaxSequenceLength(LENGTH);
    }

    private <B extends Block> B initialized(B block, Shape... shapes) {
        block.initialize(manager, DataType.FLOAT32, shapes);
        Agreement.randomize(block, 5);
        return block;
    }

    private NDArray ids(DataType type, int below, long... shape) {
        Shape wanted = new Shape(shape);
        long[] numbers = LongStream.range(0, wanted.size())
                .map(i -> (i * i + 3 * i + 1) % below)
                .toArray();
        return manager.create(numbers, wanted).toType(type, false);
    }

    private NDArray floats(long... shape) {
        Shape wanted = new Shape(shape);
        return manager.create(Agreement.images((int) wanted.size(), wanted.hashCode()), wanted);
    }

    /** Creates a mask that hides the last tokens of every second text. */
    private NDArray mask(long batch) {
        return ids(DataType.INT64, 2, batch, 1)
                .add(manager.arange(LENGTH).lt(3))
                .gt(0)
                .toType(DataType.FLOAT32, false);
    }

    /** Creates the inputs of one batch size. */
    private interface Inputs {
        NDList of(long batch);
    }

    private static void assertAgrees(Block block, List<OnnxInput> signature, Inputs inputs, long... batches)
            throws Exception {
        for (int opset : OPSETS) {
            byte[] model = OnnxExport.of(block, signature.toArray(OnnxInput[]::new))
                    .withOpset(opset)
                    .bytes();
            for (long batch : batches) {
                assertThat(Agreement.difference(block, model, inputs.of(batch)))
                        .as("batch " + batch + " in opset " + opset)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    private static OnnxInput tokens(String name, DataType type, Axis batch, long length) {
        return OnnxInput.of(name, type, batch, Axis.of(length));
    }

    private static List<OnnxInput> texts(Axis batch) {
        return List.of(
                tokens("tokenIds", DataType.INT64, batch, LENGTH),
                tokens("typeIds", DataType.INT32, batch, LENGTH),
                tokens("masks", DataType.FLOAT32, batch, LENGTH));
    }

    private NDList texts(long batch) {
        return new NDList(
                ids(DataType.INT64, WORDS, batch, LENGTH), ids(DataType.INT32, 2, batch, LENGTH), mask(batch));
    }

    @ParameterizedTest
    @EnumSource(names = {"INT64", "INT32", "FLOAT32"})
    void idEmbeddingTakesEverySequence(DataType type) throws Exception {
        IdEmbedding block = initialized(
                new IdEmbedding.Builder()
                        .setDictionarySize(WORDS)
                        .setEmbeddingSize(WIDTH)
                        .build(),
                new Shape(2, LENGTH));
        byte[] model = OnnxExport.of(block, OnnxInput.of("tokenIds", type, Axis.BATCH, Axis.of("sequence")))
                .bytes();
        for (long[] shape : new long[][] {{1, 1}, {2, 7}, {7, 2}, {64, 3}}) {
            NDList inputs = new NDList(ids(type, WORDS, shape));
            assertThat(Agreement.difference(block, model, inputs)).isZero();
        }
    }

    @Test
    void bertAnswersAlike() throws Exception {
        Shape shape = new Shape(2, LENGTH);
        BertBlock block = initialized(bert().build(), shape, shape, shape);
        assertAgrees(block, texts(SEVERAL), this::texts, 2, 3, 7, 64);
        // DJL omits the batch axis of the second output if there is only one text.
        assertAgrees(block, texts(Axis.of(1)), this::texts, 1);
    }

    @Test
    void bertForAnyBatchIsRefusedSinceOneTextIsAnotherShape() {
        Shape shape = new Shape(2, LENGTH);
        BertBlock block = initialized(bert().build(), shape, shape, shape);
        OnnxExport export = OnnxExport.of(block, texts(Axis.BATCH).toArray(OnnxInput[]::new));
        assertThatThrownBy(export::bytes)
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("NDArray.squeeze() makes float32(8) for a batch of 1")
                .hasMessageContaining("Axis.of(\"batch\").atLeast(n)")
                .hasMessageContaining("export with a fixed batch size")
                .hasMessageMatching("(?s).*block .*BertBlock, called at BertBlock\\.java:\\d+\\)");
    }

    @Test
    void theMaskedLanguageModelAnswersAlike() throws Exception {
        BertMaskedLanguageModelBlock block = initialized(
                new BertMaskedLanguageModelBlock(bert().build(), Activation::gelu),
                new Shape(2, LENGTH, WIDTH),
                new Shape(2, MASKED),
                new Shape(WORDS, WIDTH));
        for (DataType type : List.of(DataType.INT64, DataType.INT32)) {
            List<OnnxInput> signature = List.of(
                    OnnxInput.of("sequence", DataType.FLOAT32, Axis.BATCH, Axis.of(LENGTH), Axis.of(WIDTH)),
                    tokens("maskedIndices", type, Axis.BATCH, MASKED),
                    OnnxInput.of("embeddingTable", DataType.FLOAT32, Axis.of(WORDS), Axis.of(WIDTH)));
            Inputs inputs = batch ->
                    new NDList(floats(batch, LENGTH, WIDTH), ids(type, LENGTH, batch, MASKED), floats(WORDS, WIDTH));
            assertAgrees(block, signature, inputs, 1, 2, 3, 7, 64);
        }
    }

    @Test
    void theMaskedLanguageModelTakesEverySequence() throws Exception {
        BertMaskedLanguageModelBlock block = initialized(
                new BertMaskedLanguageModelBlock(bert().build(), Activation::gelu),
                new Shape(2, LENGTH, WIDTH),
                new Shape(2, MASKED),
                new Shape(WORDS, WIDTH));
        byte[] model = OnnxExport.of(
                        block,
                        OnnxInput.of("sequence", DataType.FLOAT32, Axis.BATCH, Axis.of("sequence"), Axis.of(WIDTH)),
                        OnnxInput.of("maskedIndices", DataType.INT64, Axis.BATCH, Axis.of("masked")),
                        OnnxInput.of("embeddingTable", DataType.FLOAT32, Axis.of(WORDS), Axis.of(WIDTH)))
                .bytes();
        for (long[] sizes : new long[][] {{1, 1, 1}, {2, 7, 3}, {7, 2, 1}, {3, 9, 5}}) {
            NDList inputs = new NDList(
                    floats(sizes[0], sizes[1], WIDTH),
                    ids(DataType.INT64, (int) sizes[1], sizes[0], sizes[2]),
                    floats(WORDS, WIDTH));
            assertThat(Agreement.difference(block, model, inputs)).isLessThan(TOLERANCE);
        }
    }

    @Test
    void theNextSentenceAnswersAlike() throws Exception {
        BertNextSentenceBlock block = initialized(new BertNextSentenceBlock(), new Shape(2, WIDTH));
        List<OnnxInput> signature = List.of(OnnxInput.of("pooled", DataType.FLOAT32, Axis.BATCH, Axis.of(WIDTH)));
        assertAgrees(block, signature, batch -> new NDList(floats(batch, WIDTH)), 1, 2, 3, 7, 64);
    }

    /** DJL itself cannot run it for one text. */
    @Test
    void bothTasksOfPretrainingAnswerAlike() throws Exception {
        Shape shape = new Shape(2, LENGTH);
        BertPretrainingBlock block =
                initialized(new BertPretrainingBlock(bert()), shape, shape, shape, new Shape(2, MASKED));
        List<OnnxInput> signature = new java.util.ArrayList<>(texts(SEVERAL));
        signature.add(tokens("maskedIndices", DataType.INT64, SEVERAL, MASKED));
        Inputs inputs = batch -> {
            NDList texts = texts(batch);
            texts.add(ids(DataType.INT64, LENGTH, batch, MASKED));
            return texts;
        };
        assertAgrees(block, signature, inputs, 2, 3, 7, 64);
    }

    @Test
    void anEncoderWithAMaskAnswersAlike() throws Exception {
        Shape shape = new Shape(2, LENGTH, WIDTH);
        TransformerEncoderBlock block =
                initialized(new TransformerEncoderBlock(WIDTH, 2, 16, 0.1f, Activation::relu), shape);
        List<OnnxInput> signature = List.of(
                OnnxInput.of("data", DataType.FLOAT32, Axis.BATCH, Axis.of(LENGTH), Axis.of(WIDTH)),
                OnnxInput.of("mask", DataType.FLOAT32, Axis.BATCH, Axis.of(1), Axis.of(1), Axis.of(LENGTH)));
        Inputs inputs = batch -> new NDList(
                floats(batch, LENGTH, WIDTH), mask(batch).sub(1).mul(1e5f).reshape(batch, 1, 1, LENGTH));
        assertAgrees(block, signature, inputs, 1, 2, 3, 7, 64);
    }

    @Test
    void attentionOfQueriesKeysAndValuesAnswersAlike() throws Exception {
        Shape shape = new Shape(2, LENGTH, WIDTH);
        ScaledDotProductAttentionBlock block = initialized(
                ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(WIDTH)
                        .setHeadCount(2)
                        .optAttentionProbsDropoutProb(0.1f)
                        .build(),
                shape,
                shape,
                shape);
        List<OnnxInput> signature = Stream.of("keys", "queries", "values")
                .map(name -> OnnxInput.of(name, DataType.FLOAT32, Axis.BATCH, Axis.of(LENGTH), Axis.of(WIDTH)))
                .toList();
        Inputs inputs = batch -> new NDList(
                floats(batch, LENGTH, WIDTH), floats(batch, LENGTH, WIDTH).neg(), floats(batch, LENGTH, WIDTH));
        assertAgrees(block, signature, inputs, 1, 2, 3, 7, 64);
    }

    @Test
    void feedForwardAnswersAlike() throws Exception {
        PointwiseFeedForwardBlock block = initialized(
                new PointwiseFeedForwardBlock(List.of(16), WIDTH, Activation::gelu), new Shape(2, LENGTH, WIDTH));
        List<OnnxInput> signature =
                List.of(OnnxInput.of("data", DataType.FLOAT32, Axis.BATCH, Axis.of(LENGTH), Axis.of(WIDTH)));
        assertAgrees(block, signature, batch -> new NDList(floats(batch, LENGTH, WIDTH)), 1, 2, 3, 7, 64);
    }
}
