package com.example.kept;

import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.maxPool;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Choice;
import io.catwalk.api.Classifier;
import io.catwalk.api.Criterion;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Loss;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Support;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import java.net.URL;
import org.pf4j.Extension;

/** Calls all of the contract as it was in version 1.0.0; kept-1.0.0.jar was compiled from it then, and is never made anew. */
@Extension
public final class Kept implements Classifier {

    @Override
    public String name() {
        return "kept";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional").withPaper(2026, "Nobody, \"Nothing\"").withSides(8, 256);
    }

    @Override
    public Support supports(Task task) {
        return task.channels() > 3 ? Support.no("takes gray or color") : Classifier.super.supports(task);
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none()
                .with("filters", 4, 8)
                .with("dropout", Choice.range(0.1, 0.0, 0.5))
                .with("rate", Choice.range(0.01, 0.001, 0.1).logarithmic())
                .with("units", Choice.range(16, 8, 32))
                .with("own", true, false);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        return sequence(
                conv(chosen.integer("filters"), 3),
                relu(),
                maxPool(),
                flatten(),
                dropout(chosen.number("dropout")),
                dense(chosen.integer("units")),
                relu(),
                dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.sgd(chosen.number("rate"), 0.9, 0.001).withWeightDecay(0.0005))
                .withSchedule(task.classSizes().isEmpty() ? Schedule.cosine() : Schedule.oneCycle(0.3))
                .withEpochs(2)
                .withBatchSize(16)
                .withAugmentations(
                        Augmentation.horizontalFlip(),
                        Augmentation.shift(0.1),
                        Augmentation.rotate(5),
                        Augmentation.crop(0.8),
                        Augmentation.light(0.1, 0.1),
                        Augmentation.erase(0.2, 0.1),
                        Augmentation.own(),
                        Augmentation.mixup(0.2))
                .withLabelSmoothing(0.05)
                .withAveraging(0.9)
                .withClipNorm(5)
                .withPatience(4)
                .withBalance(Balance.CLASS_WEIGHTS)
                .withSelectBy(Criterion.LOSS)
                .withGroups(ParameterGroup.of("01Conv2d.*", 0.5))
                .withPretrained(chosen.flag("own"));
        return chosen.flag("own") ? recipe.withLoss(Loss.OWN) : recipe.withAugmentations(Augmentation.cutMix(1));
    }

    @Override
    public BatchLoss loss(Task task, Hyperparameters chosen) {
        return (logits, targets) -> logits.logSoftmax(1).mul(targets).sum(new int[] {1}).neg();
    }

    @Override
    public BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
        return (images, random) -> {
            for (float[] image : images) {
                image[random.nextInt(image.length)] = 0;
            }
        };
    }

    @Override
    public URL weights(Task task, Hyperparameters chosen) {
        return getClass().getResource("weights.safetensors");
    }
}
