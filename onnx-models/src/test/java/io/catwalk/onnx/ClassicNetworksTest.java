package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kinds of image classifiers that Catwalk's own plugins are. */
@Tag("tiny")
class ClassicNetworksTest {

    private static final Shape IMAGE = new Shape(1, 28, 28);

    enum Network {
        PERCEPTRON {
            @Override
            Block block() {
                return new SequentialBlock()
                        .add(Blocks.batchFlattenBlock())
                        .add(dense(32))
                        .add(Activation.reluBlock())
                        .add(Dropout.builder().optRate(0.5f).build())
                        .add(dense(10));
            }
        },
        MAX_POOL {
            @Override
            Block block() {
                return new SequentialBlock()
                        .add(conv(8))
                        .add(Activation.reluBlock())
                        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                        .add(conv(12))
                        .add(Activation.tanhBlock())
                        .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                        .add(Blocks.batchFlattenBlock())
                        .add(dense(10));
            }
        },
        GLOBAL_POOL {
            @Override
            Block block() {
                return new SequentialBlock()
                        .add(conv(8))
                        .add(BatchNorm.builder().optEpsilon(1e-3f).build())
                        .add(Activation.reluBlock())
                        .add(conv(16))
                        .add(BatchNorm.builder().build())
                        .add(Activation.sigmoidBlock())
                        .add(Pool.globalAvgPool2dBlock())
                        .add(dense(10));
            }
        },
        RNN_LAST {
            @Override
            Block block() {
                return rows().add(RNN.builder()
                                .setStateSize(16)
                                .setNumLayers(1)
                                .setActivation(ai.djl.nn.recurrent.RNN.Activation.TANH)
                                .build())
                        .add(LambdaBlock.singleton(array -> array.get(":, -1")))
                        .add(dense(10));
            }
        },
        LSTM_TWO_LAYERS {
            @Override
            Block block() {
                return rows().add(
                                LSTM.builder().setStateSize(16).setNumLayers(2).build())
                        .add(LambdaBlock.singleton(array -> array.get(":, -1")))
                        .add(dense(10));
            }
        },
        GRU_MEAN {
            @Override
            Block block() {
                return rows().add(GRU.builder().setStateSize(16).setNumLayers(2).build())
                        .add(LambdaBlock.singleton(array -> array.mean(new int[] {1})))
                        .add(dense(10));
            }
        };

        abstract Block block();
    }

    static Block dense(int units) {
        return Linear.builder().setUnits(units).build();
    }

    static Block conv(int filters) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .build();
    }

    static SequentialBlock rows() {
        return new SequentialBlock().add(LambdaBlock.singleton(images -> {
            Shape shape = images.getShape();
            return images.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
        }));
    }

    @ParameterizedTest
    @EnumSource
    void onnxRuntimeAnswersLikeDjl(Network network) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(network.block(), manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).bytes();
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }
}
