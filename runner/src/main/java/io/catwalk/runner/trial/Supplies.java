package io.catwalk.runner.trial;

import io.catwalk.runner.supply.Place;
import io.catwalk.runner.training.InitialWeights;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says where the files are that a trial is made from. Each list names places that have the same, to be tried in turn.
 *
 * @param plugin jar of the plugin
 * @param images folder of the data set; none for a known one leaves it to the program that trains, which has it too
 * @param labels table of the labels of the images; none if the folders say them
 * @param weights file of the weights to start from; none for random ones
 */
public record Supplies(List<Place> plugin, List<Place> images, List<Place> labels, List<Place> weights) {

    /** Copies the lists. */
    public Supplies {
        plugin = List.copyOf(plugin);
        images = List.copyOf(images);
        labels = List.copyOf(labels);
        weights = List.copyOf(weights);
    }

    /**
     * Names what stands on this machine.
     *
     * @param pluginsDir folder that has the jar of the plugin
     * @param images folder of the data set
     * @param labels table of the labels; null if the folders say them
     * @param weights to start from; null for random ones
     * @return one place each
     */
    public static Supplies here(
            Path pluginsDir, Path images, @Nullable String labels, @Nullable InitialWeights weights) {
        return new Supplies(
                List.of(Place.here(pluginsDir)),
                List.of(Place.here(images)),
                labels == null ? List.of() : List.of(Place.here(Path.of(labels))),
                weights == null ? List.of() : List.of(Place.here(Path.of(weights.file()))));
    }
}
