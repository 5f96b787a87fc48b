package io.catwalk.testkit.contract;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import java.net.URL;
import java.util.Objects;

/** Plugin whose weights, for 64 units, are where its class loader finds them. */
public final class SoundWithWeights extends Sound {

    /** Called by reflection. */
    public SoundWithWeights() {}

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard().withPretrained(chosen.integer("units") == 64);
    }

    @Override
    public URL weights(Task task, Hyperparameters chosen) {
        return Objects.requireNonNull(SoundWithWeights.class.getResource("/weights.safetensors"));
    }
}
