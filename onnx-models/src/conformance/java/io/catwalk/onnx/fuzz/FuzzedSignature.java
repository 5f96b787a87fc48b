package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A program of two inputs that a seed draws: numbers (batch, sequence, 4), and either indices of the same sequence or
 * numbers of a sequence of another length.
 */
final class FuzzedSignature {

    private static final int FEATURES = 4;
    private static final int WORDS = 6;
    private static final int TRAPS_IN = 12;
    private static final List<Operation> MOVES = SequenceMoves.operations();
    private static final List<Operation> OPERATIONS = Stream.of(
                    MOVES, MOVES, Elementwise.operations(), Reductions.operations())
            .flatMap(List::stream)
            .toList();

    private final long seed;
    private final boolean indexed;
    private final Axis.Dynamic sequence;
    private final Axis.Dynamic other;
    private final int steps;
    private final long trap;
    private List<Integer> choices = List.of();

    FuzzedSignature(long seed) {
        Random random = new Random(seed * 37 + 11);
        this.seed = seed;
        indexed = random.nextBoolean();
        // Below 9, the sequence is now and then as long as an axis of fixed size.
        long least = random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 9;
        Axis.Dynamic bounded =
                Axis.of("sequence").atMost(SignatureFuzzTest.LONGEST).atLeast(least);
        sequence = random.nextInt(4) == 0 ? bounded.inStepsOf(4) : bounded;
        other = Axis.of("other").atMost(SignatureFuzzTest.LONGEST).atLeast(least + 1);
        steps = 2 + random.nextInt(7);
        trap = random.nextInt(TRAPS_IN) == 0 ? 1 + random.nextInt(70) : -1;
    }

    OnnxInput[] inputs() {
        OnnxInput numbers = OnnxInput.of("numbers", DataType.FLOAT32, Axis.BATCH, sequence, Axis.of(FEATURES));
        OnnxInput second = indexed
                ? OnnxInput.of("indices", DataType.INT64, Axis.BATCH, sequence)
                : OnnxInput.of("others", DataType.FLOAT32, Axis.BATCH, other, Axis.of(FEATURES));
        return new OnnxInput[] {numbers, second};
    }

    /** Draws sizes that the axes take: batch, sequence, other. */
    long[] sizes(Random random) {
        return new long[] {1 + random.nextInt(8), size(sequence, random), size(other, random)};
    }

    private static long size(Axis.Dynamic axis, Random random) {
        long count = (axis.most() - axis.least()) / axis.step();
        int steps = random.nextInt(random.nextInt(3) == 0 ? (int) count + 1 : 5);
        return axis.least() + Math.min(steps, count) * axis.step();
    }

    NDList samples(NDManager manager, long batch, long length, long otherLength) {
        Shape shape = new Shape(batch, length, FEATURES);
        NDArray numbers = manager.create(Agreement.eighths((int) shape.size(), length), shape);
        if (indexed) {
            NDArray indices = manager.arange((int) (batch * length)).mod(WORDS).toType(DataType.INT64, false);
            return new NDList(numbers, indices.reshape(batch, length));
        }
        Shape second = new Shape(batch, otherLength, FEATURES);
        return new NDList(numbers, manager.create(Agreement.eighths((int) second.size(), otherLength), second));
    }

    Block block() {
        return new LambdaBlock(this::run);
    }

    private NDList run(NDList inputs) {
        NDArray numbers = inputs.get(0);
        Draw draw = new Draw(seed, new Item(numbers, true));
        NDArray second = inputs.get(1);
        if (indexed) {
            NDArray table = draw.constant(numbers.getManager(), WORDS, FEATURES);
            second = table.get(new NDIndex("{}", second));
        }
        draw.add(new Item(second, true));
        for (int step = 0; step < steps; step++) {
            draw.step(OPERATIONS);
        }
        Item made = draw.item();
        boolean sprung = trap > 0 && numbers.getShape().get(1) > trap;
        NDList results = new NDList(sprung && made.isReal() ? made.array().neg() : made.array());
        if (draw.oneIn(3)) {
            results.add(draw.item().array());
        }
        choices = draw.choices();
        return results;
    }

    /** Tells which program the last run was: where two sizes happen to be equal, it is another one. */
    List<Integer> choices() {
        return choices;
    }
}
