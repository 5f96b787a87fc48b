package io.catwalk.testkit.contract;

import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Task;

/** Plugin that keeps every promise; each broken plugin overrides a method to break one. */
public class Sound implements Classifier {

    /** Called by reflection. */
    public Sound() {}

    @Override
    public String name() {
        return "sound";
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("units", 64, 32);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        return sequence(flatten(), dense(chosen.integer("units")), relu(), dense(task.classes()));
    }
}
