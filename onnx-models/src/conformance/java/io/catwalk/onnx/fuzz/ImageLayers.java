package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv1dTranspose;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.stream.LongStream;

/** Layers on (channels, size, ...) with one to three sizes. */
final class ImageLayers {

    private ImageLayers() {}

    static Block draw(LayerDraw draw, Shape sample) {
        int axes = sample.dimension() - 1;
        return switch (draw.from(0, 9)) {
            case 0, 1, 2, 3 -> convolution(draw, sample, axes);
            case 4, 5, 6 -> pool(draw, axes);
            case 7 -> draw.oneIn(2) ? global(draw) : pool(draw, axes);
            case 8 -> draw.oneIn(8) ? transposed(draw, axes) : batchNorm(draw, axes);
            default -> resize(draw, axes);
        };
    }

    private static Block convolution(LayerDraw draw, Shape sample, int axes) {
        int groups = draw.oneIn(2) ? 1 : draw.divisorOf(sample.get(0));
        Convolution.ConvolutionBuilder<?> builder = switch (axes) {
            case 1 -> Conv1d.builder();
            case 2 -> Conv2d.builder();
            default -> Conv3d.builder();
        };
        builder.setFilters(groups * draw.from(1, 3))
                .setKernelShape(draw.sizes(axes, 1, 3))
                .optStride(draw.sizes(axes, 1, 2))
                .optPadding(draw.sizes(axes, 0, 2))
                .optDilation(draw.sizes(axes, 1, 2))
                .optGroups(groups)
                .optBias(draw.oneIn(2));
        if (builder instanceof Conv1d.Builder one) {
            return one.build();
        }
        return builder instanceof Conv2d.Builder two ? two.build() : ((Conv3d.Builder) builder).build();
    }

    /** The engine has none: these must be refused. */
    private static Block transposed(LayerDraw draw, int axes) {
        return axes == 1
                ? Conv1dTranspose.builder()
                        .setFilters(2)
                        .setKernelShape(draw.sizes(1, 1, 3))
                        .build()
                : Conv2dTranspose.builder()
                        .setFilters(2)
                        .setKernelShape(draw.sizes(2, 1, 3))
                        .build();
    }

    private static Block pool(LayerDraw draw, int axes) {
        Shape kernel = draw.sizes(axes, 1, 3);
        Shape stride = draw.sizes(axes, 1, 3);
        Shape padding = new Shape(LongStream.of(kernel.getShape())
                .map(size -> draw.from(0, (int) size / 2))
                .toArray());
        boolean up = draw.oneIn(2);
        boolean counted = draw.oneIn(2);
        return switch (draw.from(0, 2)) {
            case 0 ->
                switch (axes) {
                    case 1 -> Pool.maxPool1dBlock(kernel, stride, padding, up);
                    case 2 -> Pool.maxPool2dBlock(kernel, stride, padding, up);
                    default -> Pool.maxPool3dBlock(kernel, stride, padding, up);
                };
            case 1 ->
                switch (axes) {
                    case 1 -> Pool.avgPool1dBlock(kernel, stride, padding, up, counted);
                    case 2 -> Pool.avgPool2dBlock(kernel, stride, padding, up, counted);
                    default -> Pool.avgPool3dBlock(kernel, stride, padding, up, counted);
                };
            default -> lpPool(draw.from(1, 3), kernel, stride, up);
        };
    }

    /** PyTorch takes odd powers of negative numbers as they are, and the root of their sum is no number. */
    private static Block lpPool(float order, Shape kernel, Shape stride, boolean up) {
        Shape none = new Shape(new long[kernel.dimension()]);
        return LambdaBlock.singleton(x -> {
            NDArray powers = order == 2 ? x : x.abs();
            return powers.getNDArrayInternal().lpPool(order, kernel, stride, none, up);
        });
    }

    private static Block global(LayerDraw draw) {
        float order = draw.from(1, 2);
        int kind = draw.from(0, 2);
        return LambdaBlock.singleton(x -> {
            NDArrayEx pools = x.getNDArrayInternal();
            return kind == 0 ? pools.globalMaxPool() : kind == 1 ? pools.globalAvgPool() : pools.globalLpPool(order);
        });
    }

    private static Block batchNorm(LayerDraw draw, int axes) {
        BatchNorm.BaseBuilder<?> builder =
                BatchNorm.builder().optEpsilon(draw.real(1e-5f, 0.1f)).optCenter(draw.oneIn(2));
        builder.optScale(draw.oneIn(2));
        if (draw.oneIn(3)) {
            builder.optAxis(draw.from(1, axes + 1));
        }
        return builder.build();
    }

    private static Block resize(LayerDraw draw, int axes) {
        long[] size = draw.sizes(axes, 1, 9).getShape();
        int mode = axes == 2 ? draw.from(0, 3) : 2 * draw.from(0, 1);
        boolean aligned = draw.oneIn(2);
        return LambdaBlock.singleton(x -> x.getNDArrayInternal().interpolation(size, mode, aligned));
    }
}
