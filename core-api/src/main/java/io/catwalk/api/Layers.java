package io.catwalk.api;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.initializer.UniformInitializer;

/**
 * Makes the layers that plugins use most, one readable call each. Nothing here is special: a plugin may
 * use any block of DJL, or its own.
 */
public final class Layers {

    private Layers() {}

    /**
     * Chains blocks, each fed by the one before.
     *
     * @param blocks in the order of the data
     * @return one block
     */
    public static SequentialBlock sequence(Block... blocks) {
        return new SequentialBlock().addAll(blocks);
    }

    /**
     * Convolves with stride 1 and keeps height and width.
     *
     * @param filters number of output channels
     * @param kernel side of the square kernel, odd, in pixels
     * @return (batch, channels, height, width) to (batch, filters, height, width)
     */
    public static Block conv(int filters, int kernel) {
        return conv(filters, kernel, 1);
    }

    /**
     * Convolves with a padding of half the kernel, so that only the stride shrinks the image.
     *
     * @param filters number of output channels
     * @param kernel side of the square kernel, odd, in pixels
     * @param stride step in both directions, in pixels
     * @return (batch, channels, height, width) to (batch, filters, ⌈height / stride⌉, ⌈width / stride⌉)
     */
    public static Block conv(int filters, int kernel, int stride) {
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException("kernel must be odd, but is " + kernel);
        }
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optStride(new Shape(stride, stride))
                .build();
    }

    /**
     * Takes the largest of each 2x2 square.
     *
     * @return (batch, channels, height, width) to (batch, channels, ⌊height / 2⌋, ⌊width / 2⌋)
     */
    public static Block maxPool() {
        return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
    }

    /**
     * Averages each channel over the whole image.
     *
     * @return (batch, channels, height, width) to (batch, channels)
     */
    public static Block globalAveragePool() {
        return Pool.globalAvgPool2dBlock();
    }

    /**
     * Replaces negative values by 0.
     *
     * @return any shape to the same
     */
    public static Block relu() {
        return Activation.reluBlock();
    }

    /**
     * Normalizes each channel over the batch; momentum 0.9, epsilon 1e-5 (Ioffe and Szegedy, 2015).
     *
     * @return (batch, channels, ...) to the same
     */
    public static Block batchNorm() {
        return BatchNorm.builder().build();
    }

    /**
     * Zeroes values at random in training and scales the rest up; does nothing in evaluation (Srivastava
     * et al., 2014).
     *
     * @param rate share of zeroed values, 0 or above and below 1
     * @return any shape to the same
     */
    public static Block dropout(double rate) {
        Check.fraction("rate", rate);
        return new Dropout((float) rate);
    }

    /**
     * Flattens everything but the batch.
     *
     * @return (batch, ...) to (batch, product of the rest)
     */
    public static Block flatten() {
        return new Flatten();
    }

    /**
     * Multiplies by a weight matrix and adds a bias.
     *
     * @param units number of outputs
     * @return (batch, features) to (batch, units)
     */
    public static Block dense(int units) {
        return Linear.builder().setUnits(units).build();
    }

    /**
     * Reads an image as a sequence of its rows, from the top.
     *
     * @return (batch, channels, height, width) to (batch, height, channels x width)
     */
    public static Block rows() {
        return LambdaBlock.singleton(
                images -> {
                    Shape shape = images.getShape();
                    return images.transpose(0, 2, 1, 3)
                            .reshape(shape.get(0), shape.get(2), shape.get(1) * shape.get(3));
                },
                "rows");
    }

    /**
     * Runs a recurrent net with tanh over a sequence (Elman, 1990). Its weights start within ±1/√units,
     * since with larger ones the state of many steps grows without bound or saturates.
     *
     * @param units size of the state
     * @param layers how many nets are stacked
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block rnn(int units, int layers) {
        return recurrent(
                units,
                RNN.builder()
                        .setStateSize(units)
                        .setNumLayers(layers)
                        .setActivation(RNN.Activation.TANH)
                        .build());
    }

    /**
     * Runs a long short-term memory over a sequence (Hochreiter and Schmidhuber, 1997). Its weights start
     * within ±1/√units.
     *
     * @param units size of the state
     * @param layers how many nets are stacked
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block lstm(int units, int layers) {
        return recurrent(
                units, LSTM.builder().setStateSize(units).setNumLayers(layers).build());
    }

    /**
     * Runs a gated recurrent unit over a sequence (Cho et al., 2014). Its weights start within ±1/√units.
     *
     * @param units size of the state
     * @param layers how many nets are stacked
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block gru(int units, int layers) {
        return recurrent(
                units, GRU.builder().setStateSize(units).setNumLayers(layers).build());
    }

    /**
     * Keeps the last step of a sequence.
     *
     * @return (batch, time, features) to (batch, features)
     */
    public static Block lastStep() {
        return LambdaBlock.singleton(sequence -> sequence.get(":, -1"), "lastStep");
    }

    /**
     * Averages a sequence over time.
     *
     * @return (batch, time, features) to (batch, features)
     */
    public static Block meanOverTime() {
        return LambdaBlock.singleton(sequence -> sequence.mean(new int[] {1}), "meanOverTime");
    }

    /** Draws the weights as PyTorch does: DJL's default is made for relu, and the recurrence amplifies it. */
    private static Block recurrent(int units, Block block) {
        block.setInitializer(new UniformInitializer((float) (1 / Math.sqrt(units))), Parameter.Type.WEIGHT);
        return block;
    }
}
