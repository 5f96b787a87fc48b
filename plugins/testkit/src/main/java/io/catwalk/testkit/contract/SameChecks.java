package io.catwalk.testkit.contract;

import ai.djl.engine.Engine;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.testkit.contract.Network.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Is what a plugin promises about being the same again. */
final class SameChecks {

    static final List<Check> ALL = List.of(
            Check.of("same-seed", "one seed gives the same weights and logits each time", SameChecks::sameSeed)
                    .presuming("finite", "new-network"),
            Check.of("seeded-training", "training draws random numbers from the engine only", SameChecks::seededTraining)
                    .presuming("same-seed"),
            Check.of("no-state", "what was built before changes nothing", SameChecks::noState)
                    .presuming("same-seed"),
            Check.of("two-processes", "another process makes the same network", SameChecks::twoProcesses)
                    .presuming("same-seed"),
            Check.of("repeatable", "evaluation answers the same twice", SameChecks::repeatable)
                    .presuming("finite"),
            Check.of("reload", "saved parameters answer the same in a new network", SameChecks::reload)
                    .presuming("same-seed", "repeatable"));

    private SameChecks() {}

    private static void sameSeed(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network first = candidate.initialized(task);
                Network second = candidate.initialized(task)) {
            requireSameWeights(first, second, "from one seed");
            requireSame(
                    first.logits(images, Mode.EVALUATION),
                    second.logits(images, Mode.EVALUATION),
                    "from one seed: draw no numbers in network(...), and let parameters hold what is drawn");
        }
    }

    private static void seededTraining(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network first = candidate.initialized(task);
                Network second = candidate.initialized(task)) {
            float[][] logits = new float[2][];
            for (int i = 0; i < 2; i++) {
                Network network = i == 0 ? first : second;
                Engine.getInstance().setRandomSeed(Candidate.SEED);
                logits[i] = network.logits(images, Mode.TRAINING);
                network.step(images);
            }
            String hint = "in training with one seed: take random numbers from arrays (NDManager) only";
            requireSame(logits[0], logits[1], hint);
            requireSameWeights(first, second, hint);
        }
    }

    private static void noState(Candidate candidate) {
        Task task = candidate.task();
        Task more = Task.of(task.channels(), task.height(), task.width(), task.classes() + 90);
        String before = NetworkDigest.of(candidate, task);
        if (candidate.supports(more)) {
            NetworkDigest.of(candidate, more);
        }
        for (Hyperparameters point : candidate.points()) {
            candidate.network(task, point);
        }
        BrokenPromise.unless(
                before.equals(NetworkDigest.of(candidate, task)),
                "expected the same network for " + task
                        + " whatever was built before, but found another: keep nothing between calls");
    }

    private static void twoProcesses(Candidate candidate) throws Exception {
        String here = NetworkDigest.of(candidate, candidate.task());
        String there = candidate.subject().elsewhere().digest(candidate.subject());
        BrokenPromise.unless(
                here.equals(there),
                "expected the same network from one seed in another process, but found another: is something in the"
                        + " order of a Set.of, Map.of, or of hash codes?");
    }

    private static void repeatable(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            float[] first = network.logits(images, Mode.EVALUATION);
            requireSame(first, network.logits(images, Mode.EVALUATION), "the second time: keep no state in forward");
        }
    }

    private static void reload(Candidate candidate) throws Exception {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network saved = candidate.initialized(task)) {
            // A step in training moves what layers such as batch normalization keep beside the weights.
            saved.step(images);
            try (Network reloaded = Network.reloaded(candidate.network(task), saved.savedParameters())) {
                requireSame(
                        saved.logits(images, Mode.EVALUATION),
                        reloaded.logits(images, Mode.EVALUATION),
                        "from saved parameters: keep in parameters whatever the training changes");
            }
        }
    }

    private static void requireSameWeights(Network first, Network second, String when) {
        Map<String, float[]> expected = first.weights();
        Map<String, float[]> found = second.weights();
        BrokenPromise.unless(
                expected.keySet().equals(found.keySet()),
                "expected the parameters " + expected.keySet() + " twice, but found " + found.keySet());
        expected.forEach((name, weights) -> BrokenPromise.unless(
                Arrays.equals(weights, found.get(name)),
                "expected the same weights of " + name + ", but found others " + when));
    }

    private static void requireSame(float[] expected, float[] found, String when) {
        BrokenPromise.unless(Arrays.equals(expected, found), "expected the same logits, but found others " + when);
    }
}
