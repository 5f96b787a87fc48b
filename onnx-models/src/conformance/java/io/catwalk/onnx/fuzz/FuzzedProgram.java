package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A program that a seed draws: up to ten steps on arrays of any type, with one or two results. */
final class FuzzedProgram {

    /** What is drawn beside the steps. */
    enum Trap {
        NONE,
        /** Looks at the batch. */
        BATCH,
        /** Answers otherwise at each call. */
        CALLS
    }

    private static final List<Operation> OPERATIONS = Stream.of(
                    Elementwise.operations(),
                    Moves.operations(),
                    Picks.operations(),
                    Writes.operations(),
                    Reductions.operations())
            .flatMap(List::stream)
            .toList();
    private static final int TRAPS_IN = 25;

    private final long seed;
    private final Shape sample;
    private final Trap trap;
    private final int steps;
    private final int place;
    private final int bound;
    private int calls;

    FuzzedProgram(long seed) {
        this.seed = seed;
        Random random = new Random(seed * 31 + 7);
        sample = new Shape[] {new Shape(6), new Shape(2, 4), new Shape(3, 5), new Shape(2, 3, 4)}[random.nextInt(4)];
        int chance = random.nextInt(TRAPS_IN);
        trap = chance == 0 ? Trap.BATCH : chance == 1 ? Trap.CALLS : Trap.NONE;
        steps = 2 + random.nextInt(9);
        place = random.nextInt(steps);
        bound = 1 + random.nextInt(70);
    }

    Shape sample() {
        return sample;
    }

    Trap trap() {
        return trap;
    }

    Block block() {
        return new LambdaBlock(inputs -> run(inputs.singletonOrThrow()));
    }

    private NDList run(NDArray input) {
        Draw draw = new Draw(seed, new Item(input, true));
        for (int step = 0; step < steps; step++) {
            draw.step(OPERATIONS);
            if (step == place) {
                spring(draw);
            }
        }
        NDList results = new NDList(draw.item().array());
        if (draw.oneIn(4)) {
            results.add(draw.item().array());
        }
        return results;
    }

    private void spring(Draw draw) {
        Item x = draw.item();
        if (!x.isReal() || trap == Trap.NONE) {
            return;
        }
        if (trap == Trap.BATCH) {
            draw.add(x.with(x.batch() > bound ? x.array().neg() : x.array().add(1)));
        } else {
            draw.add(x.with(x.array().add(++calls)));
        }
    }
}
