package io.catwalk.runner.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.data.LabeledImages;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.training.Seeds.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Trains one network by one recipe. The same arguments, threads and machine give the same weights, bit
 * for bit.
 *
 * <p>The engine has one random generator for the whole process, so only one training at a time may run
 * in it.
 */
public final class Training {

    private static final int EVALUATION_BATCH = 500;

    private final Block block;
    private final Task task;
    private final LabeledImages images;
    private final Split split;
    private final Normalization normalization;
    private final Recipe recipe;
    private final Seeds seeds;
    private final LongSupplier nanoTime;

    /**
     * Prepares a training.
     *
     * @param block the network, not yet initialized
     * @param task shape of the images and number of classes
     * @param images training and validation images
     * @param split which images are for training and which for validation; without validation images
     *     the weights of the last epoch are kept
     * @param normalization of the pixels
     * @param recipe how to train; its batch is at most as large as the training data
     * @param seed of everything random
     * @param fold number of the fold, 0 for a hold-out
     * @param nanoTime a clock, in nanoseconds
     */
    public Training(
            Block block,
            Task task,
            LabeledImages images,
            Split split,
            Normalization normalization,
            Recipe recipe,
            long seed,
            int fold,
            LongSupplier nanoTime) {
        if (recipe.batchSize() > split.train().length) {
            throw new IllegalArgumentException("batch size must be at most the number of training images, "
                    + split.train().length + ", but is " + recipe.batchSize());
        }
        this.block = block;
        this.task = task;
        this.images = images;
        this.split = split;
        this.normalization = normalization;
        this.recipe = recipe;
        this.seeds = new Seeds(seed, fold);
        this.nanoTime = nanoTime;
    }

