package io.catwalk.onnx;

import static io.catwalk.onnx.ClassicNetworksTest.conv;
import static io.catwalk.onnx.ClassicNetworksTest.dense;
import static io.catwalk.onnx.ClassicNetworksTest.rows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Blocks written in unusual ways. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
enum OddBlocks {
    RESIDUAL(
            image(4),
            () -> new SequentialBlock()
                    .add(new ParallelBlock(
                            sums -> new NDList(sums.get(0)
                                    .singletonOrThrow()
                                    .add(sums.get(1).singletonOrThrow())),
                            List.of(
                                    new SequentialBlock()
                                            .add(conv(4))
                                            .add(BatchNorm.builder().build()),
                                    Blocks.identityBlock())))
                    .add(Activation.reluBlock())
                    .add(Blocks.batchFlattenBlock())
                    .add(dense(5))),
    INCEPTION(
            image(2),
            () -> new SequentialBlock()
                    .add(new ParallelBlock(
                            branches -> new NDList(NDArrays.concat(
                                    new NDList(branches.stream()
                                            .map(NDList::singletonOrThrow)
                                            .toList()),
                                    1)),
                            List.of(conv(3), new SequentialBlock().add(conv(2)).add(Activation.seluBlock()))))
                    .add(Pool.globalMaxPool2dBlock())
                    .add(dense(5))),
    SHARED_PARAMETERS(new Shape(6), () -> {
        Block shared = dense(6);
        return new SequentialBlock()
                .add(shared)
                .add(Activation.tanhBlock())
                .add(shared)
                .add(dense(3));
    }),
    LAMBDA_ARITHMETIC(
            new Shape(6),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.mul(2).sub(0.5).div(x.abs().add(1)).add(NDArrays.sub(1, x))))
                    .add(dense(3))),
    SELF_ATTENTION(
            new Shape(5, 8),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.matMul(x.transpose(0, 2, 1))
                            .div(Math.sqrt(8))
                            .softmax(-1)
                            .matMul(x)))
                    .add(lambda(x -> x.mean(new int[] {1})))
                    .add(dense(3))),
    MULTI_HEAD_ATTENTION(
            new Shape(5, 8),
            () -> new SequentialBlock()
                    .add(lambda(x -> {
                        long batch = x.getShape().get(0);
                        NDArray heads = x.reshape(batch, 5, 2, 4).transpose(0, 2, 1, 3);
                        NDArray scores =
                                heads.matMul(heads.swapAxes(2, 3)).div(2).softmax(3);
                        return scores.matMul(heads).transpose(0, 2, 1, 3).reshape(batch, 40);
                    }))
                    .add(dense(3))),
    CAUSAL_MASK(
            new Shape(4, 6),
            () -> lambda(x -> {
                NDArray steps = x.getManager().arange(4);
                NDArray future = steps.expandDims(0).gt(steps.expandDims(1)).toType(DataType.FLOAT32, false);
                return x.matMul(x.transpose(0, 2, 1))
                        .sub(future.mul(1e9f))
                        .softmax(2)
                        .matMul(x);
            })),
    DJL_ATTENTION(
            new Shape(5, 8),
            () -> ScaledDotProductAttentionBlock.builder()
                    .setEmbeddingSize(8)
                    .setHeadCount(2)
                    .build()),
    TRANSFORMER_ENCODER(new Shape(5, 8), () -> new TransformerEncoderBlock(8, 2, 16, 0.1f, Activation::gelu)),
    LAYER_NORM(
            new Shape(3, 8),
            () -> new SequentialBlock().add(LayerNorm.builder().axis(2).build()).add(dense(3))),
    EMBEDDING_MEAN(
            new Shape(7),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.abs().mul(5).mod(9).toType(DataType.INT64, false)))
                    .add(new OwnBlocks.Words())
                    .add(lambda(x -> x.mean(new int[] {1})))
                    .add(dense(3))),
    SQUEEZE_AND_EXCITATION(
            image(4),
            () -> new SequentialBlock()
                    .add(new ParallelBlock(
                            parts -> {
                                NDArray scale = parts.get(1).singletonOrThrow();
                                NDArray maps = parts.get(0).singletonOrThrow();
                                return new NDList(maps.mul(scale.reshape(-1, 4, 1, 1)));
                            },
                            List.of(
                                    Blocks.identityBlock(),
                                    new SequentialBlock()
                                            .add(Pool.globalAvgPool2dBlock())
                                            .add(dense(2))
                                            .add(Activation.reluBlock())
                                            .add(dense(4))
                                            .add(Activation.sigmoidBlock()))))
                    .add(Blocks.batchFlattenBlock())
                    .add(dense(3))),
    DEPTHWISE_SEPARABLE(
            image(4),
            () -> new SequentialBlock()
                    .add(Conv2d.builder()
                            .setFilters(4)
                            .setKernelShape(new Shape(3, 3))
                            .optGroups(4)
                            .optBias(false)
                            .build())
                    .add(Conv2d.builder()
                            .setFilters(6)
                            .setKernelShape(new Shape(1, 1))
                            .build())
                    .add(Pool.globalAvgPool2dBlock())),
    GROUPED_STRIDED_DILATED(
            image(4),
            () -> Conv2d.builder()
                    .setFilters(6)
                    .setKernelShape(new Shape(3, 3))
                    .optStride(new Shape(2, 1))
                    .optDilation(new Shape(1, 2))
                    .optPadding(new Shape(0, 2))
                    .optGroups(2)
                    .build()),
    CONV1D_OVER_ROWS(
            new Shape(6, 10),
            () -> new SequentialBlock()
                    .add(Conv1d.builder()
                            .setFilters(5)
                            .setKernelShape(new Shape(3))
                            .optPadding(new Shape(1))
                            .build())
                    .add(Activation.reluBlock())
                    .add(Pool.maxPool1dBlock(new Shape(2), new Shape(2)))
                    .add(Blocks.batchFlattenBlock())
                    .add(dense(3))),
    CONV_THEN_GRU(
            new Shape(1, 8, 8),
            () -> new SequentialBlock()
                    .add(conv(3))
                    .add(Activation.reluBlock())
                    .add(lambda(
                            x -> x.transpose(0, 2, 1, 3).reshape(x.getShape().get(0), 8, 24)))
                    .add(GRU.builder().setStateSize(6).setNumLayers(1).build())
                    .add(lambda(x -> x.get(":, -1")))
                    .add(dense(3))),
    STACKED_RECURRENT(
            new Shape(1, 6, 5),
            () -> rows().add(LSTM.builder().setStateSize(5).setNumLayers(3).build())
                    .add(RNN.builder()
                            .setStateSize(4)
                            .setNumLayers(2)
                            .setActivation(RNN.Activation.RELU)
                            .build())
                    .add(lambda(x -> x.max(new int[] {1})))),
    STATE_RETURNING(
            new Shape(1, 6, 5),
            () -> rows().add(LSTM.builder()
                            .setStateSize(5)
                            .setNumLayers(2)
                            .optReturnState(true)
                            .build())
                    .add(new LambdaBlock(states -> new NDList(states.get(1)
                            .get(-1)
                            .concat(states.get(states.size() - 1).get(0), 1))))
                    .add(dense(3))),
    STATE_AS_OUTPUT(
            new Shape(6, 5),
            () -> GRU.builder()
                    .setStateSize(4)
                    .setNumLayers(2)
                    .optReturnState(true)
                    .build()),
    TIME_FIRST_RECURRENT(
            new Shape(4, 5),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.transpose(1, 0, 2)))
                    .add(LSTM.builder()
                            .setStateSize(4)
                            .setNumLayers(1)
                            .optBatchFirst(false)
                            .build())
                    .add(lambda(x -> x.get(-1)))),
    BIDIRECTIONAL_WITHOUT_BIAS(
            new Shape(4, 5),
            () -> GRU.builder()
                    .setStateSize(3)
                    .setNumLayers(2)
                    .optBidirectional(true)
                    .optHasBiases(false)
                    .build()),
    TWO_DIRECTIONS_BY_FLIP(
            new Shape(4, 5),
            () -> new ParallelBlock(
                    ways -> new NDList(
                            ways.get(0).singletonOrThrow().concat(ways.get(1).singletonOrThrow(), 2)),
                    List.of(
                            // DJL's recurrent blocks add their state to the list of inputs, which the branches share.
                            new SequentialBlock()
                                    .add(lambda(x -> x))
                                    .add(LSTM.builder()
                                            .setStateSize(3)
                                            .setNumLayers(1)
                                            .build()),
                            new SequentialBlock()
                                    .add(lambda(x -> x.flip(1)))
                                    .add(LSTM.builder()
                                            .setStateSize(3)
                                            .setNumLayers(1)
                                            .build())
                                    .add(lambda(x -> x.flip(1)))))),
    BATCH_NORM_ON_LAST_AXIS(
            new Shape(4, 5, 3), () -> BatchNorm.builder().optAxis(3).build()),
    SLICING_AND_FLIPPING(
            image(2),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.get(":, :, 1:7:2, -4:").flip(3).concat(x.get(":, :, :3, 0:4"), 2)))
                    .add(Blocks.batchFlattenBlock())
                    .add(dense(3))),
    JAVA_LOOP(new Shape(6), OwnBlocks.Loop::new),
    NESTED_CONTROL_FLOW(
            new Shape(6),
            () -> lambda(x -> {
                NDArray result = x;
                for (int i = 1; i < 4; i++) {
                    result = i % 2 == 0 ? result.tanh() : result.add(x.mul(i));
                }
                return x.getShape().dimension() == 2 ? result : result.neg();
            })),
    WEIGHT_NORMALIZATION(new Shape(6), OwnBlocks.WeightNormalized::new),
    MAXOUT(
            new Shape(6),
            () -> new SequentialBlock()
                    .add(dense(12))
                    .add(lambda(x -> x.reshape(-1, 4, 3).max(new int[] {2})))
                    .add(dense(3))),
    WHERE_BY_DATA(
            new Shape(6),
            () -> new SequentialBlock()
                    .add(lambda(x -> NDArrays.where(x.gt(0), x.exp(), x.mul(0.1f))))
                    .add(dense(3))),
    SPLIT_AND_GATE(
            new Shape(8),
            () -> new SequentialBlock().add(dense(8)).add(lambda(x -> {
                NDList halves = x.split(2, 1);
                return halves.get(0).mul(Activation.sigmoid(halves.get(1)));
            }))),
    MULTIPLICATION(new Shape(6), () -> Multiplication.builder().setUnits(4).build()),
    PIXEL_PATCHES(
            new Shape(1, 8, 8),
            () -> new SequentialBlock()
                    .add(lambda(x -> x.reshape(x.getShape().get(0), 4, 2, 4, 2)
                            .transpose(0, 1, 3, 2, 4)
                            .reshape(-1, 16, 4)))
                    .add(dense(6))
                    .add(Activation.geluBlock())
                    .add(lambda(x -> x.mean(new int[] {1})))
                    .add(dense(3))),
    POSITIONAL_TOKENS(
            new Shape(4, 6),
            () -> lambda(x -> {
                NDManager manager = x.getManager();
                NDArray token = manager.ones(new Shape(x.getShape().get(0), 1, 6));
                NDArray position = manager.arange(5f).reshape(1, 5, 1).sin();
                return token.concat(x, 1).add(position);
            })),
    IN_PLACE_ARITHMETIC(
            new Shape(6),
            () -> lambda(x -> {
                NDArray sum = x.getManager().zeros(x.getShape());
                sum.addi(x).muli(2);
                return sum.subi(x.square());
            })),
    MULTIPLE_OUTPUTS(
            new Shape(6),
            () -> new SequentialBlock()
                    .add(dense(4))
                    .add(new LambdaBlock(xs -> new NDList(
                            xs.singletonOrThrow(), xs.singletonOrThrow().softmax(1), xs.singletonOrThrow()))));

    private final Shape sample;
    private final Supplier<Block> factory;

    OddBlocks(Shape sample, Supplier<Block> factory) {
        this.sample = sample;
        this.factory = factory;
    }

    Shape sample() {
        return sample;
    }

    Block block() {
        return factory.get();
    }

    private static Shape image(long channels) {
        return new Shape(channels, 8, 8);
    }

    private static Block lambda(Function<NDArray, NDArray> function) {
        return LambdaBlock.singleton(function);
    }
}
