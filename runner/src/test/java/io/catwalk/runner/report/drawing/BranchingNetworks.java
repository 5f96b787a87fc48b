package io.catwalk.runner.report.drawing;

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
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import io.catwalk.onnx.OnnxExport;
import java.util.List;
import java.util.function.Function;

/** Builds networks whose layers are not in one line, and exports them untrained. */
enum BranchingNetworks {
    /** He et al., "Deep Residual Learning for Image Recognition", 2015: a projection, then identical blocks. */
    RESIDUAL {
        @Override
        Block block() {
            SequentialBlock network =
                    new SequentialBlock().add(normalized(8, 3, 1)).add(residual(16, 2));
            for (int i = 0; i < 10; i++) {
                network.add(residual(16, 1));
            }
            return network.add(Pool.globalAvgPool2dBlock()).add(dense(10));
        }
    },
    /** Hu et al., "Squeeze-and-Excitation Networks", 2018. */
    SQUEEZE_EXCITE {
        @Override
        Block block() {
            SequentialBlock gate = new SequentialBlock()
                    .add(Pool.globalAvgPool2dBlock())
                    .add(dense(4))
                    .add(Activation.reluBlock())
                    .add(dense(16))
                    .add(Activation.sigmoidBlock())
                    .add(LambdaBlock.singleton(array -> array.reshape(-1, 16, 1, 1)));
            return new SequentialBlock()
                    .add(normalized(16, 3, 1))
                    .add(new ParallelBlock(
                            outputs -> new NDList(first(outputs, 0).mul(first(outputs, 1))),
                            List.of(Blocks.identityBlock(), gate)))
                    .add(Blocks.batchFlattenBlock())
                    .add(dense(10));
        }
    },
    /** Szegedy et al., "Going Deeper with Convolutions", 2015: four parallel branches. */
    INCEPTION {
        @Override
        Block block() {
            return new SequentialBlock()
                    .add(new ParallelBlock(
                            outputs -> new NDList(NDArrays.concat(
                                    new NDList(outputs.stream()
                                            .map(NDList::singletonOrThrow)
                                            .toList()),
                                    1)),
                            List.of(
                                    normalized(8, 1, 1),
                                    new SequentialBlock()
                                            .add(normalized(4, 1, 1))
                                            .add(normalized(8, 3, 1)),
                                    new SequentialBlock()
                                            .add(normalized(2, 1, 1))
                                            .add(normalized(4, 5, 1)),
                                    new SequentialBlock()
                                            .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)))
                                            .add(normalized(4, 1, 1)))))
                    .add(Pool.globalAvgPool2dBlock())
                    .add(dense(10));
        }
    },
    /** Reads rows in both directions and uses the last state; has activations that are combined with their input. */
    BOTH_WAYS {
        @Override
        Block block() {
            return new SequentialBlock()
                    .add(LambdaBlock.singleton(images -> images.squeeze(1)))
                    .add(GRU.builder()
                            .setStateSize(12)
                            .setNumLayers(1)
                            .optBidirectional(true)
                            .optHasBiases(false)
                            .build())
                    .add(LambdaBlock.singleton(array -> array.get(":, -1")))
                    .add(dense(8))
                    .add(Activation.swishBlock(1))
                    .add(dense(8))
                    .add(Activation.geluBlock())
                    .add(dense(10));
        }
    };

    static final Shape IMAGE = new Shape(1, 16, 16);

    abstract Block block();

    ArchitectureGraph graph() {
        return exported(OnnxExport.of(initialized(block()), IMAGE));
    }

    static Block initialized(Block block) {
        NDManager manager = NDManager.newBaseManager();
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(IMAGE));
        return block;
    }

    static ArchitectureGraph exported(OnnxExport export) {
        return ArchitectureGraph.of(export.bytes());
    }

    static Block dense(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static NDArray first(List<NDList> outputs, int branch) {
        return outputs.get(branch).singletonOrThrow();
    }

    private static Block conv(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build();
    }

    private static SequentialBlock normalized(int filters, int kernel, int stride) {
        return new SequentialBlock()
                .add(conv(filters, kernel, stride))
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock());
    }

    private static Block residual(int filters, int stride) {
        SequentialBlock branch = normalized(filters, 3, stride)
                .add(conv(filters, 3, 1))
                .add(BatchNorm.builder().build());
        Block skip = stride == 1
                ? Blocks.identityBlock()
                : new SequentialBlock()
                        .add(conv(filters, 1, stride))
                        .add(BatchNorm.builder().build());
        Function<List<NDList>, NDList> sum =
                outputs -> new NDList(Activation.relu(first(outputs, 0).add(first(outputs, 1))));
        return new ParallelBlock(sum, List.of(branch, skip));
    }
}