    /**
     * Trains to the end, or until {@code patience} epochs brought nothing better.
     *
     * @param listener is told of each epoch as it ends
     * @return the network with the weights of its best epoch
     * @throws TrainingException if the loss stops being finite or the network answers in a wrong shape
     */
    public TrainedModel run(Consumer<Epoch> listener) {
        Engine engine = Engine.getEngine("PyTorch");
        NDManager manager = engine.newBaseManager();
        try {
            engine.setRandomSeed(seeds.engineSeed(Purpose.INITIALIZATION));
            block.initialize(manager, DataType.FLOAT32, TrainedModel.inputShape(task));
            engine.setRandomSeed(seeds.engineSeed(Purpose.DROPOUT));
            try (NDManager scratch = manager.newSubManager()) {
                return new Loop(scratch).run(manager, listener);
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /** The state of a training under way. */
    private final class Loop {

        private final NDManager manager;
        private final Weights weights;
        private final Weights evaluated;
        private final Weights best;
        private final Steps steps;
        private final BatchLoader loader;
        private final SplittableRandom shuffle = seeds.generator(Purpose.SHUFFLE);
        private final int[] order = split.train().clone();
        private final int stepsPerEpoch = order.length / recipe.batchSize();
        private long step;

        Loop(NDManager manager) {
            this.manager = manager;
            weights = Weights.of(manager, block);
            evaluated = recipe.averaging() > 0 ? weights.copy(manager) : weights;
            best = weights.copy(manager);
            steps = Steps.of(recipe.optimizer(), weights, manager);
            loader = new BatchLoader(
                    images,
                    normalization,
                    recipe.augmentations(),
                    seeds.generator(Purpose.AUGMENTATION),
                    recipe.batchSize());
        }

        TrainedModel run(NDManager owner, Consumer<Epoch> listener) {
            List<Epoch> history = new ArrayList<>();
            int bestEpoch = 0;
            try (TorchPredictor predictor = new TorchPredictor(block, evaluated.frozen(), task, manager)) {
                for (int number = 1; number <= recipe.epochs(); number++) {
                    Epoch epoch = epoch(number, predictor);
                    history.add(epoch);
                    if (bestEpoch == 0 || epoch.isBetterThan(history.get(bestEpoch - 1))) {
                        bestEpoch = number;
                        evaluated.vector().copyTo(best.vector());
                    }
                    listener.accept(epoch);
                    if (recipe.patience() > 0 && number - bestEpoch >= recipe.patience()) {
                        break;
                    }
                }
            }
            best.writeInto(block);
            return new TrainedModel(owner, block, task, history, bestEpoch);
        }

        private Epoch epoch(int number, TorchPredictor predictor) {
            long start = nanoTime.getAsLong();
            shuffle();
            double lossSum = 0;
            long right = 0;
            double learningRate = 0;
            for (int i = 0; i < stepsPerEpoch; i++) {
                long totalSteps = (long) recipe.epochs() * stepsPerEpoch;
                learningRate = recipe.optimizer().learningRate()
                        * recipe.schedule().at((double) step / totalSteps);
                Progress progress = step(i * recipe.batchSize(), learningRate);
                if (!Double.isFinite(progress.loss)) {
                    throw new TrainingException("the loss is " + progress.loss + " in epoch " + number + ", step "
                            + (i + 1) + " of " + stepsPerEpoch + ", at learning rate " + (float) learningRate
                            + ": try a smaller learning rate, or clipNorm");
                }
                lossSum += progress.loss;
                right += progress.right;
            }
            double seconds = (nanoTime.getAsLong() - start) / 1e9;
            Validation validation = validate(predictor);
            return new Epoch(
                    number,
                    lossSum / stepsPerEpoch,
                    (double) right / ((long) stepsPerEpoch * recipe.batchSize()),
                    validation.loss,
                    validation.accuracy,
                    learningRate,
                    seconds);
        }

        private Progress step(int from, double learningRate) {
            int to = from + recipe.batchSize();
            try (NDManager scope = manager.newSubManager()) {
                Weights.Leaves leaves = weights.leaves(scope);
                NDArray labels = loader.labels(scope, order, from, to);
                NDArray logits;
                float loss;
                try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                    NDArray batch = loader.load(scope, order, from, to);
                    logits = block.forward(leaves.store(), new NDList(batch), true)
                            .singletonOrThrow();
                    logits.attach(scope);
                    TorchPredictor.requireShape(logits, to - from, task.classes());
                    NDArray target = CrossEntropy.of(logits, labels, recipe.labelSmoothing());
                    loss = target.getFloat();
                    if (Float.isFinite(loss)) {
                        collector.backward(target);
                    }
                }
                if (Float.isFinite(loss)) {
                    NDArray gradient = leaves.gradient();
                    clip(gradient);
                    steps.step(gradient, learningRate);
                    step++;
                    average();
                }
                long right = logits.stopGradient()
                        .argMax(1)
                        .eq(labels.reshape(-1))
                        .sum()
                        .getLong();
                return new Progress(loss, right);
            }
        }

        private void clip(NDArray gradient) {
            if (recipe.clipNorm() > 0) {
                float norm = gradient.norm().getFloat();
                if (norm > recipe.clipNorm()) {
                    gradient.muli(recipe.clipNorm() / norm);
                }
            }
        }

        /** Moves the average towards the weights; at first faster, since the first weights are random. */
        private void average() {
            if (recipe.averaging() > 0) {
                double decay = Math.min(recipe.averaging(), (1.0 + step) / (10.0 + step));
                try (NDArray share = weights.vector().mul(1 - decay)) {
                    evaluated.vector().muli(decay).addi(share);
                }
            }
        }

        private Validation validate(TorchPredictor predictor) {
            int[] indices = split.validation();
            if (indices.length == 0) {
                return new Validation(Double.NaN, Double.NaN);
            }
            double lossSum = 0;
            int right = 0;
            for (int from = 0; from < indices.length; from += EVALUATION_BATCH) {
                int to = Math.min(indices.length, from + EVALUATION_BATCH);
                float[] logits = predictor.logits(normalization.normalized(images, indices, from, to), to - from);
                for (int i = from; i < to; i++) {
                    int row = (i - from) * task.classes();
                    int label = images.labels()[indices[i]];
                    lossSum += CrossEntropy.of(logits, row, task.classes(), label);
                    right += CrossEntropy.argMax(logits, row, task.classes()) == label ? 1 : 0;
                }
            }
            return new Validation(lossSum / indices.length, (double) right / indices.length);
        }

        private void shuffle() {
            for (int i = order.length - 1; i > 0; i--) {
                int j = shuffle.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }
    }

    private record Progress(double loss, long right) {}

    private record Validation(double loss, double accuracy) {}
}
