package io.catwalk.testkit.contract;

import io.catwalk.api.Task;
import java.util.List;
import java.util.Map;

/** Checks of how the networks of a plugin learn. */
final class TrainingChecks {

    static final List<Check> ALL = List.of(
            Check.of("small-batch", "a training step on two images has finite gradients", TrainingChecks::smallBatch)
                    .presuming("finite"),
            Check.of("gradient", "the gradient reaches every parameter", TrainingChecks::gradient)
                    .presuming("finite"),
            Check.of("overfit", "32 images are memorized in 400 steps", TrainingChecks::overfit)
                    .presuming("gradient"));

    private static final int STEPS = 400;

    private TrainingChecks() {}

    private static void smallBatch(Candidate candidate) {
        Task task = candidate.task();
        try (Network network = candidate.initialized(task)) {
            network.gradients(Images.random(task, 2, Candidate.SEED)).forEach((name, gradient) -> {
                for (float value : gradient) {
                    BrokenPromise.unless(
                            Float.isFinite(value),
                            "expected a finite gradient of " + name + " on a batch of 2, but found " + value);
                }
            });
        }
    }

    private static void gradient(Candidate candidate) {
        Task task = candidate.task();
        try (Network network = candidate.initialized(task)) {
            Map<String, float[]> gradients = network.gradients(Images.random(task, 7, Candidate.SEED));
            BrokenPromise.unless(!gradients.isEmpty(), "expected parameters to train, but found none");
            gradients.forEach((name, gradient) -> {
                boolean reached = false;
                for (float value : gradient) {
                    reached |= value != 0;
                }
                BrokenPromise.unless(reached, "expected a gradient of " + name + ", but all of it is 0");
            });
        }
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
