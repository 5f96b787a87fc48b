package io.catwalk.testkit.contract;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.NormalInitializer;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;

/** Builds a different network in each process. */
public final class OfThisProcess extends Sound {

    /** Called by reflection. */
    public OfThisProcess() {}

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        float factor = 1 + ProcessHandle.current().pid() % 1_000_000 / 1e6f;
        Block network = super.network(task, chosen);
        network.setInitializer(new NormalInitializer(0.02f * factor), Parameter.Type.WEIGHT);
        return network;
    }
}
