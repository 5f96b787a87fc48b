package io.catwalk.runner.training;

import java.nio.file.Path;
import java.util.List;

/**
 * Says what a training takes from given weights.
 *
 * @param weights where they are
 * @param head what becomes of the last layer, whose shape depends on the number of classes
 */
public record Start(InitialWeights weights, Head head) {

    /** What becomes of the last layer. */
    public enum Head {
        /** It is taken where the number of classes is the same. */
        TAKEN,
        /** It starts at random, since the weights are known to be for other classes. */
        FRESH
    }

    /**
     * Compares the classes of the weights, as far as they are known, with the given ones.
     *
     * @param weights where they are
     * @param classes names of the classes that the network is trained for
     * @return a start without the last layer if the weights are for classes with other names
     */
    public static Start of(InitialWeights weights, List<String> classes) {
        boolean other = WeightFile.classes(Path.of(weights.file()))
                .filter(known -> !known.equals(classes))
                .isPresent();
        return new Start(weights, other ? Head.FRESH : Head.TAKEN);
    }
}
