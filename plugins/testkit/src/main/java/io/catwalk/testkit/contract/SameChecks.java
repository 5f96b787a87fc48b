package io.catwalk.testkit.contract;

import ai.djl.engine.Engine;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.testkit.contract.Network.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Checks that the networks of a plugin are reproducible. */
final class SameChecks {

    static final List<Check> ALL = List.of(
            Check.of("same-seed", "one seed gives the same weights and logits each time", SameChecks::sameSeed)
                    .presuming("finite", "new-network"),
            Check.of(
                            "seeded-training",
                            "training draws random numbers from the engine only",
                            SameChecks::seededTraining)
                    .presuming("same-seed"),
            Check.of("no-state", "networks built before do not change a new one", SameChecks::noState)
                    .presuming("same-seed"),
            Check.of("two-processes", "another process builds the same network", SameChecks::twoProcesses)
                    .presuming("same-seed")
                    .takingSeconds(),
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
            requireSameWeights(first, second);
            Near.require(
                    first.logits(images, Mode.EVALUATION),
                    second.logits(images, Mode.EVALUATION),
                    "the same logits from one seed (keep every random number in a parameter)");
        }
    }

    private static void seededTraining(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network first = candidate.initialized(task);
                Network second = candidate.initialized(task)) {
            Engine.getInstance().setRandomSeed(Candidate.SEED);
            float[] expected = first.logits(images, Mode.TRAINING);
            Engine.getInstance().setRandomSeed(Candidate.SEED);
            Near.require(
                    expected,
                    second.logits(images, Mode.TRAINING),
                    "the same logits in training from one seed, with random numbers from the engine only");
        }
    }

    private static void noState(Candidate candidate) {
        Task task = candidate.task();
        Task more = Task.of(task.channels(), task.height(), task.width(), task.classes() + 90);
        Fingerprint before = Fingerprint.of(candidate, task);
        if (candidate.supports(more)) {
            Fingerprint.of(candidate, more);
        }
        for (Hyperparameters point : candidate.points()) {
            candidate.network(task, point);
        }
        before.requireSame(Fingerprint.of(candidate, task), "after other networks were built");
    }

    private static void twoProcesses(Candidate candidate) throws Exception {
        Subject subject = candidate.subject();
        Fingerprint.of(candidate, candidate.task())
                .requireSame(
                        subject.elsewhere().fingerprint(subject),
                        "in another process (does anything depend on the order of Set.of, Map.of or hash codes?)");
    }

    private static void repeatable(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            float[] first = network.logits(images, Mode.EVALUATION);
            Near.require(first, network.logits(images, Mode.EVALUATION), "the same logits the second time");
        }
    }

    private static void reload(Candidate candidate) throws Exception {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network saved = candidate.initialized(task)) {
            // A training step changes the state that layers such as batch normalization keep besides the weights.
            saved.step(images);
            try (Network reloaded =
                    Network.reloaded(candidate.network(task), images.shape(), saved.savedParameters())) {
                Near.require(
                        saved.logits(images, Mode.EVALUATION),
                        reloaded.logits(images, Mode.EVALUATION),
                        "the same logits from saved parameters (keep all that training changes in parameters)");
            }
        }
    }

    private static void requireSameWeights(Network first, Network second) {
        Map<String, float[]> expected = first.weights();
        Map<String, float[]> found = second.weights();
        BrokenPromise.unless(
                expected.keySet().equals(found.keySet()),
                "expected the parameters " + expected.keySet() + " twice, but found " + found.keySet());
        expected.forEach((name, weights) -> BrokenPromise.unless(
                Arrays.equals(weights, found.get(name)),
                "expected the same weights of " + name + " from one seed, but they differ"));
    }
}
