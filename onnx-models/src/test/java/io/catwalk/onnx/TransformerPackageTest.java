package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DJL's transformer package, with real token ids, at every batch size that DJL itself accepts, and a detector. */
@Tag("tiny")
class TransformerPackageTest extends ExportTest {

    private static final int WORDS = 20;
    private static final int WIDTH = 8;
    private static final int LENGTH = 5;
    private static final int MASKED = 3;
    private static final Axis.Dynamic SEVERAL = Axis.BATCH.atLeast(2);
    private static final Shape TEXTS = new Shape(2, LENGTH);
    private static final Shape HIDDEN = new Shape(2, LENGTH, WIDTH);

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

    private <B extends Block> B initializedFor(B block, Shape... shapes) {
        block.initialize(manager, DataType.FLOAT32, shapes);
        Agreement.randomize(block, 5);
        return block;
    }

    /** Creates a mask that hides the last tokens of every second text. */
    private NDArray mask(long batch) {
        NDArray hides =
                ids(DataType.INT64, 2, batch, 1).add(manager.arange(LENGTH).lt(3));
        return hides.gt(0).toType(DataType.FLOAT32, false);
    }

    private static void assertAgrees(
            Block block, List<OnnxInput> signature, LongFunction<NDList> inputs, long... batches) throws Exception {
        OnnxExport export = OnnxExport.of(block, signature.toArray(OnnxInput[]::new));
        for (int opset : OPSETS) {
            byte[] model = export.withOpset(opset).bytes();
            for (long batch : batches) {
                assertThat(Agreement.difference(block, model, inputs.apply(batch)))
                        .as("batch " + batch + " in opset " + opset)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    private static OnnxInput input(String name, DataType type, Axis batch, long... sizes) {
        Stream<Axis> fixed = Arrays.stream(sizes).mapToObj(Axis::of);
        return OnnxInput.of(name, type, Stream.concat(Stream.of(batch), fixed).toArray(Axis[]::new));
    }

    private static OnnxInput hidden(String name) {
        return input(name, DataType.FLOAT32, Axis.BATCH, LENGTH, WIDTH);
    }

    private static List<OnnxInput> texts(Axis batch, OnnxInput... more) {
        OnnxInput ids = input("tokenIds", DataType.INT64, batch, LENGTH);
        OnnxInput types = input("typeIds", DataType.INT32, batch, LENGTH);
        OnnxInput masks = input("masks", DataType.FLOAT32, batch, LENGTH);
        return Stream.concat(Stream.of(ids, types, masks), Arrays.stream(more)).toList();
    }

    private NDList texts(long batch) {
        NDArray words = ids(DataType.INT64, WORDS, batch, LENGTH);
        return new NDList(words, ids(DataType.INT32, 2, batch, LENGTH), mask(batch));
    }

    @ParameterizedTest
    @EnumSource(names = {"INT64", "INT32", "FLOAT32"})
    void idEmbeddingTakesEverySequence(DataType type) throws Exception {
        IdEmbedding.Builder builder = new IdEmbedding.Builder().setDictionarySize(WORDS);
        IdEmbedding block = initializedFor(builder.setEmbeddingSize(WIDTH).build(), TEXTS);
        OnnxInput ids = OnnxInput.of("tokenIds", type, Axis.BATCH, Axis.of("sequence"));
        byte[] model = OnnxExport.of(block, ids).bytes();
        for (long[] shape : new long[][] {{1, 1}, {2, 7}, {7, 2}, {64, 3}}) {
            NDList inputs = new NDList(ids(type, WORDS, shape));
            assertThat(Agreement.difference(block, model, inputs)).isZero();
        }
    }

    /** DJL omits the batch axis of the second output if there is only one text. */
    @Test
    void bertAnswersAlikeForOneTextOrForSeveral() throws Exception {
        BertBlock block = initializedFor(bert().build(), TEXTS, TEXTS, TEXTS);
        assertAgrees(block, texts(SEVERAL), this::texts, 2, 3, 7, 64);
        assertAgrees(block, texts(Axis.of(1)), this::texts, 1);
    }

    /** DJL itself cannot run it for one text. */
    @ParameterizedTest
    @EnumSource(names = {"INT64", "INT32"})
    void bothTasksOfPretrainingAnswerAlike(DataType type) throws Exception {
        Block block = initializedFor(new BertPretrainingBlock(bert()), TEXTS, TEXTS, TEXTS, new Shape(2, MASKED));
        List<OnnxInput> signature = texts(SEVERAL, input("maskedIndices", type, SEVERAL, MASKED));
        LongFunction<NDList> inputs = batch -> {
            NDList texts = texts(batch);
            texts.add(ids(type, LENGTH, batch, MASKED));
            return texts;
        };
        assertAgrees(block, signature, inputs, 2, 3, 7, 64);
    }

    @Test
    void anEncoderWithAMaskAnswersAlike() throws Exception {
        Block block = initializedFor(new TransformerEncoderBlock(WIDTH, 2, 16, 0.1f, Activation::relu), HIDDEN);
        OnnxInput mask = input("mask", DataType.FLOAT32, Axis.BATCH, 1, 1, LENGTH);
        LongFunction<NDList> inputs = batch -> {
            NDArray far = mask(batch).sub(1).mul(1e5f);
            return new NDList(floats(batch, LENGTH, WIDTH), far.reshape(batch, 1, 1, LENGTH));
        };
        assertAgrees(block, List.of(hidden("data"), mask), inputs, 1, 2, 3, 7, 64);
    }

    @Test
    void attentionOfQueriesKeysAndValuesAnswersAlike() throws Exception {
        ScaledDotProductAttentionBlock block = ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(WIDTH)
                .setHeadCount(2)
                .optAttentionProbsDropoutProb(0.1f)
                .build();
        initializedFor(block, HIDDEN, HIDDEN, HIDDEN);
        List<OnnxInput> signature = List.of(hidden("keys"), hidden("queries"), hidden("values"));
        LongFunction<NDList> inputs = batch -> {
            NDArray keys = floats(batch, LENGTH, WIDTH);
            return new NDList(keys, keys.neg(), keys.add(1));
        };
        assertAgrees(block, signature, inputs, 1, 2, 3, 7, 64);
    }

    @Test
    void singleShotDetectionAnswersAlike() throws Exception {
        List<Float> ratios = List.of(1f, 2f, 0.5f);
        List<List<Float>> sizes =
                List.of(List.of(0.2f, 0.272f), List.of(0.37f, 0.447f), List.of(0.54f, 0.619f), List.of(0.7f, 0.8f));
        Block ssd = SingleShotDetection.builder()
                .setBaseNetwork(seq(SingleShotDetection.getDownSamplingBlock(4)))
                .setNumClasses(2)
                .setNumFeatures(2)
                .optGlobalPool(true)
                .setSizes(sizes)
                .setRatios(Collections.nCopies(4, ratios))
                .build();
        Shape image = new Shape(3, 32, 32);
        ssd.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(image));
        for (int opset : OPSETS) {
            byte[] model = OnnxExport.of(ssd, image).withOpset(opset).bytes();
            double difference = Agreement.scaledDifference(ssd, image, model, 1, 3);
            assertThat(difference).as("opset " + opset).isLessThan(TOLERANCE);
        }
    }
}
