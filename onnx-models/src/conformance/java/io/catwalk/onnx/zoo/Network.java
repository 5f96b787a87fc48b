package io.catwalk.onnx.zoo;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * One network of the zoo.
 *
 * @param family the file that it stands in
 * @param name unique in the family
 * @param block builds it, not yet initialized
 * @param feeds its inputs, in order
 * @param sizes those of its axes -1, -2, ... in each of four runs; none where only the batch is dynamic
 */
record Network(String family, String name, Supplier<Block> block, List<Feed> feeds, List<List<Long>> sizes) {

    /** Sizes of batch in the runs; the first is that which networks are initialized with. */
    static final List<Long> BATCHES = List.of(2L, 1L, 3L, 7L);

    /**
     * One input, whose values are drawn evenly.
     *
     * @param sample shape without the batch; -1, -2, ... stand for the dynamic axes of the network
     * @param type of the values
     * @param low the smallest value
     * @param high the bound that no value reaches
     */
    record Feed(List<Long> sample, DataType type, double low, double high) {

        Shape shape(long batch, List<Long> sizes) {
            LongStream known = sample.stream().mapToLong(size -> size < 0 ? sizes.get((int) -size - 1) : size);
            return new Shape(LongStream.concat(LongStream.of(batch), known).toArray());
        }
    }

    /** The shape of an input in the run with a batch. */
    Shape shape(Feed feed, long batch) {
        return feed.shape(batch, sizes.isEmpty() ? List.of() : sizes.get(BATCHES.indexOf(batch)));
    }

    @Override
    public String toString() {
        return family + "/" + name;
    }
}
