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
import java.util.stream.Stream;

/** Builds networks whose layers are not in one line, and exports them untrained. */
enum BranchingNetworks {
    /** He et al., "Deep Residual Learning for Image Recognition", 2015: a projection, then identical blocks. */
    RESIDUAL {
        @Override
        Block block() {
            SequentialBlock network = sequence(normalized(8, 3, 1), residual(16, 2));
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
            Block image = LambdaBlock.singleton(array -> array.reshape(-1, 16, 1, 1));
            Block gate = sequence(
                    Pool.globalAvgPool2dBlock(),
                    dense(4),
                    Activation.reluBlock(),
                    dense(16),
                    Activation.sigmoidBlock(),
                    image);
            Function<List<NDList>, NDList> product =
                    outputs -> new NDList(first(outputs, 0).mul(first(outputs, 1)));
            Block gated = new ParallelBlock(product, List.of(Blocks.identityBlock(), gate));
            return sequence(normalized(16, 3, 1), gated, Blocks.batchFlattenBlock(), dense(10));
        }
    },
    /** Szegedy et al., "Going Deeper with Convolutions", 2015: four parallel branches. */
    INCEPTION {
        @Override
        Block block() {
            Block pool = Pool.maxPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1));
            Function<List<NDList>, NDList> together = outputs -> {
                NDList all = new NDList();
                outputs.forEach(output -> all.add(output.singletonOrThrow()));
                return new NDList(NDArrays.concat(all, 1));
            };
            List<Block> branches = List.of(
                    normalized(8, 1, 1),
                    sequence(normalized(4, 1, 1), normalized(8, 3, 1)),
                    sequence(normalized(2, 1, 1), normalized(4, 5, 1)),
                    sequence(pool, normalized(4, 1, 1)));
            return sequence(new ParallelBlock(together, branches), Pool.globalAvgPool2dBlock(), dense(10));
        }
    },
    /** Reads rows in both directions and uses the last state; has activations that are combined with their input. */
    BOTH_WAYS {
        @Override
        Block block() {
            GRU.Builder gru = GRU.builder().setStateSize(12).setNumLayers(1);
            return sequence(
                    LambdaBlock.singleton(images -> images.squeeze(1)),
                    gru.optBidirectional(true).optHasBiases(false).build(),
                    LambdaBlock.singleton(array -> array.get(":, -1")),
                    dense(8),
                    Activation.swishBlock(1),
                    dense(8),
                    Activation.geluBlock(),
                    dense(10));
        }
    };

    static final Shape IMAGE = new Shape(1, 16, 16);

    abstract Block block();

    List<Layer> layers() {
        byte[] onnx = OnnxExport.of(initialized(block()), IMAGE).bytes();
        return ArchitectureDrawing.of(name(), onnx).layers();
    }

    static Block initialized(Block block) {
        NDManager manager = NDManager.newBaseManager();
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(IMAGE));
        return block;
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

    private static SequentialBlock sequence(Block... blocks) {
        SequentialBlock sequence = new SequentialBlock();
        Stream.of(blocks).forEach(sequence::add);
        return sequence;
    }

    private static SequentialBlock normalized(int filters, int kernel, int stride) {
        return sequence(conv(filters, kernel, stride), BatchNorm.builder().build(), Activation.reluBlock());
    }

    private static Block residual(int filters, int stride) {
        Block branch = normalized(filters, 3, stride)
                .add(conv(filters, 3, 1))
                .add(BatchNorm.builder().build());
        Block skip = stride == 1
                ? Blocks.identityBlock()
                : sequence(conv(filters, 1, stride), BatchNorm.builder().build());
        Function<List<NDList>, NDList> sum =
                outputs -> new NDList(Activation.relu(first(outputs, 0).add(first(outputs, 1))));
        return new ParallelBlock(sum, List.of(branch, skip));
    }
}
