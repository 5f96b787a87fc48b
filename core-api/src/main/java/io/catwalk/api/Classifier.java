package io.catwalk.api;

import ai.djl.nn.Block;
import org.pf4j.ExtensionPoint;

/**
 * Describes an architecture, as a plugin provides it: a network without weights and how to train it.
 *
 * <p>An implementation is a public class with a public constructor without parameters, annotated with
 * {@link org.pf4j.Extension}. It never touches a file, a thread, a device or a random generator: the
 * same arguments always give the same network.
 */
public interface Classifier extends ExtensionPoint {

    /**
     * Returns the name by which users ask for this classifier.
     *
     * @return lower-case letters, digits and single dashes, such as {@code conv-maxpool}; unique among
     *     all plugins
     */
    String name();

    /**
     * Returns what may be chosen about the network.
     *
     * @return the hyperparameters with their options and defaults; by default there are none
     */
    default SearchSpace searchSpace() {
        return SearchSpace.none();
    }

    /**
     * Builds the network, not yet initialized.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return a block that maps images (batch, channels, height, width), float32, to logits (batch,
     *     classes), float32, for any batch size; never a block that was returned before
     */
    Block network(Task task, Hyperparameters chosen);

    /**
     * Returns how to train the network.
     *
     * @param chosen one point of {@link #searchSpace()}
     * @return the recipe at full length
     */
    default Recipe recipe(Hyperparameters chosen) {
        return Recipe.standard();
    }
}
