package io.catwalk.api;

import ai.djl.nn.Block;
import java.net.URL;
import org.pf4j.ExtensionPoint;

/**
 * Architecture that a plugin provides: an uninitialized network, and the recipe to train it.
 *
 * <p>An implementation is a public class with a public constructor without parameters, annotated with
 * {@link org.pf4j.Extension}. It must not use files, threads, devices or random generators: the same arguments must
 * always give the same network.
 */
public interface Classifier extends ExtensionPoint {

    /**
     * {@return the name by which users select this classifier: lower-case letters, digits and single dashes, such as
     * {@code conv-maxpool}; unique among all plugins}
     */
    String name();

    /**
     * {@return the family and the publication of the architecture, and the image sizes that it supports; by default
     * none}
     */
    default Tags tags() {
        return Tags.none();
    }

    /**
     * Tells whether the classifier supports a task. The other methods are not called with a task that it does not
     * support.
     *
     * @param task the images and classes
     * @return yes, or no with the reason; by default, yes if the sides of the images are within the limits of
     *     {@link #tags}
     */
    default Support supports(Task task) {
        Tags tags = tags();
        int smaller = Math.min(task.height(), task.width());
        int larger = Math.max(task.height(), task.width());
        if (smaller < tags.smallestSide()) {
            return Support.no("needs images of at least " + tags.smallestSide() + "x" + tags.smallestSide());
        }
        if (larger > tags.largestSide()) {
            return Support.no("takes images of at most " + tags.largestSide() + "x" + tags.largestSide());
        }
        return Support.yes();
    }

    /** {@return the hyperparameters of the network with their possible values and defaults; by default none} */
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
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return the recipe of a full-length training; by default {@link Recipe#standard}
     */
    default Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard();
    }

    /**
     * Returns the loss that a recipe with {@link Loss#OWN} minimizes.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @throws IllegalStateException if the class does not override this method
     */
    default BatchLoss loss(Task task, Hyperparameters chosen) {
        throw missing("loss", "withLoss(Loss.OWN)");
    }

    /**
     * Returns the augmentation that a recipe with {@link Augmentation#own} applies to batches.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @throws IllegalStateException if the class does not override this method
     */
    default BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
        throw missing("augmentation", "Augmentation.own()");
    }

    /**
     * Returns the weights that a recipe with {@link Recipe#pretrained} starts from.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return a resource of the classifier's own jar, such as {@code getClass().getResource("weights.safetensors")},
     *     with parameters by their names in the network; those of the last layer start at random if the number of
     *     classes differs
     * @throws IllegalStateException if the class does not override this method
     */
    default URL weights(Task task, Hyperparameters chosen) {
        throw missing("weights", "withPretrained(true)");
    }

    private IllegalStateException missing(String method, String asked) {
        return new IllegalStateException("the recipe has " + asked + ", but "
                + getClass().getName() + " has no method " + method + "(Task, Hyperparameters)");
    }
}
