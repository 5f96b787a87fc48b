package io.catwalk.testkit.contract;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import io.catwalk.api.Augmentation;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Gradients;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Loss;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.onnx.ParameterPaths;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Checks of how a plugin is trained: its recipe, and its own loss, augmentation and weights. */
final class RecipeChecks {

    static final List<Check> ALL = List.of(
            Check.of("recipe", "a valid, repeatable recipe for each task and point", RecipeChecks::recipe)
                    .presuming("supports"),
            Check.of("own-loss", "its own loss is one finite number per image", RecipeChecks::ownLoss)
                    .presuming("recipe"),
            Check.of("own-augmentation", "its augmentation keeps sizes and is reproducible", RecipeChecks::ownChange)
                    .presuming("recipe"),
            Check.of("own-weights", "its own weights are in the jar and fit the network", RecipeChecks::ownWeights)
                    .presuming("recipe"));

    private static final int BATCH = 7;

    private RecipeChecks() {}

    /**
     * A task and a point of the search space, with the recipe for both. A network depends only on the point and on the
     * shape, which is the task without what it knows of flips and class sizes.
     */
    private record Case(Task shape, Task task, Hyperparameters point, Recipe recipe) {

        @Override
        public String toString() {
            return task + " at " + point.values();
        }
    }

    private static void recipe(Candidate candidate) {
        Set<List<Object>> tried = new HashSet<>();
        for (Case each : cases(candidate, recipe -> !recipe.groups().isEmpty())) {
            if (tried.add(List.of(each.shape, each.point, each.recipe.groups()))) {
                requireGroups(candidate, each);
            }
        }
    }

    /** Applies the groups as a training does: for a parameter, the first group that contains it counts. */
    private static void requireGroups(Candidate candidate, Case each) {
        List<ParameterGroup> groups = each.recipe.groups();
        Set<ParameterGroup> used = new HashSet<>();
        boolean trained = false;
        try (Network network = candidate.initialized(each.shape, each.point)) {
            Map<String, Parameter> parameters = ParameterPaths.of(network.block());
            for (Map.Entry<String, Parameter> parameter : parameters.entrySet()) {
                String name = parameter.getKey();
                Optional<ParameterGroup> group =
                        groups.stream().filter(one -> one.contains(name)).findFirst();
                group.ifPresent(used::add);
                double rate = group.map(ParameterGroup::rate).orElse(1.0);
                trained |= parameter.getValue().requiresGradient() && rate > 0;
            }
            for (ParameterGroup group : groups) {
                BrokenPromise.unless(
                        used.contains(group),
                        "expected parameters named " + group.names() + ", for which the recipe sets a rate, for " + each
                                + ", but found none outside earlier groups: try one of " + parameters.keySet());
            }
        }
        BrokenPromise.unless(
                trained,
                "expected parameters to train for " + each + ", but the recipe freezes all: give some a rate above 0");
    }

    /** Gets the recipes of all tasks, each task also with flips that keep the class, and with class sizes. */
    private static List<Case> cases(Candidate candidate, Predicate<Recipe> which) {
        List<Case> cases = new ArrayList<>();
        for (Task shape : candidate.tasks()) {
            List<Integer> sizes = new ArrayList<>(Collections.nCopies(shape.classes(), 100));
            sizes.set(0, 3);
            for (Task task : List.of(shape, shape.withMirrored(true), shape.withClassSizes(sizes))) {
                for (Hyperparameters point : candidate.points()) {
                    String what = "recipe(" + task + ", " + point.values() + ")";
                    Recipe recipe = asked(candidate, task, point, what);
                    DescriptionChecks.requireSame(what, recipe, asked(candidate, task, point, what));
                    if (which.test(recipe)) {
                        cases.add(new Case(shape, task, point, recipe));
                    }
                }
            }
        }
        return cases;
    }

    private static Recipe asked(Candidate candidate, Task task, Hyperparameters point, String what) {
        try {
            return candidate.classifier().recipe(task, point);
        } catch (RuntimeException e) {
            throw new BrokenPromise(what + " threw " + Lines.of(e));
        }
    }

