package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
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
import java.util.List;

/**
 * Factory methods for the layers that plugins use most. A plugin may also use any other block of DJL, or its own.
 *
 * <p>Each {@code @return} gives the shape of the input and of the output of the block.
 */
public final class Layers {

    private Layers() {}

    /**
     * Chains blocks: each gets the output of the one before.
     *
     * @param blocks in the order of the data
     * @return one block
     */
    public static SequentialBlock sequence(Block... blocks) {
        return new SequentialBlock().addAll(blocks);
    }

    /**
     * Adds the outputs of two blocks that get the same input.
     *
     * @param first one block
     * @param second another block, whose output has the same shape
     * @return the input shape of both blocks to their output shape
     */
    public static Block sum(Block first, Block second) {
        return new ParallelBlock(NDArray::add, first, second);
    }

    /**
     * Concatenates the channels of the outputs of blocks that get the same input (Szegedy et al., "Going Deeper with
     * Convolutions", 2015).
     *
     * @param branches at least one, in the order of their channels in the output; their outputs differ at most in the
     *     number of channels
     * @return (batch, channels, height, width) to (batch, channels of all branches, height, width), or (batch, features)
     *     to (batch, features of all branches)
     * @throws IllegalArgumentException if there is no branch
     */
    public static Block concat(Block... branches) {
        if (branches.length == 0) {
            throw new IllegalArgumentException("expected at least one branch to concatenate, but found none");
        }
        return new ParallelBlock(1, List.of(branches));
    }

    /**
     * Chains blocks and adds their input to their output (He et al., "Deep Residual Learning for Image Recognition",
     * 2016).
     *
     * @param body blocks in the order of the data; together they keep the shape
     * @return any shape to the same
     */
    public static Block residual(Block... body) {
        return sum(Blocks.identityBlock(), sequence(body));
    }

    /**
     * Chains blocks that, except in training, answer with the mean over each image and its mirror image. It takes two
     * passes, and helps where training images are flipped (Krizhevsky et al., "ImageNet Classification with Deep
     * Convolutional Neural Networks", 2012).
     *
     * @param blocks a network in the order of the data
     * @return (batch, channels, height, width) to (batch, classes)
     */
    public static Block mirrorMean(Block... blocks) {
        return new MirrorMean().addAll(blocks);
    }

    /**
     * Convolves with stride 1 and keeps height and width.
     *
     * @param filters number of output channels
     * @param kernel side of the square kernel, odd, in pixels
     * @return (batch, channels, height, width) to (batch, filters, height, width)
     * @throws IllegalArgumentException if the kernel is even
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
     * @throws IllegalArgumentException if the kernel is even
     */
    public static Block conv(int filters, int kernel, int stride) {
        return convolution(filters, kernel, stride, 1);
    }

    /**
     * Convolves each channel separately, with a padding of half the kernel (Chollet, "Xception", 2017).
     *
     * @param channels number of channels of the input, and so of the output
     * @param kernel side of the square kernel, odd, in pixels
     * @param stride step in both directions, in pixels
     * @return (batch, channels, height, width) to (batch, channels, ⌈height / stride⌉, ⌈width / stride⌉)
     * @throws IllegalArgumentException if the kernel is even
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
     * Convolves images of any size so that no side of the output is longer than {@code side}. The kernel is 3x3, or
     * larger where a larger stride would skip pixels.
     *
     * @param task task whose images are the input
     * @param filters number of output channels
     * @param side longest side of the output, in pixels
     * @return (batch, channels, height, width) to (batch, filters, ⌈height / s⌉, ⌈width / s⌉) with the smallest fitting
     *     s
     */
    public static Block stem(Task task, int filters, int side) {
        int stride = stride(task, side);
        return conv(filters, Math.max(3, stride | 1), stride);
    }

