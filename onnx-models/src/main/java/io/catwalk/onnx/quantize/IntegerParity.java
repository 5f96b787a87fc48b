package io.catwalk.onnx.quantize;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * States whether two runtimes compute the same whole numbers for the same images.
 *
 * @param images number of images; at least 1
 * @param numbers how many whole numbers were compared
 * @param differences tensors in which some numbers differ, in the order of the graph; empty if all are equal
 */
public record IntegerParity(int images, long numbers, List<IntegerDifference> differences) {

    /** Copies the list. */
    public IntegerParity {
        differences = List.copyOf(differences);
    }

    /**
     * Compares the outputs of two runtimes for the file of {@link IntegerProbe#bytes}.
     *
     * @param tensors in the order in which their numbers follow each other
     * @param expected (images, numbers), row-major
     * @param found the same from the other runtime
     * @param images number of images
     */
    static IntegerParity of(List<IntegerTensor> tensors, float[] expected, float[] found, int images) {
        int each = tensors.stream().mapToInt(IntegerTensor::numbers).sum();
        if (images < 1 || expected.length != images * each || found.length != expected.length) {
            throw new IllegalArgumentException("expected " + each + " whole numbers of each of " + images
                    + " image(s), found " + expected.length + " and " + found.length);
        }
        if (!IntegerProbe.areWhole(expected) || !IntegerProbe.areWhole(found)) {
            throw new IllegalArgumentException("expected whole numbers of 8 or 16 bits, found others");
        }
        Map<String, BitSet> differing = new HashMap<>();
        List<IntegerDifference> differences = new ArrayList<>();
        int from = 0;
        for (IntegerTensor tensor : tensors) {
            long different = 0;
            int largest = 0;
            BitSet here = new BitSet(images);
            for (int image = 0; image < images; image++) {
                int first = image * each + from;
                for (int at = first; at < first + tensor.numbers(); at++) {
                    if (expected[at] != found[at]) {
                        different++;
                        largest = Math.max(largest, (int) Math.abs(expected[at] - found[at]));
                        here.set(image);
                    }
                }
            }
            differing.put(tensor.name(), here);
            if (different > 0) {
                BitSet begun = (BitSet) here.clone();
                tensor.sources().forEach(source -> begun.andNot(differing.getOrDefault(source, new BitSet())));
                differences.add(
                        new IntegerDifference(tensor, different, largest, here.cardinality(), begun.cardinality()));
            }
            from += tensor.numbers();
        }
        return new IntegerParity(images, expected.length, differences);
    }

    /**
     * Tells whether both runtimes compute the same.
     *
     * @return whether all whole numbers are equal
     */
    public boolean isEqual() {
        return differences.isEmpty();
    }

    /**
     * Returns how many numbers differ.
     *
     * @return number of whole numbers that are not equal
     */
    public long different() {
        return differences.stream().mapToLong(IntegerDifference::different).sum();
    }

    /**
     * Returns the largest difference.
     *
     * @return largest difference of a number, in steps; 0 if all are equal
     */
    public int largest() {
        return differences.stream().mapToInt(IntegerDifference::largest).max().orElse(0);
    }

    /**
     * Lists the tensors in which a difference begins. Every other tensor is equal on each image on which all tensors
     * from which it is computed are equal.
     *
     * @return tensors in which the difference of at least one image begins, in the order of the graph
     */
    public List<IntegerDifference> beginnings() {
        return differences.stream()
                .filter(difference -> difference.beginnings() > 0)
                .toList();
    }
}
