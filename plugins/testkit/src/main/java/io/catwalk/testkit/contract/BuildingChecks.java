package io.catwalk.testkit.contract;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Checks of how a plugin builds networks. */
final class BuildingChecks {

    static final List<Check> ALL = List.of(
            Check.of("points", "each point that is tried builds a network", BuildingChecks::points)
                    .presuming("supports"),
            Check.of("new-network", "each call builds a network of new blocks", BuildingChecks::newNetwork)
                    .presuming("supports"),
            Check.of("generator", "building a network draws no number from the engine", BuildingChecks::generator)
                    .presuming("supports"));

    private static final int NUMBERS = 8;

    private BuildingChecks() {}

    private static void points(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 2, Candidate.SEED);
        for (Hyperparameters point : candidate.points()) {
            try (Network network =
                    Network.initialized(candidate.network(task, point), images.shape(), Candidate.SEED)) {
                ShapeChecks.requireLogits(network, images, task + " at " + point.values());
            }
        }
    }

    private static void newNetwork(Candidate candidate) {
        Task task = candidate.task();
        for (Hyperparameters point : candidate.points()) {
            Block first = candidate.network(task, point);
            Block second = candidate.network(task, point);
            Set<Object> parts = Collections.newSetFromMap(new IdentityHashMap<>());
            collect(first, parts);
            BrokenPromise.unless(
                    disjoint(second, parts),
                    "expected new blocks each time at " + point.values()
                            + ", but the second network shares some with the first: create all in network(...)");
        }
    }

    private static void collect(Block block, Set<Object> parts) {
        parts.add(block);
        parts.addAll(block.getDirectParameters().values());
        block.getChildren().values().forEach(child -> collect(child, parts));
    }

    private static boolean disjoint(Block block, Set<Object> parts) {
        return !parts.contains(block)
                && block.getDirectParameters().values().stream().noneMatch(parts::contains)
                && block.getChildren().values().stream().allMatch(child -> disjoint(child, parts));
    }

    private static void generator(Candidate candidate) {
        Task task = candidate.task();
        Engine engine = Engine.getInstance();
        engine.setRandomSeed(Candidate.SEED);
        float[] expected = numbers();
        engine.setRandomSeed(Candidate.SEED);
        candidate.points().forEach(point -> candidate.network(task, point));
        BrokenPromise.unless(
                Arrays.equals(expected, numbers()),
                "expected network(...) to leave the engine's random generator alone, but it seeded or used it:"
                        + " leave random numbers to initializers and blocks");
    }

    private static float[] numbers() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            return manager.randomUniform(0, 1, new Shape(NUMBERS)).toFloatArray();
        }
    }
}
