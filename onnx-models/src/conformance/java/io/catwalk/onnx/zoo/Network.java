package io.catwalk.onnx.zoo;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;
import java.util.function.Supplier;

/**
 * One network of the zoo.
 *
 * @param family the file that it stands in
 * @param name unique in the family
 * @param block builds it, not yet initialized
 * @param feeds its inputs, in order
 */
record Network(String family, String name, Supplier<Block> block, List<Feed> feeds) {

    /**
     * One input, whose values are drawn evenly.
     *
     * @param sample shape without the batch
     * @param type of the values
     * @param low the smallest value
     * @param high the bound that no value reaches
     */
    record Feed(Shape sample, DataType type, double low, double high) {

        Shape shape(long batch) {
            return new Shape(batch).addAll(sample);
        }
    }

    @Override
    public String toString() {
        return family + "/" + name;
    }
}
