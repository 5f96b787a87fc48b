package io.catwalk.onnx.zoo;

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Short names for DJL's layers with the settings that most networks use. */
abstract class Layers {

    static Block linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    static Block linearNoBias(long units) {
        return Linear.builder().setUnits(units).optBias(false).build();
    }

    /** A convolution that keeps height and width at stride 1, for an odd kernel. */
    static Block conv(int filters, int kernel) {
        return conv(filters, kernel, 1, 1);
    }

    static Block conv(int filters, int kernel, int stride, int groups) {
        return kernel(filters, kernel, kernel)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optGroups(groups)
                .build();
    }

    static Block dilated(int filters, int dilation) {
        return kernel(filters, 3, 3)
                .optPadding(new Shape(dilation, dilation))
                .optDilation(new Shape(dilation, dilation))
                .optBias(false)
                .build();
    }

    static Conv2d.Builder kernel(int filters, int height, int width) {
        return Conv2d.builder().setFilters(filters).setKernelShape(new Shape(height, width));
    }

    static Block conv1d(int filters, int kernel) {
        return Conv1d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel))
                .optPadding(new Shape(kernel / 2))
                .build();
    }

    /** Doubles height and width; the PyTorch engine of DJL has no transposed convolution. */
    static Block up(int filters) {
        return seq(lambda(x -> x.repeat(2, 2).repeat(3, 2)), conv(filters, 3));
    }

    /** The mean of each channel, as (batch, channels, 1, 1); the PyTorch engine of DJL takes one axis at a time. */
    static NDArray spatialMean(NDArray x) {
        return x.mean(new int[] {2}, true).mean(new int[] {3}, true);
    }

    static Block bn() {
        return BatchNorm.builder().build();
    }

    static Block ln(int... axes) {
        return axes.length == 0
                ? LayerNorm.builder().build()
                : LayerNorm.builder().axis(axes).build();
    }

    static LSTM.Builder lstm(int states, int layers) {
        return LSTM.builder().setStateSize(states).setNumLayers(layers).optBatchFirst(true);
    }

    static GRU.Builder gru(int states, int layers) {
        return GRU.builder().setStateSize(states).setNumLayers(layers).optBatchFirst(true);
    }

    static Block words(int count, int size) {
        List<String> words = IntStream.range(0, count).mapToObj(i -> "w" + i).toList();
        return new TrainableWordEmbedding(DefaultVocabulary.builder().add(words).build(), size);
    }

    static Block relu() {
        return Activation.reluBlock();
    }

    static Block maxPool(int size) {
        return Pool.maxPool2dBlock(new Shape(size, size), new Shape(size, size));
    }

    static Block flatten() {
        return Blocks.batchFlattenBlock();
    }

    static Block lambda(Function<NDArray, NDArray> function) {
        return LambdaBlock.singleton(function);
    }

    static SequentialBlock seq(Block... blocks) {
        return new SequentialBlock().addAll(blocks);
    }

    /** Convolution, batch norm, ReLU. */
    static SequentialBlock cbr(int filters, int kernel, int stride) {
        return seq(conv(filters, kernel, stride, 1), bn(), relu());
    }
}
