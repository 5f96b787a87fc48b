package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws what a fuzzed program does; the same seed draws the same for every batch size. */
final class Draw {

    private static final int TRIES = 40;

    private final Random random;
    private final List<Item> pool = new ArrayList<>();
    private final List<Integer> choices = new ArrayList<>();

    Draw(long seed, Item input) {
        random = new Random(seed);
        pool.add(input);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Draws an axis that is not the batch. */
    int axis(Item item) {
        return 1 + random.nextInt(item.rank() - 1);
    }

    void add(Item item) {
        pool.add(item);
    }

    /** Adds what one of some operations makes, if any fits. */
    void step(List<Operation> operations) {
        for (int i = 0; i < TRIES; i++) {
            Item x = item();
            Item made = of(operations).apply(this, x);
            if (made != null && made.rank() > 0 && made.elements() > 0) {
                add(made);
                return;
            }
        }
    }

    /** Draws an array, a late one more likely. */
    Item item() {
        int last = pool.size() - 1;
        return pool.get(oneIn(3) ? random.nextInt(pool.size()) : last);
    }

    /** Draws an array of the same shape beyond the batch, or the array itself. */
    Item alike(Item item) {
        List<Item> alike = pool.stream()
                .filter(other -> other.rank() == item.rank() && other.sample().equals(item.sample()))
                .toList();
        choices.add(alike.size());
        return alike.isEmpty() ? item : of(alike);
    }

    /** Tells among how many arrays of equal shapes was chosen: other numbers are another program. */
    List<Integer> choices() {
        return List.copyOf(choices);
    }

    /** Draws eighths from -2 to 2. */
    float eighth() {
        return (random.nextInt(33) - 16) / 8f;
    }

    Number number() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(7) - 3;
            case 1 -> (long) random.nextInt(7) - 3;
            case 2 -> (double) eighth();
            default -> eighth();
        };
    }

    /** Makes an array of eighths that does not depend on the input. */
    NDArray constant(Item beside, long... shape) {
        return constant(beside.manager(), shape);
    }

    NDArray constant(NDManager manager, long... shape) {
        Shape wanted = new Shape(shape);
        float[] numbers = new float[(int) wanted.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = eighth();
        }
        return manager.create(numbers, wanted);
    }
}
