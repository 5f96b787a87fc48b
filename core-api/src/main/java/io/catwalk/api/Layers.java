package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
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
import java.util.List;
import java.util.function.BinaryOperator;

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
     * Adds what two blocks make of the same input.
     *
     * @param first one block
     * @param second another, whose output has the shape of the first's
     * @return the input of both to the output of either
     */
    public static Block sum(Block first, Block second) {
        return joined(NDArray::add, first, second);
    }

    /**
     * Chains blocks and adds their input to their output (He et al., "Deep Residual Learning for Image Recognition",
     * 2016).
     *
     * @param body in the order of the data; together they keep the shape
     * @return any shape to the same
     */
    public static Block residual(Block... body) {
        return sum(Blocks.identityBlock(), sequence(body));
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
        return convolution(filters, kernel, stride, 1);
    }

    /**
     * Convolves each channel for itself, with a padding of half the kernel (Chollet, "Xception", 2017).
     *
     * @param channels number of channels of the input, and so of the output
     * @param kernel side of the square kernel, odd, in pixels
     * @param stride step in both directions, in pixels
     * @return (batch, channels, height, width) to (batch, channels, ⌈height / stride⌉, ⌈width / stride⌉)
     */
    public static Block depthwise(int channels, int kernel, int stride) {
        return convolution(channels, kernel, stride, channels);
    }

    private static Block convolution(int filters, int kernel, int stride, int groups) {
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException("kernel must be odd, but is " + kernel);
        }
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optStride(new Shape(stride, stride))
                .optGroups(groups)
                .build();
    }

    /**
     * Convolves so that no side stays longer than asked, whatever the size of the images: with a kernel of 3 and stride
     * 1 or 2 where that is enough, otherwise with a kernel that still sees every pixel.
     *
     * @param task whose images come in
     * @param filters number of output channels
     * @param side longest side of the output, in pixels
     * @return (batch, channels, height, width) to (batch, filters, ⌈height / s⌉, ⌈width / s⌉) with the smallest fitting s
     */
    public static Block stem(Task task, int filters, int side) {
        int stride = stride(task, side);
        return conv(filters, Math.max(3, stride | 1), stride);
    }

    /**
     * Cuts images into a grid of square patches and describes each by the same weights (Dosovitskiy et al., "An Image is
     * Worth 16x16 Words", 2021). Patches are as large as it takes to have no more of them than asked; what they reach
     * beyond the image is 0.
     *
     * @param task whose images come in
     * @param features number of values that describe a patch
     * @param grid most patches in a row or a column
     * @return (batch, channels, height, width) to (batch, features, ⌈height / p⌉, ⌈width / p⌉) for patches of p x p pixels
     */
    public static Block patches(Task task, int features, int grid) {
        int side = stride(task, grid);
        return Conv2d.builder()
                .setFilters(features)
                .setKernelShape(new Shape(side, side))
                .optPadding(new Shape(missing(task.height(), side), missing(task.width(), side)))
                .optStride(new Shape(side, side))
                .build();
    }

    /**
     * Counts the patches that {@link #patches} cuts, for layers that mix them.
     *
     * @param task whose images come in
     * @param grid most patches in a row or a column
     * @return patches in a column x patches in a row
     */
    public static int patchCount(Task task, int grid) {
        int side = stride(task, grid);
        return ceilDiv(task.height(), side) * ceilDiv(task.width(), side);
    }

    private static int stride(Task task, int side) {
        return ceilDiv(Math.max(task.height(), task.width()), side);
    }

    /** Returns half of what a side lacks to be cut into whole patches, rounded up. */
    private static int missing(int pixels, int side) {
        return (ceilDiv(pixels, side) * side - pixels + 1) / 2;
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
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
     * Multiplies each value by the probability that a standard normal one is below it (Hendrycks and Gimpel, "Gaussian
     * Error Linear Units", 2016).
     *
     * @return any shape to the same
     */
    public static Block gelu() {
        return Activation.geluBlock();
    }

    /**
     * Multiplies each value x by min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3", 2019).
     *
     * @return any shape to the same
     */
    public static Block hardSwish() {
        return LambdaBlock.singleton(values -> values.mul(hardSigmoid(values)), "hardSwish");
    }

    private static NDArray hardSigmoid(NDArray values) {
        return Activation.relu6(values.add(3)).div(6);
    }

    /**
     * Multiplies each channel by a factor from 0 to 1 that follows from the means of all channels, through two dense
     * layers (Hu et al., "Squeeze-and-Excitation Networks", 2018).
     *
     * @param channels number of channels of the input
     * @param squeezed number of values between both dense layers
     * @return (batch, channels, height, width) to the same
     */
    public static Block squeezeExcite(int channels, int squeezed) {
        Block factors = LambdaBlock.singleton(
                values -> hardSigmoid(values).expandDims(2).expandDims(3), "factors");
        return joined(
                NDArray::mul,
                Blocks.identityBlock(),
                sequence(globalAveragePool(), dense(squeezed), relu(), dense(channels), factors));
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
     * Normalizes the features of each step, or of each pixel with its channels last, for themselves; epsilon 1e-5 (Ba et
     * al., "Layer Normalization", 2016).
     *
     * @return (..., features) to the same
     */
    public static Block layerNorm() {
        return new FeatureNorm();
    }

    /**
     * Shows images to blocks with their channels last, for what works on the features of each pixel: dense layers,
     * normalization, scans.
     *
     * @param body in the order of the data; (batch, height, width, channels) to (batch, rows, columns, features)
     * @return (batch, channels, height, width) to (batch, features, rows, columns)
     */
    public static Block channelsLast(Block... body) {
        return sequence(
                LambdaBlock.singleton(images -> images.transpose(0, 2, 3, 1), "channelsLast"),
                sequence(body),
                LambdaBlock.singleton(images -> images.transpose(0, 3, 1, 2), "channelsFirst"));
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
     * @return (batch, ..., features) to (batch, ..., units)
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

    /**
     * Reads an image as a sequence of its pixels or patches, row by row.
     *
     * @return (batch, features, rows, columns) to (batch, rows x columns, features)
     */
    public static Block tokens() {
        return LambdaBlock.singleton(
                images -> {
                    Shape shape = images.getShape();
                    return images.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3))
                            .transpose(0, 2, 1);
                },
                "tokens");
    }

    /**
     * Adds to each step of a sequence values of its own that are learned, so that attention can tell where it is
     * (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021).
     *
     * @return (batch, time, features) to the same, for sequences of the one length that it was initialized with
     */
    public static Block positions() {
        return new Positions();
    }

    /**
     * Lets each step of a sequence look at all steps, through several heads (Vaswani et al., "Attention Is All You
     * Need", 2017).
     *
     * @param features number of features of the input, and so of the output
     * @param heads among which the features are divided without a remainder
     * @return (batch, time, features) to the same
     */
    public static Block attention(int features, int heads) {
        if (features % heads != 0) {
            throw new IllegalArgumentException(
                    "features must be a multiple of the " + heads + " heads, but are " + features);
        }
        return sequence(
                dense(3 * features),
                LambdaBlock.singleton(projected -> SequenceMath.attend(projected, heads), "attend"),
                dense(features));
    }

    /**
     * Shows sequences to blocks with time and features exchanged, so that what works on features mixes steps (Tolstikhin
     * et al., "MLP-Mixer", 2021).
     *
     * @param body in the order of the data; (batch, features, time) to (batch, features, steps)
     * @return (batch, time, features) to (batch, steps, features)
     */
    public static Block acrossTime(Block... body) {
        return sequence(exchange(), sequence(body), exchange());
    }

    private static Block exchange() {
        return LambdaBlock.singleton(sequence -> sequence.transpose(0, 2, 1), "exchange");
    }

    /**
     * Runs the minimal gated recurrent unit over a sequence: h(t) = (1 - z(t)) h(t - 1) + z(t) c(t), where the gate z and
     * the candidate c see the input only. All steps are computed together, in a number of rounds that is the logarithm
     * of their count (Feng et al., "Were RNNs All We Needed?", 2024).
     *
     * @param units size of the state
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block minGru(int units) {
        return sequence(dense(2 * units), LambdaBlock.singleton(SequenceMath::minGru, "minGru"));
    }

    /**
     * Reads a sequence forwards with one block and backwards with another, and sets their outputs side by side (Schuster
     * and Paliwal, "Bidirectional Recurrent Neural Networks", 1997).
     *
     * @param there (batch, time, features) to (batch, time, units)
     * @param back the same, for the sequence from its end
     * @return (batch, time, features) to (batch, time, units of both)
     */
    public static Block bothWays(Block there, Block back) {
        // DJL's recurrent nets add their state to the list that they are given, which both blocks would share.
        Block own = LambdaBlock.singleton(sequence -> sequence, "own");
        return joined((first, second) -> first.concat(second, 2), sequence(own, there), sequence(flip(), back, flip()));
    }

    private static Block flip() {
        return LambdaBlock.singleton(sequence -> sequence.flip(1), "flip");
    }

    /**
     * Runs a block over each row as a sequence of its own (Visin et al., "ReNet", 2015).
     *
     * @param block (batch, time, features) to (batch, time, units)
     * @return (batch, rows, columns, features) to (batch, rows, columns, units)
     */
    public static Block eachRow(Block block) {
        return new EachRow(block);
    }

    /**
     * Runs a block over each column as a sequence of its own, from the top.
     *
     * @param block (batch, time, features) to (batch, time, units)
     * @return (batch, rows, columns, features) to (batch, rows, columns, units)
     */
    public static Block eachColumn(Block block) {
        return sequence(turn(), eachRow(block), turn());
    }

    private static Block turn() {
        return LambdaBlock.singleton(images -> images.transpose(0, 2, 1, 3), "turn");
    }

    private static Block joined(BinaryOperator<NDArray> join, Block first, Block second) {
        return new ParallelBlock(
                outputs -> new NDList(join.apply(
                        outputs.get(0).singletonOrThrow(), outputs.get(1).singletonOrThrow())),
                List.of(first, second));
    }

    /** Draws the weights as PyTorch does: DJL's default is made for relu, and the recurrence amplifies it. */
    private static Block recurrent(int units, Block block) {
        block.setInitializer(new UniformInitializer((float) (1 / Math.sqrt(units))), Parameter.Type.WEIGHT);
        return block;
    }
}
