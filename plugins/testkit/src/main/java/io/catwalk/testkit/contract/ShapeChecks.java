package io.catwalk.testkit.contract;

import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Task;
import io.catwalk.testkit.contract.Network.Mode;
import java.util.Arrays;
import java.util.List;

/** Checks of the input and output of a plugin's networks. */
final class ShapeChecks {

    static final List<Check> ALL = List.of(
            Check.of("shapes", "one logit per class, for several sizes and classes", ShapeChecks::shapes)
                    .presuming("supports"),
            Check.of("wide-images", "images that are not square, where supported", ShapeChecks::wide)
                    .presuming("shapes"),
            Check.of("large-images", "color images of 224x224, where supported", ShapeChecks::large)
                    .presuming("shapes"),
            Check.of("two-classes", "two logits for two classes", candidate -> classes(candidate, 2))
                    .presuming("shapes"),
            Check.of(
                            "thousand-classes",
                            "a thousand logits for a thousand classes",
                            candidate -> classes(candidate, 1_000))
                    .presuming("shapes"),
            Check.of("finite", "all logits are finite, in training and evaluation", ShapeChecks::finite)
                    .presuming("shapes"),
            Check.of("logits", "the output are logits, not probabilities", ShapeChecks::logits)
                    .presuming("finite"));

    /** Largest distance from 1 of a sum of probabilities in single precision; logits come that near only by chance. */
    private static final float NEAR_ONE = 1e-3f;

    private ShapeChecks() {}

    private static void shapes(Candidate candidate) {
        for (Task task : candidate.tasks()) {
            try (Network network = candidate.initialized(task)) {
                for (int batch : List.of(1, 7)) {
                    requireLogits(network, Images.random(task, batch, Candidate.SEED), task.toString());
                }
            }
        }
    }

    private static void wide(Candidate candidate) {
        Task task = candidate.task();
        int longer = task.width() * 3 / 2;
        tryIfSupported(candidate, Task.of(task.channels(), task.height(), longer, task.classes()), 2);
        tryIfSupported(candidate, Task.of(task.channels(), longer, task.width(), task.classes()), 2);
    }

    private static void large(Candidate candidate) {
        tryIfSupported(candidate, Task.of(3, 224, 224, 10), 1);
    }

    private static void classes(Candidate candidate, int classes) {
        Task task = candidate.task();
        tryIfSupported(candidate, Task.of(task.channels(), task.height(), task.width(), classes), 2);
    }

    private static void tryIfSupported(Candidate candidate, Task task, int batch) {
        if (candidate.supports(task)) {
            try (Network network = candidate.initialized(task)) {
                requireLogits(network, Images.random(task, batch, Candidate.SEED), task.toString());
            }
        }
    }

    /** Checks the shape of the logits: the actual one, and the one that the block states. */
    static void requireLogits(Network network, Images images, String what) {
        Shape expected = images.logits();
        Shape found = network.shape(images);
        BrokenPromise.unless(
                found.equals(expected),
                "expected logits " + expected + " from " + images.shape() + " of " + what + ", but found " + found);
        Shape[] stated = network.statedShape(images);
        BrokenPromise.unless(
                Arrays.equals(stated, new Shape[] {expected}),
                "expected getOutputShapes to say " + expected + " for " + images.shape() + " of " + what
                        + ", but found " + Arrays.toString(stated));
    }

    private static void finite(Candidate candidate) {
        for (Task task : candidate.tasks()) {
            Images images = Images.random(task, 7, Candidate.SEED);
            try (Network network = candidate.initialized(task)) {
                for (Mode mode : Mode.values()) {
                    for (float logit : network.logits(images, mode)) {
                        BrokenPromise.unless(
                                Float.isFinite(logit),
                                "expected finite logits of " + task + " in " + mode + ", but found " + logit);
                    }
                }
            }
        }
    }

    private static void logits(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            for (Mode mode : Mode.values()) {
                BrokenPromise.unless(
                        !areProbabilities(network.logits(images, mode), task.classes()),
                        "expected logits in " + mode
                                + ", but found probabilities, which add up to 1 for each image: leave"
                                + " out the Softmax at the end, since the loss and the program apply it");
            }
        }
    }

    private static boolean areProbabilities(float[] answers, int classes) {
        for (int image = 0; image < answers.length / classes; image++) {
            float sum = 0;
            for (int label = 0; label < classes; label++) {
                float answer = answers[image * classes + label];
                if (answer < 0) {
                    return false;
                }
                sum += answer;
            }
            if (Math.abs(sum - 1) > NEAR_ONE) {
                return false;
            }
        }
        return true;
    }
}
