package io.catwalk.api;

import ai.djl.nn.Block;
import java.net.URL;
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
     * Says where the architecture belongs.
     *
     * @return family, publication and limits; by default nothing
     */
    default Tags tags() {
        return Tags.none();
    }

    /**
     * Says whether the network can solve a task. Nothing else is asked of a classifier about a task that it does not support.
     *
     * @param task the images and classes
     * @return yes, or what it would need; by default whether the sides of the images are within the limits of {@link #tags}
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
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return the recipe at full length
     */
    default Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard();
    }

    /**
     * Returns what a recipe with {@link Loss#OWN} makes small.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return the loss
     */
    default BatchLoss loss(Task task, Hyperparameters chosen) {
        throw missing("loss", "withLoss(Loss.OWN)");
    }

    /**
     * Returns how a recipe with {@link Augmentation#own} changes batches.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return the change
     */
    default BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
        throw missing("augmentation", "Augmentation.own()");
    }

    /**
     * Returns the weights that a recipe with {@link Recipe#pretrained} starts from.
     *
     * @param task the images and classes that the network is for
     * @param chosen one point of {@link #searchSpace()}
     * @return a resource of the classifier's own jar, {@code getClass().getResource("weights.safetensors")}: parameters by
     *     their names in the network; those of the last layer start at random where the number of classes differs
     */
    default URL weights(Task task, Hyperparameters chosen) {
        throw missing("weights", "withPretrained(true)");
    }

    private IllegalStateException missing(String method, String asked) {
        return new IllegalStateException("the recipe has " + asked + ", but "
                + getClass().getName() + " has no method " + method + "(Task, Hyperparameters)");
    }
}
