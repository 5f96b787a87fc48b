package io.catwalk.runner.report.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A long network in short: repeated layers are drawn once, with the number of repetitions. */
record Summary(List<Layer> layers, List<Block> blocks) {

    /** Largest number of layers that are drawn without shortening. */
    private static final int READABLE = 28;

    private static final int LONGEST_BLOCK = 80;

    /**
     * A range of layers that stands for several copies of itself.
     *
     * @param times number of copies, this one included
     */
    record Block(int from, int to, int times) {}

    /** What must be equal for two layers to count as the same. */
    private enum Likeness {
        /** Everything that a drawing shows, except parameters and MACs. */
        WHOLE,
        /** Only kind and name of a layer, so that a network that grows from layer to layer is shortened, too. */
        NAME
    }

    static Summary of(List<Layer> layers) {
        Summary summary = new Summary(layers, List.of());
        for (Likeness likeness : Likeness.values()) {
            if (summary.layers.size() > READABLE) {
                summary = summary.shortened(likeness);
            }
        }
        return summary;
    }

    private Summary shortened(Likeness likeness) {
        Summary summary = this;
        int start = 0;
        while (start < summary.layers.size()) {
            Block best = summary.bestBlock(start, likeness);
            if (best != null) {
                summary = summary.folded(best);
                start = best.to();
            } else {
                start++;
            }
        }
        return summary;
    }

    private @Nullable Block bestBlock(int start, Likeness likeness) {
        Block best = null;
        int saved = 1;
        for (int length = 1; length <= Math.min(LONGEST_BLOCK, (layers.size() - start) / 2); length++) {
            int times = 1;
            while (isCopy(start, length, times, likeness)) {
                times++;
            }
            if ((times - 1) * length > saved) {
                saved = (times - 1) * length;
                best = new Block(start, start + length, times);
            }
        }
        return best;
    }

    /** Returns whether copy number {@code time} of the layers from {@code start} follows them directly. */
    private boolean isCopy(int start, int length, int time, Likeness likeness) {
        int offset = time * length;
        if (start + offset + length > layers.size()
                || blocks.stream().anyMatch(block -> block.from() < start + offset + length && block.to() > start)) {
            return false;
        }
        return IntStream.range(start, start + length)
                .allMatch(i -> isAlike(layers.get(i), layers.get(i + offset), start, offset, likeness));
    }

    private static boolean isAlike(Layer one, Layer copy, int start, int offset, Likeness likeness) {
        if (one.kind() != copy.kind() || !one.name().equals(copy.name())) {
            return false;
        }
        if (likeness == Likeness.WHOLE
                && !(one.detail().equals(copy.detail()) && one.output().equals(copy.output()))) {
            return false;
        }
        if (likeness == Likeness.NAME
                && one.inputs().size() != copy.inputs().size()
                && one.kind() == Layer.Kind.MERGE) {
            return copy.inputs().contains(one.inputs().get(0) + offset);
        }
        return one.inputs().size() == copy.inputs().size()
                && IntStream.range(0, one.inputs().size()).allMatch(i -> {
                    int source = one.inputs().get(i);
                    int other = copy.inputs().get(i);
                    return other == source + offset || (other == source && source < start);
                });
    }

    /** Keeps the first copy, with the sums of parameters and MACs over all copies and the shapes of the last. */
    private Summary folded(Block block) {
        int length = block.to() - block.from();
        int end = block.from() + length * block.times();
        List<Layer> kept = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (i < block.to() || i >= end) {
                Layer layer = layers.get(i);
                List<Integer> inputs = layer.inputs().stream()
                        .map(input -> moved(input, block, length, end))
                        .distinct()
                        .toList();
                kept.add(
                        i >= block.from() && i < end
                                ? sum(layer, block, i, inputs)
                                : with(layer, layer, layer.parameters(), layer.multiplyAccumulates(), inputs));
            }
        }
        List<Block> all = new ArrayList<>();
        int by = block.to() - end;
        blocks.forEach(
                other -> all.add(other.from < end ? other : new Block(other.from + by, other.to + by, other.times)));
        all.add(block);
        return new Summary(kept, all);
    }

    private Layer sum(Layer first, Block block, int index, List<Integer> inputs) {
        int length = block.to() - block.from();
        List<Layer> copies = IntStream.range(0, block.times())
                .mapToObj(time -> layers.get(index + time * length))
                .toList();
        long parameters = copies.stream().mapToLong(Layer::parameters).sum();
        long work = copies.stream().mapToLong(Layer::multiplyAccumulates).sum();
        return with(first, copies.get(copies.size() - 1), parameters, work, inputs);
    }

    private static Layer with(Layer first, Layer last, long parameters, long work, List<Integer> inputs) {
        return new Layer(
                first.kind(), first.name(), last.detail(), last.output(), parameters, work, inputs, first.recurrence());
    }

    private static int moved(int layer, Block block, int length, int end) {
        if (layer < block.to()) {
            return layer;
        }
        return layer < end ? block.from() + (layer - block.from()) % length : layer - (end - block.to());
    }
}
