package io.catwalk.runner.experiment;

import io.catwalk.api.Recipe;
import io.catwalk.runner.trial.TrialName;
import java.util.Map;

/**
 * Names one classifier of an experiment with everything chosen about it.
 *
 * @param name of the classifier
 * @param variant name of this choice
 * @param hyperparameters the whole point of the search space
 * @param recipe how to train
 */
public record Contestant(String name, String variant, Map<String, Object> hyperparameters, Recipe recipe) {

    /** Checks the names, which become names of folders. */
    public Contestant {
        TrialName.checked("classifier", name);
        TrialName.checked("variant", variant);
    }
}