    private static void ownLoss(Candidate candidate) {
        for (Case each : cases(candidate, recipe -> recipe.loss() == Loss.OWN)) {
            BatchLoss loss = candidate.classifier().loss(each.task, each.point);
            BrokenPromise.unless(loss != null, "loss(...) returned null for " + each);
            try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                    GradientCollector collector = Gradients.collector(Engine.getInstance())) {
                int classes = each.task.classes();
                SplittableRandom random = new SplittableRandom(Candidate.SEED);
                float[] numbers = new float[BATCH * classes];
                float[] shares = new float[BATCH * classes];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) random.nextDouble(-5, 5);
                    shares[i] = 0.1f / classes + (i % classes == i / classes % classes ? 0.9f : 0);
                }
                NDArray logits = manager.create(numbers, new Shape(BATCH, classes));
                logits.setRequiresGradient(true);
                NDArray found = loss.of(logits, manager.create(shares, new Shape(BATCH, classes)));
                BrokenPromise.unless(
                        found.getShape().equals(new Shape(BATCH)),
                        "expected a loss of shape (" + BATCH + ") for " + each + ", but found " + found.getShape());
                BrokenPromise.unlessFinite(found.toFloatArray(), "loss for " + each);
                collector.backward(found.mean());
                float[] gradient = logits.getGradient().toFloatArray();
                BrokenPromise.unlessFinite(gradient, "gradient of the loss for " + each);
                BrokenPromise.unless(
                        !Arrays.equals(gradient, new float[gradient.length]),
                        "expected a gradient of the loss for " + each + ", but all of it is 0");
            }
        }
    }

    private static void ownChange(Candidate candidate) {
        for (Case each : cases(candidate, recipe -> recipe.augmentations().contains(Augmentation.own()))) {
            BatchAugmentation change = candidate.classifier().augmentation(each.task, each.point);
            BrokenPromise.unless(change != null, "augmentation(...) returned null for " + each);
            float[][] first = Images.random(each.task, BATCH, Candidate.SEED).rows();
            float[][] second = Images.random(each.task, BATCH, Candidate.SEED).rows();
            int size = first[0].length;
            change.change(first, new SplittableRandom(Candidate.SEED));
            change.change(second, new SplittableRandom(Candidate.SEED));
            for (float[] image : first) {
                BrokenPromise.unless(
                        image.length == size,
                        "expected images of " + size + " numbers for " + each + ", but found " + image.length);
                BrokenPromise.unlessFinite(image, "pixel for " + each);
            }
            BrokenPromise.unless(
                    Arrays.deepEquals(first, second),
                    "expected the same images from the same generator for " + each
                            + ", but they differ: take random numbers only from the generator that is passed");
        }
    }

    private static void ownWeights(Candidate candidate) throws IOException {
        Set<List<Object>> tried = new HashSet<>();
        for (Case each : cases(candidate, Recipe::pretrained)) {
            URL weights = candidate.classifier().weights(each.task, each.point);
            BrokenPromise.unless(
                    weights != null, "weights(...) returned null for " + each + ": is the file in the jar?");
            BrokenPromise.unless(
                    PluginFile.contains(candidate.subject().jar(), weights),
                    "expected weights in the jar for " + each + ", but found " + weights);
            if (tried.add(List.of(each.shape, each.point, weights.toString()))) {
                requireFitting(candidate, each, weights);
            }
        }
    }

    /**
     * Compares names and shapes as a training does: it takes each parameter that fits. One of another shape ends it,
     * except in the last layer, which may be for other classes.
     */
    private static void requireFitting(Candidate candidate, Case each, URL weights) throws IOException {
        Map<String, Shape> expected;
        Map<String, Shape> stored;
        try (Network network = candidate.initialized(each.shape, each.point)) {
            expected = WeightShapes.of(network.block());
            stored = WeightShapes.read(weights, network.block());
        }
        boolean taken = false;
        Map<String, Shape> unlike = new LinkedHashMap<>();
        for (Map.Entry<String, Shape> parameter : expected.entrySet()) {
            Shape found = stored.get(WeightShapes.dotted(parameter.getKey()));
            if (parameter.getValue().equals(found)) {
                taken = true;
            } else if (found != null) {
                unlike.put(parameter.getKey(), found);
            }
        }
        Set<String> last = unlike.isEmpty() ? Set.of() : lastLayer(candidate, each, expected);
        unlike.forEach((name, found) -> BrokenPromise.unless(
                last.contains(name),
                "expected " + name + " of " + expected.get(name) + " in " + weights + " for " + each
                        + ", but found one of " + found + ": let the recipe start from them only where they fit"));
        BrokenPromise.unless(
                taken,
                "expected parameters " + expected.keySet() + " in " + weights + " for " + each
                        + ", but found none of them that fits");
    }

    /** Returns the names of the parameters that have another shape if there is one class more. */
    private static Set<String> lastLayer(Candidate candidate, Case each, Map<String, Shape> shapes) {
        Task shape = each.shape;
        Task more = Task.of(shape.channels(), shape.height(), shape.width(), shape.classes() + 1);
        try (Network network = candidate.initialized(more, each.point)) {
            Map<String, Shape> others = WeightShapes.of(network.block());
            return shapes.entrySet().stream()
                    .filter(one -> !one.getValue().equals(others.get(one.getKey())))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
        }
    }
}