    /**
     * Cuts images into a grid of square patches and maps each patch to features by the same weights (Dosovitskiy et
     * al., "An Image is Worth 16x16 Words", 2021). Patches are as small as possible with at most {@code grid} of them
     * in a row or a column. Where they extend beyond the image, it is padded with 0.
     *
     * @param task task whose images are the input
     * @param features number of values that describe a patch
     * @param grid largest number of patches in a row or a column
     * @return (batch, channels, height, width) to (batch, features, ⌈height / p⌉, ⌈width / p⌉) for patches of p x p
     *     pixels
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
     * Returns the number of patches that {@link #patches} cuts, for layers that mix them.
     *
     * @param task task whose images are the input
     * @param grid largest number of patches in a row or a column
     * @return the number of patches in a column times the number in a row
     */
    public static int patchCount(Task task, int grid) {
        int side = stride(task, grid);
        return ceilDiv(task.height(), side) * ceilDiv(task.width(), side);
    }

    private static int stride(Task task, int side) {
        return ceilDiv(Math.max(task.height(), task.width()), side);
    }

    /** Returns half of the padding that makes a side a multiple of the patch side, rounded up. */
    private static int missing(int pixels, int side) {
        return (ceilDiv(pixels, side) * side - pixels + 1) / 2;
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    /**
     * Takes the maximum of each 2x2 square.
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
     * Multiplies each value by the probability that a standard normal random variable is below it (Hendrycks and
     * Gimpel, "Gaussian Error Linear Units", 2016).
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
     * Multiplies each channel by a factor from 0 to 1 that two dense layers compute from the means of all channels (Hu
     * et al., "Squeeze-and-Excitation Networks", 2018).
     *
     * @param channels number of channels of the input
     * @param squeezed number of values between the two dense layers
     * @return (batch, channels, height, width) to the same
     */
    public static Block squeezeExcite(int channels, int squeezed) {
        Block factors = LambdaBlock.singleton(
                values -> hardSigmoid(values).expandDims(2).expandDims(3), "factors");
        return new ParallelBlock(
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
     * Normalizes the features of each step of a sequence, or of each pixel if the channels are last; epsilon 1e-5 (Ba
     * et al., "Layer Normalization", 2016).
     *
     * @return (..., features) to the same
     */
    public static Block layerNorm() {
        return new FeatureNorm();
    }

    /**
     * Runs blocks on images with the channels last, for layers that work on the features of each pixel: dense layers,
     * normalization, scans.
     *
     * @param body blocks in the order of the data; (batch, height, width, channels) to (batch, rows, columns, features)
     * @return (batch, channels, height, width) to (batch, features, rows, columns)
     */
    public static Block channelsLast(Block... body) {
        return sequence(
                LambdaBlock.singleton(images -> images.transpose(0, 2, 3, 1), "channelsLast"),
                sequence(body),
                LambdaBlock.singleton(images -> images.transpose(0, 3, 1, 2), "channelsFirst"));
    }

    /**
     * Zeroes values at random in training and scales up the others; does nothing in evaluation (Srivastava et al.,
     * 2014).
     *
     * @param rate share of values that are zeroed, 0 or above and below 1
     * @return any shape to the same
     * @throws IllegalArgumentException if the rate is out of range
     */
    public static Block dropout(double rate) {
        Check.fraction("rate", rate);
        return new Dropout((float) rate);
    }

    /**
     * Flattens all dimensions but the batch.
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
     * Runs a recurrent net with tanh over a sequence (Elman, 1990). Its weights are initialized within ±1/√units, since
     * with larger weights the state grows without bound or saturates over many steps.
     *
     * @param units size of the state
     * @param layers number of stacked nets
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
     * Runs a long short-term memory over a sequence (Hochreiter and Schmidhuber, 1997). Its weights are initialized
     * within ±1/√units.
     *
     * @param units size of the state
     * @param layers number of stacked nets
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block lstm(int units, int layers) {
        return recurrent(
                units, LSTM.builder().setStateSize(units).setNumLayers(layers).build());
    }

    /**
     * Runs a gated recurrent unit over a sequence (Cho et al., 2014). Its weights are initialized within ±1/√units.
     *
     * @param units size of the state
     * @param layers number of stacked nets
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block gru(int units, int layers) {
        return recurrent(
                units, GRU.builder().setStateSize(units).setNumLayers(layers).build());
    }

    /**
     * Draws the weights as PyTorch does: DJL's default is made for relu, and the recurrence amplifies its larger
     * weights.
     */
    private static Block recurrent(int units, Block block) {
        block.setInitializer(new UniformInitializer((float) (1 / Math.sqrt(units))), Parameter.Type.WEIGHT);
        return block;
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
     * Describes images by histograms, without parameters: of the angles of gradients in each cell of a grid, weighted by
     * their strength (Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", 2005), of the strengths, of
     * the levels of each channel, and, of 3 channels, of the colors. A value counts in the two bins nearest to it, in parts,
     * so that small changes of an image change little. What comes out are square roots of shares.
     *
     * @param grid number of cells in a row and in a column
     * @return (batch, channels, height, width), normalized and with at least {@code grid} + 2 pixels a side, to (batch,
     *     features)
     */
    public static Block histograms(int grid) {
        return LambdaBlock.singleton(images -> Histograms.of(images, grid), "histograms");
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
     * Adds learned values to each step of a sequence, so that attention can distinguish the positions (Dosovitskiy et
     * al., "An Image is Worth 16x16 Words", 2021).
     *
     * @return (batch, time, features) to the same, only for sequences of the length that the block was initialized with
     */
    public static Block positions() {
        return new Positions();
    }

    /**
     * Lets each step of a sequence attend to all steps, with several heads (Vaswani et al., "Attention Is All You
     * Need", 2017).
     *
     * @param features number of features of the input, and so of the output
     * @param heads number of heads, a divisor of the number of features
     * @return (batch, time, features) to the same
     * @throws IllegalArgumentException if {@code heads} is not a divisor of {@code features}
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
     * Runs blocks on sequences with time and features exchanged, so that layers that work on features mix the steps
     * (Tolstikhin et al., "MLP-Mixer", 2021).
     *
     * @param body blocks in the order of the data; (batch, features, time) to (batch, features, steps)
     * @return (batch, time, features) to (batch, steps, features)
     */
    public static Block acrossTime(Block... body) {
        return sequence(exchange(), sequence(body), exchange());
    }

    private static Block exchange() {
        return LambdaBlock.singleton(sequence -> sequence.transpose(0, 2, 1), "exchange");
    }

    /**
     * Runs the minimal gated recurrent unit over a sequence: h(t) = (1 - z(t)) h(t - 1) + z(t) c(t), where the gate z
     * and the candidate c depend on the input only. All steps are computed together, in a number of rounds that is the
     * logarithm of the number of steps (Feng et al., "Were RNNs All We Needed?", 2024).
     *
     * @param units size of the state
     * @return (batch, time, features) to (batch, time, units)
     */
    public static Block minGru(int units) {
        return sequence(dense(2 * units), LambdaBlock.singleton(SequenceMath::minGru, "minGru"));
    }

    /**
     * Reads a sequence forwards with one block and backwards with another, and concatenates their outputs (Schuster and
     * Paliwal, "Bidirectional Recurrent Neural Networks", 1997).
     *
     * @param there block for the sequence, (batch, time, features) to (batch, time, units)
     * @param back the same for the reversed sequence
     * @return (batch, time, features) to (batch, time, units of both)
     */
    public static Block bothWays(Block there, Block back) {
        // It does nothing, but the names of the parameters in saved networks count it.
        Block own = LambdaBlock.singleton(sequence -> sequence, "own");
        return new ParallelBlock(
                (first, second) -> first.concat(second, 2), sequence(own, there), sequence(flip(), back, flip()));
    }

    private static Block flip() {
        return LambdaBlock.singleton(sequence -> sequence.flip(1), "flip");
    }

    /**
     * Runs a block over each row as a separate sequence (Visin et al., "ReNet", 2015).
     *
     * @param block (batch, time, features) to (batch, time, units)
     * @return (batch, rows, columns, features) to (batch, rows, columns, units)
     */
    public static Block eachRow(Block block) {
        return new EachRow(block);
    }

    /**
     * Runs a block over each column as a separate sequence, from the top.
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
}
