package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Criterion;
import io.catwalk.api.Gradients;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Loss;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.BatchLoader.BatchQueue;
import io.catwalk.runner.training.Seeds.Purpose;
import io.catwalk.runner.training.Seeds.SplitMix64;
import io.catwalk.runner.training.TrainedModel.TorchPredictor;
import io.catwalk.runner.training.WarmStart.TransferReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains one network with one recipe. On the processor, the same arguments, threads and machine give the same weights,
 * bit for bit.
 *
 * <p>The engine has one random generator for the whole process, so only one training at a time may run
 * in it.
 *
 * @param recipe how to train; its batch is at most as large as the training data
 * @param fold number of the fold, 0 for a hold-out
 * @param device that computes the steps and the validation
 * @param start weights to start from; null starts from random ones
 */
public record Training(
        LoadedClassifier classifier,
        Hyperparameters chosen,
        Task task,
        TrainingData data,
        Recipe recipe,
        long seed,
        int fold,
        ComputeDevice device,
        @Nullable WarmStart start,
        LongSupplier nanoTime) {

    /** One thread is enough: the engine computes for longer than it takes to copy an image. */
    private static final int LOADER_THREADS = 1;

    public Training {
        int images = data.split().train().length;
        if (recipe.batchSize() > images) {
            throw new IllegalArgumentException("batch size must be at most the number of training images, " + images
                    + ", but is " + recipe.batchSize());
        }
    }

    /**
     * Trains to the end, or until {@code patience} epochs brought no improvement. If a state was kept, the training
     * continues from it, and ends with the same bits as if it had never been stopped.
     *
     * @param listener receives each epoch as it ends; at first, one after the other, the epochs of the kept state
     * @return the network with the weights of its best epoch
     */
    public TrainedModel run(Consumer<Epoch> listener, Checkpoints checkpoints) {
        Engine engine = Engine.getEngine("PyTorch");
        NDManager manager = engine.newBaseManager(Device.cpu());
        try {
            engine.setRandomSeed(new Seeds(seed, fold).engineSeed(Purpose.INITIALIZATION));
            Block block = classifier.build(task, chosen);
            classifier.initialize(block, manager, task);
            TransferReport transfer = start == null ? null : TransferReport.of(start, block, classifier, chosen, task);
            try (NDManager scratch = manager.newSubManager(device.device());
                    Loop loop = new Loop(block, scratch, checkpoints, transfer)) {
                return loop.run(manager, listener);
            }
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /** The state of a training in progress. */
    private final class Loop implements AutoCloseable {

        private final Block block;
        private final ImageLayout layout;
        private final NDManager manager;
        private final Checkpoints checkpoints;
        private final @Nullable TransferReport transfer;
        private final ParameterVector weights;
        private final ParameterVector evaluated;
        private final NDArray best;
        private final OptimizerState steps;
        private final BatchQueue batches;
        private final ClassBalance balance;
        private final @Nullable BatchLoss ownLoss;
        private final Seeds seeds = new Seeds(seed, fold);
        private final SplitMix64 shuffle = seeds.generator(Purpose.SHUFFLE);
        private final int[] order = data.split().train().clone();
        private final EpochBatches dealt = EpochBatches.of(order.length, recipe.batchSize());
        private final int[] held = data.split().validation();
        private final List<Epoch> history = new ArrayList<>();
        private int bestEpoch;
        private long step;

        Loop(Block block, NDManager manager, Checkpoints checkpoints, @Nullable TransferReport transfer) {
            this.block = block;
            layout = ImageLayout.of(block);
            this.manager = manager;
            this.checkpoints = checkpoints;
            this.transfer = transfer;
            weights = ParameterVector.of(
                    manager, block, layout, ParameterVector.rates(block, recipe.groups(), start, transfer));
            evaluated = recipe.averaging() > 0 ? weights.copy(manager) : weights;
            best = evaluated.vector().duplicate();
            steps = OptimizerState.of(recipe.optimizer(), weights, evaluated == weights ? null : evaluated, manager);
            balance = new ClassBalance(
                    recipe.balance(), data.split().train(), data.images().labels(), task.classes());
            ownLoss = recipe.loss() == Loss.OWN ? classifier.loss(task, chosen) : null;
            BatchLoader loader = new BatchLoader(
                    data.images(),
                    layout,
                    data.normalization(),
                    recipe.augmentations(),
                    recipe.augmentations().contains(Augmentation.own()) ? classifier.augmentation(task, chosen) : null);
            batches = new BatchQueue(loader, dealt, LOADER_THREADS);
        }

        TrainedModel run(NDManager owner, Consumer<Epoch> listener) {
            goOn();
            history.forEach(listener);
            try (TorchPredictor predictor = new TorchPredictor(block, layout, evaluated::frozen, task, manager)) {
                for (int number = history.size() + 1; number <= recipe.epochs() && !isOver(number - 1); number++) {
                    manager.getEngine().setRandomSeed(seeds.engineSeed(Purpose.DROPOUT, number));
                    Epoch epoch = epoch(number, predictor);
                    history.add(epoch);
                    if (bestEpoch == 0 || epoch.isBetterThan(history.get(bestEpoch - 1))) {
                        bestEpoch = number;
                        overwrite(best, evaluated.vector());
                    }
                    checkpoints.offer(state());
                    listener.accept(epoch);
                }
            }
            overwrite(evaluated.vector(), best);
            evaluated.writeInto(block);
            return new TrainedModel(owner, block, task, history, bestEpoch, transfer);
        }

        @Override
        public void close() {
            batches.close();
        }

        private boolean isOver(int epochs) {
            return recipe.patience() > 0 && bestEpoch > 0 && epochs - bestEpoch >= recipe.patience();
        }

        private Checkpoints.State state() {
            List<NDArray> vectors = new ArrayList<>(List.of(weights.vector(), best));
            if (evaluated != weights) {
                vectors.add(evaluated.vector());
            }
            vectors.addAll(steps.state());
            return new Checkpoints.State(history, bestEpoch, step, order, shuffle.state(), vectors);
        }

        /** Restores the kept state, if there is one. */
        private void goOn() {
            List<NDArray> own = state().vectors();
            Checkpoints.State kept = checkpoints.read(manager, state());
            if (kept != null) {
                history.addAll(kept.history());
                bestEpoch = kept.bestEpoch();
                step = kept.step();
                System.arraycopy(kept.order(), 0, order, 0, order.length);
                shuffle.restore(kept.shuffle());
                for (int i = 0; i < own.size(); i++) {
                    overwrite(own.get(i), kept.vectors().get(i));
                    kept.vectors().get(i).close();
                }
            }
        }

        /** Copies in place, bit for bit, so that views of the vector stay views. */
        private static void overwrite(NDArray vector, NDArray values) {
            vector.set(new NDIndex(":"), values);
        }

        private Epoch epoch(int number, TorchPredictor predictor) {
            long start = nanoTime.getAsLong();
            balance.order(order, shuffle);
            batches.begin(order, place -> changes(number, place));
            double lossSum = 0;
            long right = 0;
            double learningRate = 0;
            for (int i = 0; i < dealt.steps(); i++) {
                long totalSteps = (long) recipe.epochs() * dealt.steps();
                learningRate =
                        recipe.optimizer().learningRate() * recipe.schedule().at((double) step / totalSteps);
                Progress progress = step(learningRate, dealt.size(i));
                if (!Double.isFinite(progress.loss)) {
                    throw new TrainingException("the loss is " + progress.loss + " in epoch " + number + ", step "
                            + (i + 1) + " of " + dealt.steps() + ", at learning rate " + (float) learningRate
                            + ": try a smaller learning rate, or clipNorm");
                }
                lossSum += progress.crossEntropy * dealt.size(i);
                right += progress.right;
            }
            double seconds = (nanoTime.getAsLong() - start) / 1e9;
            Validation validation = validate(predictor);
            if (held.length > 0 && !Double.isFinite(validation.loss())) {
                throw new TrainingException("the validation loss is " + validation.loss() + " after epoch " + number
                        + ", at learning rate " + (float) learningRate + ": try a smaller learning rate, or clipNorm");
            }
            return new Epoch(
                    number,
                    lossSum / dealt.images(),
                    (double) right / dealt.images(),
                    validation.loss(),
                    validation.score(Criterion.ACCURACY),
                    validation.score(recipe.selectBy()),
                    learningRate,
                    seconds);
        }

        /** Returns the generator of the random changes of the image at a place of the order, in an epoch. */
        private SplitMix64 changes(int number, int place) {
            int image = order[place];
            // Sampling draws an image several times in an epoch, which are to be different pictures of it.
            return recipe.balance() == Balance.SAMPLING
                    ? seeds.generator(Purpose.AUGMENTATION, number, image, place)
                    : seeds.generator(Purpose.AUGMENTATION, number, image);
        }

        private Progress step(double learningRate, int images) {
            try (NDManager scope = manager.newSubManager()) {
                ParameterVector.Leaves leaves = weights.new Leaves(scope);
                BatchLoader.Batch batch = batches.next();
                Targets targets = batch.targets(scope, balance.weights());
                NDArray logits;
                float loss;
                try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                    logits = block.forward(leaves.store(), new NDList(batch.array(scope)), true)
                            .singletonOrThrow();
                    logits.attach(scope);
                    TorchPredictor.requireShape(logits, images, task.classes());
                    NDArray target = ownLoss == null
                            ? targets.loss(logits, recipe.labelSmoothing())
                            : targets.loss(logits, recipe.labelSmoothing(), ownLoss);
                    loss = target.getFloat();
                    if (Float.isFinite(loss)) {
                        collector.backward(target);
                    }
                }
                if (Float.isFinite(loss)) {
                    NDArray gradient = leaves.gradient();
                    step++;
                    steps.step(step, gradient, clipping(gradient), learningRate, averaging());
                }
                NDArray answers = logits.stopGradient();
                double shown =
                        isPlain(targets) ? loss : targets.crossEntropy(answers).getFloat();
                return new Progress(loss, shown, targets.right(answers));
            }
        }

        /** Returns whether the loss is the cross-entropy itself. */
        private boolean isPlain(Targets targets) {
            return ownLoss == null && recipe.labelSmoothing() == 0 && targets.weights() == null;
        }

        /** Returns the factor that scales the gradient to the largest norm of the recipe. */
        private double clipping(NDArray gradient) {
            if (recipe.clipNorm() == 0) {
                return 1;
            }
            return Math.min(1, recipe.clipNorm() / gradient.norm().getFloat());
        }

        /** Returns the share of the average that stays; smaller at first, since the first weights are random. */
        private double averaging() {
            return Math.min(recipe.averaging(), (1.0 + step) / (10.0 + step));
        }

        private Validation validate(TorchPredictor predictor) {
            Validation validation = new Validation(held.length, task.classes());
            int batchSize = data.images().batchSize();
            for (int from = 0; from < held.length; from += batchSize) {
                int to = Math.min(held.length, from + batchSize);
                ImageSource batch = data.images().select(Arrays.copyOfRange(held, from, to));
                float[] logits = predictor.logits(batch.normalized(data.normalization(), 0, to - from), to - from);
                for (int i = 0; i < batch.size(); i++) {
                    validation.add(logits, i * task.classes(), batch.labels()[i]);
                }
            }
            return validation;
        }
    }

    /**
     * What a step tells.
     *
     * @param loss that it lowered: with label smoothing, class weights, or the classifier's own
     * @param crossEntropy mean over its images, without these, as validation has it
     */
    private record Progress(double loss, double crossEntropy, long right) {}

    /**
     * How the images of an epoch are dealt to batches.
     *
     * <p>Batches are full, and what is left over waits for another epoch, whose order is a different one. With fewer than
     * {@value #MANY} full batches, up to half of the images would be left over: there, all images are dealt evenly to
     * batches that differ by at most one image. With more, it is less than a ninth, and a training has the bits that it
     * always had.
     */
    public record EpochBatches(int images, int steps) {

        /** So many full batches leave few images over. */
        public static final int MANY = 8;

        /** Deals images to batches of at most {@code batchSize}, which is at most their number. */
        public static EpochBatches of(int images, int batchSize) {
            int full = images / batchSize;
            int all = (images + batchSize - 1) / batchSize;
            // A batch of one image has no variance, which batch normalization needs.
            boolean single = batchSize > 1 && images / all < 2;
            return full >= MANY || single ? new EpochBatches(full * batchSize, full) : new EpochBatches(images, all);
        }

        /** Returns the place in the order of the first image of a batch; of {@code steps}, the end of the last one. */
        int from(int batch) {
            return (int) ((long) images * batch / steps);
        }

        int size(int batch) {
            return from(batch + 1) - from(batch);
        }

        int largest() {
            return (images + steps - 1) / steps;
        }
    }

    /**
     * What a network is trained on: training and validation images together, and the normalization of the training images
     * alone. Without validation images the weights of the last epoch are kept.
     */
    public record TrainingData(ImageSource images, Split split, Normalization normalization) {

        /** Normalizes by the training images of the split. */
        public static TrainingData of(ImageSource images, Split split) {
            return new TrainingData(images, split, images.normalization(split.train()));
        }
    }
}
