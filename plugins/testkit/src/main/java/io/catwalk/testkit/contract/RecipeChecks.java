package io.catwalk.testkit.contract;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.catwalk.api.Augmentation;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Gradients;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Loss;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

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

    /** A task and a point of the search space, with the recipe for both. */
    private record Case(Task task, Hyperparameters point, Recipe recipe) {

        @Override
        public String toString() {
            return task + " at " + point.values();
        }
    }

    private static void recipe(Candidate candidate) {
        cases(candidate, recipe -> true);
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
                        cases.add(new Case(task, point, recipe));
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
                requireFinite(found.toFloatArray(), "loss for " + each);
                collector.backward(found.mean());
                float[] gradient = logits.getGradient().toFloatArray();
                requireFinite(gradient, "gradient of the loss for " + each);
                BrokenPromise.unless(
                        !Arrays.equals(gradient, new float[gradient.length]),
                        "expected a gradient of the loss for " + each + ", but all of it is 0");
            }
        }
    }

    private static void requireFinite(float[] numbers, String what) {
        for (float number : numbers) {
            BrokenPromise.unless(Float.isFinite(number), "expected a finite " + what + ", but found " + number);
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
                requireFinite(image, "pixel for " + each);
            }
            BrokenPromise.unless(
                    Arrays.deepEquals(first, second),
                    "expected the same images from the same generator for " + each
                            + ", but they differ: take random numbers only from the generator that is passed");
        }
    }

    private static void ownWeights(Candidate candidate) throws IOException {
        for (Case each : cases(candidate, Recipe::pretrained)) {
            URL weights = candidate.classifier().weights(each.task, each.point);
            BrokenPromise.unless(
                    weights != null, "weights(...) returned null for " + each + ": is the file in the jar?");
            BrokenPromise.unless(
                    PluginFile.contains(candidate.subject().jar(), weights),
                    "expected weights in the jar for " + each + ", but found " + weights);
            if (weights.toString().endsWith(".safetensors")) {
                requireFitting(candidate, each, weights);
            }
        }
    }

    /** Searches the header, which follows its own little-endian length, for parameters of the network. */
    private static void requireFitting(Candidate candidate, Case each, URL weights) throws IOException {
        URLConnection connection = weights.openConnection();
        if (connection instanceof JarURLConnection jar) {
            jar.setUseCaches(false); // otherwise the jar would stay open
        }
        String header;
        try (DataInputStream in = new DataInputStream(connection.getInputStream())) {
            long length = Long.reverseBytes(in.readLong());
            header = new String(in.readNBytes((int) Math.min(length, 1 << 24)), StandardCharsets.UTF_8);
        }
        try (Network network = Network.initialized(
                candidate.network(each.task, each.point),
                Images.random(each.task, 1, Candidate.SEED).shape(),
                Candidate.SEED)) {
            BrokenPromise.unless(
                    network.weights().keySet().stream()
                            .anyMatch(name -> header.replace('.', '_').contains("\"" + name.replace('.', '_') + "\"")),
                    "expected parameters " + network.weights().keySet() + " in " + weights
                            + ", but found none of them");
        }
    }
}
