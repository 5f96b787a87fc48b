package io.catwalk.onnx.trace;

import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Chooses the sizes at which forward is called. */
final class TraceSchedule {

    // 2 and 5: halves, remainders and bounds between them lie on no line that TapeMerge accepts.
    private static final long[] BATCHES = {2, 5, 3};

    /**
     * Least length of other axes in the first calls. Together with {@code BEYOND}, the lengths are further apart than
     * the strides of most networks, and neither all even nor all odd, nor all with the same remainder of 3, 4 or 5.
     */
    private static final long SHORT = 7;

    /** How much longer each further axis is, so that no two have the same length in the first calls. */
    private static final long APART = 2;

    private static final long[] BEYOND = {0, 37, 68};

    /** Sizes to try beside 1, the most informative first: small ones, both sides of powers of two, large primes. */
    private static final long[] SIZES = {
        3, 7, 64, 251, 4, 8, 17, 33, 1009, 6, 16, 9, 10, 32, 128, 256, 12, 100, 11, 15, 20, 24, 31, 48, 63, 65, 127,
        129, 500, 512, 1000, 1024, 13, 14, 18, 25, 30, 40, 50, 96, 192, 200, 257, 300
    };

    private static final long FEW = 64;
    private static final int COMBINATIONS = 6;

    /** Sizes that all axes get at once, since networks compare one axis with another. */
    private static final long[] EQUAL = {12, 32, 64, 224};

    private static final long LARGEST_TO_SEARCH = 300;
    private static final int LONG_ENOUGH = 1024;

    private final List<Axis.Dynamic> axes;

    TraceSchedule(List<OnnxInput> inputs) {
        axes = inputs.stream()
                .flatMap(input -> input.axes().stream())
                .filter(Axis.Dynamic.class::isInstance)
                .map(Axis.Dynamic.class::cast)
                .distinct()
                .toList();
    }

    /** Lists the axes that may have more than one size. */
    List<Axis.Dynamic> dynamic() {
        return axes.stream().filter(axis -> !axis.isSingle()).toList();
    }

    /** Returns the sizes of the first call. */
    Sizes base() {
        return all(0);
    }

    /** Lists the sizes of further calls: each axis changed alone, and all at once unless the batch is the only one. */
    List<Sizes> traced() {
        List<Sizes> others = new ArrayList<>();
        for (Axis.Dynamic axis : dynamic()) {
            others.add(base().with(axis.name(), lengths(axis).get(1)));
        }
        if (!dynamic().equals(List.of(Axis.BATCH))) {
            others.add(all(2));
        }
        return others;
    }

    private Sizes all(int which) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (Axis.Dynamic axis : axes) {
            List<Long> lengths = lengths(axis);
            sizes.put(axis.name(), lengths.get(Math.min(which, lengths.size() - 1)));
        }
        return new Sizes(sizes);
    }

    /** Chooses up to three lengths that an axis may have. */
    private List<Long> lengths(Axis.Dynamic axis) {
        int before = (int) axes.subList(0, axes.indexOf(axis)).stream()
                .filter(other -> !isBatch(other))
                .count();
        long first = Math.max(axis.least(), SHORT + APART * before);
        LongStream wanted =
                isBatch(axis) ? LongStream.of(BATCHES) : LongStream.of(BEYOND).map(more -> first + more);
        LongStream within = LongStream.rangeClosed(0, 2).map(i -> axis.least() + i * axis.step());
        return LongStream.concat(wanted.map(size -> roundedUp(size, axis)), within)
                .filter(axis::takes)
                .distinct()
                .limit(3)
                .boxed()
                .toList();
    }

    private static boolean isBatch(Axis.Dynamic axis) {
        return axis.name().equals(Axis.BATCH.name());
    }

    private static long roundedUp(long size, Axis.Dynamic axis) {
        return -Math.floorDiv(-size, axis.step()) * axis.step();
    }

    /** Lists the sizes at which everything is computed again: the smallest size of each axis, and of all axes. */
    List<Sizes> computed() {
        List<Sizes> computed = new ArrayList<>();
        Sizes least = base();
        for (Axis.Dynamic axis : dynamic()) {
            computed.add(base().with(axis.name(), axis.least()));
            least = least.with(axis.name(), axis.least());
        }
        computed.add(least);
        return computed.stream().distinct().toList();
    }

    /** Lists sizes of one axis, the most informative first. */
    Stream<Long> sizes(Axis.Dynamic axis) {
        LongStream ends = isBatch(axis)
                ? LongStream.of()
                : LongStream.of(axis.least(), axis.most(), 2, 5).filter(size -> size <= LONG_ENOUGH);
        LongStream steps =
                LongStream.of(SIZES).filter(size -> size < FEW).map(size -> axis.least() + size * axis.step());
        return LongStream.concat(
                        LongStream.concat(ends, LongStream.of(SIZES).map(size -> roundedUp(size, axis))),
                        axis.least() == 1 && axis.step() == 1 ? LongStream.of() : steps)
                .filter(axis::takes)
                .distinct()
                .boxed();
    }

    /** Lists the sizes below one at which the network differs. */
    Stream<Long> smaller(Axis.Dynamic axis, long differs) {
        return LongStream.range(Math.max(axis.least(), 3), Math.min(differs, LARGEST_TO_SEARCH))
                .filter(axis::takes)
                .boxed();
    }

    /** Lists sizes at which several axes are changed. */
    List<Sizes> combinations() {
        List<Sizes> combinations = new ArrayList<>();
        for (int i = 0; i < COMBINATIONS; i++) {
            Sizes sizes = base();
            int turn = i;
            for (Axis.Dynamic axis : dynamic()) {
                List<Long> possible = sizes(axis).limit(COMBINATIONS).toList();
                sizes = sizes.with(axis.name(), possible.get(turn % possible.size()));
                turn++;
            }
            combinations.add(sizes);
        }
        for (long size : EQUAL) {
            Sizes sizes = base();
            for (Axis.Dynamic axis : dynamic()) {
                sizes = axis.takes(size) ? sizes.with(axis.name(), size) : sizes;
            }
            combinations.add(sizes);
        }
        return dynamic().size() > 1 ? combinations : List.of();
    }

    /** Returns the largest sizes of the axes that have one. */
    Sizes longest() {
        Sizes sizes = base();
        for (Axis.Dynamic axis : dynamic()) {
            sizes = axis.most() < Long.MAX_VALUE ? sizes.with(axis.name(), axis.most()) : sizes;
        }
        return sizes;
    }
}
