package io.catwalk.runner.trial;

import io.catwalk.runner.supply.Place;
import io.catwalk.runner.training.InitialWeights;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says where the files are that a trial is made from. The places of each list have the same content, and are tried in
 * turn.
 *
 * @param plugin jar of the plugin
 * @param images folder of the data set; empty for a known one, which the program that trains then finds itself
 * @param labels table of the labels of the images; empty if the folders are the labels
 * @param weights file of the weights to start from; empty for random ones
 */
public record Supplies(List<Place> plugin, List<Place> images, List<Place> labels, List<Place> weights) {

    /** Copies the lists. */
    public Supplies {
        plugin = List.copyOf(plugin);
        images = List.copyOf(images);
        labels = List.copyOf(labels);
        weights = List.copyOf(weights);
    }

    /** Returns the places on this machine. */
    public static Supplies here(
            Path pluginsDir, Path images, @Nullable String labels, @Nullable InitialWeights weights) {
        return new Supplies(
                List.of(Place.here(pluginsDir)),
                List.of(Place.here(images)),
                labels == null ? List.of() : List.of(Place.here(Path.of(labels))),
                weights == null ? List.of() : List.of(Place.here(Path.of(weights.file()))));
    }
}
