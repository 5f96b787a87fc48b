package io.catwalk.onnx.fuzz;

import ai.djl.engine.EngineException;
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
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

/** A network of DJL's own layers that a seed draws, with layers that fit each other. */
final class FuzzedNetwork {

    private static final int LARGEST = 400;
    private static final int TRIES = 30;

    private final NDManager manager;
    private final LayerDraw draw;
    private final Shape sample;
    private final StringBuilder words = new StringBuilder();

    FuzzedNetwork(NDManager manager, long seed) {
        this.manager = manager;
        this.draw = new LayerDraw(new Random(seed * 37 + 11));
        this.sample = switch (draw.from(0, 4)) {
            case 0 -> new Shape(draw.from(1, 8));
            case 1 -> draw.sizes(2, 1, 6);
            case 2 -> new Shape(draw.from(1, 6), draw.from(4, 16));
            case 3 -> new Shape(draw.from(1, 4), draw.from(3, 9), draw.from(3, 9));
            default -> new Shape(draw.from(1, 3), draw.from(2, 5), draw.from(2, 5), draw.from(2, 5));
        };
    }

    Shape sample() {
        return sample;
    }

    /** Draws the network, initialized layer by layer. */
    Block block() {
        SequentialBlock network = new SequentialBlock();
        Shape shape = sample;
        int layers = draw.from(1, 5);
        for (int layer = 0; layer < layers; layer++) {
            Shape before = shape;
            shape = add(network, shape, () -> layer(before));
        }
        return network;
    }

    @Override
    public String toString() {
        return sample + words.toString();
    }

    /** Adds a layer that fits, and returns the shape behind it. */
    private Shape add(SequentialBlock network, Shape shape, Supplier<Block> drawing) {
        for (int i = 0; i < TRIES; i++) {
            int length = words.length();
            try {
                Block layer = drawing.get();
                Shape input = new Shape(2).addAll(shape);
                layer.initialize(manager, DataType.FLOAT32, input);
                NDList ones = new NDList(manager.ones(input));
                NDList output = layer.forward(new ParameterStore(manager, false), ones, false);
                Shape made = output.head().getShape().slice(1);
                if (made.dimension() > 0 && made.size() > 0 && made.size() <= LARGEST) {
                    network.add(layer);
                    words.append(' ').append(layer).append(made);
                    return made;
                }
            } catch (EngineException
                    | IllegalArgumentException
                    | UnsupportedOperationException
                    | IndexOutOfBoundsException
                    | IllegalStateException e) {
                // Does not fit, or the engine does not have it.
                words.setLength(length);
            }
        }
        return shape;
    }

    private Block layer(Shape shape) {
        int kind = draw.from(0, 9);
        if (shape.dimension() == 2 && kind < 3) {
            return SequenceLayers.draw(draw, shape);
        }
        if (shape.dimension() > 1 && shape.dimension() < 5 && kind < 6) {
            return ImageLayers.draw(draw, shape);
        }
        if (kind == 6) {
            return nested(shape);
        }
        return kind == 7 ? activation() : general(shape);
    }

    private Block general(Shape shape) {
        int last = (int) shape.get(shape.dimension() - 1);
        return switch (draw.from(0, 8)) {
            case 0, 1 ->
                Linear.builder()
                        .setUnits(draw.from(1, 5))
                        .optBias(draw.oneIn(2))
                        .build();
            case 2 ->
                LayerNorm.builder()
                        .optEpsilon(draw.real(1e-3f, 0.1f))
                        .optCenter(draw.oneIn(2))
                        .optScale(draw.oneIn(2))
                        .axis(axes(shape))
                        .build();
            case 3 ->
                BatchNorm.builder()
                        .optEpsilon(draw.real(1e-3f, 0.1f))
                        .optCenter(draw.oneIn(2))
                        .build();
            case 4 -> Dropout.builder().optRate(0.4f).build();
            case 5 -> draw.oneIn(2) ? Blocks.batchFlattenBlock() : new SparseMax(-1, draw.from(1, last));
            case 6 -> embedding();
            case 7 ->
                draw.oneIn(2)
                        ? Multiplication.builder().setUnits(draw.from(1, 3)).build()
                        : LinearCollection.builder().setUnits(draw.from(1, 3)).build();
            default -> reshape(shape);
        };
    }

    private int[] axes(Shape shape) {
        int first = draw.from(1, shape.dimension());
        int[] axes = new int[shape.dimension() - first + 1];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = first + i;
        }
        return axes;
    }

    /** Looks numbers of words up; the shift keeps means, which are whole but for rounding, from the steps of floor. */
    private Block embedding() {
        SequentialBlock block = new SequentialBlock();
        block.add(LambdaBlock.singleton(
                x -> x.mul(2).add(0.2137f).abs().clip(0, 4).floor().toType(DataType.INT64, false)));
        return block.add(new Lookup(5, draw.from(1, 4)));
    }

    private Block reshape(Shape shape) {
        if (draw.oneIn(2) || shape.dimension() < 2) {
            int rows = draw.divisorOf(shape.size());
            return LambdaBlock.singleton(x -> x.reshape(-1, rows, shape.size() / rows));
        }
        return LambdaBlock.singleton(x -> x.swapAxes(1, x.getShape().dimension() - 1));
    }

    private Block activation() {
        float alpha = draw.real(0.1f, 1.5f);
        return draw.of(List.<Block>of(
                Activation.reluBlock(),
                Activation.relu6Block(),
                Activation.sigmoidBlock(),
                Activation.tanhBlock(),
                Activation.softPlusBlock(),
                Activation.softSignBlock(),
                Activation.leakyReluBlock(alpha),
                Activation.eluBlock(alpha),
                Activation.seluBlock(),
                Activation.geluBlock(),
                Activation.swishBlock(alpha),
                Activation.mishBlock(),
                Activation.preluBlock(),
                LambdaBlock.singleton(x -> x.softmax(-1)),
                LambdaBlock.singleton(x -> x.logSoftmax(1))));
    }

    /** Draws two ways next to each other, which are added, multiplied, or put one behind the other. */
    private Block nested(Shape shape) {
        int joining = draw.from(0, 2);
        Function<List<NDList>, NDList> join = ways -> {
            var one = ways.get(0).head();
            var two = ways.get(1).head();
            return new NDList(joining == 0 ? one.add(two) : joining == 1 ? one.mul(two) : one.concat(two, 1));
        };
        SequentialBlock way = new SequentialBlock();
        add(way, add(way, shape, () -> layer(shape)), this::activation);
        return new ParallelBlock(join).add(Blocks.identityBlock()).add(way);
    }
}
