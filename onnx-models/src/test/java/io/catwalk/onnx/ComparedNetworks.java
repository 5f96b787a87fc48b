package io.catwalk.onnx;

import static io.catwalk.onnx.ExportTest.dense;
import static io.catwalk.onnx.ExportTest.lambda;
import static io.catwalk.onnx.ExportTest.seq;
import static io.catwalk.onnx.ExportTest.sum;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import java.util.function.Function;

/**
 * The networks that {@code benchmarks/export.py} exports from PyTorch, too: of the same architecture, with their
 * parameters in the order of PyTorch's state.
 */
enum ComparedNetworks {
    /** He et al., 2016, as torchvision has it: 11,689,512 parameters. */
    RESNET18 {
        @Override
        Block block() {
            SequentialBlock net = new SequentialBlock();
            normalized(net, 64, 7, 2, 1)
                    .add(Activation.reluBlock())
                    .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
            int width = 64;
            for (int filters = 64; filters <= 512; filters *= 2) {
                net.add(residual(width, filters, filters == 64 ? 1 : 2)).add(residual(filters, filters, 1));
                width = filters;
            }
            return net.add(Pool.globalAvgPool2dBlock()).add(dense(1000));
        }

        private Block residual(int width, int filters, int stride) {
            SequentialBlock main = new SequentialBlock();
            normalized(main, filters, 3, stride, 1).add(Activation.reluBlock());
            normalized(main, filters, 3, 1, 1);
            Block shortcut = width == filters
                    ? Blocks.identityBlock()
                    : normalized(new SequentialBlock(), filters, 1, stride, 1);
            return seq(sum(main, shortcut), Activation.reluBlock());
        }
    },

    /** Sandler et al., 2018, as torchvision has it: 3,504,872 parameters. */
    MOBILENET_V2 {
        @Override
        Block block() {
            SequentialBlock net = new SequentialBlock();
            normalized(net, 32, 3, 2, 1).add(Activation.relu6Block());
            int width = 32;
            // Expansion, filters, repetitions, stride (table 2 of the paper).
            int[][] stages = {
                {1, 16, 1, 1},
                {6, 24, 2, 2},
                {6, 32, 3, 2},
                {6, 64, 4, 2},
                {6, 96, 3, 1},
                {6, 160, 3, 2},
                {6, 320, 1, 1}
            };
            for (int[] stage : stages) {
                for (int i = 0; i < stage[2]; i++) {
                    net.add(inverted(width, stage[0], stage[1], i == 0 ? stage[3] : 1));
                    width = stage[1];
                }
            }
            normalized(net, 1280, 1, 1, 1).add(Activation.relu6Block());
            return net.add(Pool.globalAvgPool2dBlock()).add(dense(1000));
        }

        private Block inverted(int width, int expansion, int filters, int stride) {
            SequentialBlock main = new SequentialBlock();
            int wide = width * expansion;
            if (expansion > 1) {
                normalized(main, wide, 1, 1, 1).add(Activation.relu6Block());
            }
            normalized(main, wide, 3, stride, wide).add(Activation.relu6Block());
            normalized(main, filters, 1, 1, 1);
            return stride == 1 && width == filters ? sum(main, Blocks.identityBlock()) : main;
        }
    },

    /** Dosovitskiy et al., 2021, of the size Tiny (192 wide, 12 layers, 3 heads), with the mean of all tokens. */
    VIT_TINY {
        @Override
        Block block() {
            Conv2d.Builder patches = Conv2d.builder().setFilters(192).setKernelShape(new Shape(16, 16));
            Block tokens = lambda(x -> x.reshape(x.getShape().get(0), 192, -1).transpose(0, 2, 1));
            SequentialBlock net = seq(patches.optStride(new Shape(16, 16)).build(), tokens, new Positions());
            for (int layer = 0; layer < 12; layer++) {
                Block attention = ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(192)
                        .setHeadCount(3)
                        .build();
                Block perceptron = seq(dense(768), Activation.geluBlock(), dense(192));
                net.add(sum(seq(norm(), attention), Blocks.identityBlock()));
                net.add(sum(seq(norm(), perceptron), Blocks.identityBlock()));
            }
            return net.add(norm()).add(lambda(x -> x.mean(new int[] {1}))).add(dense(1000));
        }
    },

    /** Two layers of 128 units over the rows of a small image. */
    LSTM_2 {
        @Override
        Block block() {
            return seq(SmallNetworks.lstm(128, 2).build(), SmallNetworks.last(), dense(10));
        }
    };

    abstract Block block();

    Shape sample() {
        return this == LSTM_2 ? new Shape(28, 28) : new Shape(3, 224, 224);
    }

    Block initialized(NDManager manager) {
        Block block = block();
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample()));
        return block;
    }

    private static SequentialBlock normalized(SequentialBlock to, int filters, int kernel, int stride, int groups) {
        return to.add(Conv2d.builder()
                        .setFilters(filters)
                        .setKernelShape(new Shape(kernel, kernel))
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(kernel / 2, kernel / 2))
                        .optGroups(groups)
                        .optBias(false)
                        .build())
                .add(BatchNorm.builder().optEpsilon(1e-5f).build());
    }

    private static Block norm() {
        return LayerNorm.builder().axis(2).optEpsilon(1e-6f).build();
    }

    /** Adds a learned number to each token. */
    private static final class Positions extends OwnBlocks.Own {

        private final Parameter positions = weight("positions", 196, 192);

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            return x.add(values.apply(positions));
        }
    }
}
