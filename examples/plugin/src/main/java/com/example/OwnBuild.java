package com.example;

import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import org.pf4j.Extension;

/** One dense layer over all pixels. */
@Extension
public final class OwnBuild implements Classifier {

    @Override
    public String name() {
        return "own-build";
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        return sequence(flatten(), dense(task.classes()));
    }
}
