package io.catwalk.testkit.contract;

import io.catwalk.api.Task;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks of how the networks of a plugin learn. */
final class TrainingChecks {

    static final List<Check> ALL = List.of(
            Check.of("small-batch", "a training step on two images has finite gradients", TrainingChecks::smallBatch)
                    .presuming("finite"),
            Check.of("gradient", "the gradient reaches every parameter", TrainingChecks::gradient)
                    .presuming("finite"),
            Check.of("overfit", "32 images are memorized in 400 steps", TrainingChecks::overfit)
                    .presuming("gradient", "logits")
                    .takingSeconds());

    private static final int STEPS = 400;

    /** A layer that starts with zeros lets no gradient through until the first step has changed it. */
    private static final int FIRST_STEPS = 3;

    private TrainingChecks() {}

    private static void smallBatch(Candidate candidate) {
        Task task = candidate.task();
        try (Network network = candidate.initialized(task)) {
            network.gradients(Images.random(task, 2, Candidate.SEED))
                    .forEach((name, gradient) ->
                            BrokenPromise.unlessFinite(gradient, "gradient of " + name + " on a batch of 2"));
        }
    }

    private static void gradient(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            Map<String, float[]> gradients = network.gradients(images);
            BrokenPromise.unless(!gradients.isEmpty(), "expected parameters to train, but found none");
            Set<String> unreached = unreached(gradients);
            for (int step = 2; step <= FIRST_STEPS && !unreached.isEmpty(); step++) {
                network.update();
                unreached.retainAll(unreached(network.gradients(images)));
            }
            BrokenPromise.unless(
                    unreached.isEmpty(),
                    "expected a gradient of " + String.join(", ", unreached) + " in the first " + FIRST_STEPS
                            + " steps, but all of it is 0");
        }
    }

    /** Returns the names of the parameters whose gradient is 0 everywhere. */
    private static Set<String> unreached(Map<String, float[]> gradients) {
        Set<String> unreached = new LinkedHashSet<>();
        gradients.forEach((name, gradient) -> {
            boolean reached = false;
            for (float value : gradient) {
                reached |= value != 0;
            }
            if (!reached) {
                unreached.add(name);
            }
        });
        return unreached;
    }

    private static void overfit(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 32, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            int right = 0;
            for (int step = 1; step <= STEPS && right < images.count(); step++) {
                network.step(images);
                if (step % 10 == 0) {
                    right = network.right(images);
                }
            }
            BrokenPromise.unless(
                    right == images.count(),
                    "expected " + images.count() + " images memorized in " + STEPS + " steps of Adam, but found "
                            + right);
        }
    }
}
