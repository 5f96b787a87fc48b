package io.catwalk.api;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How to train a network: the optimizer, the schedule, the augmentations and the other settings. Immutable; start with
 * {@link #standard}. Each {@code with} method returns a changed copy, and throws {@link IllegalArgumentException} if a
 * number is out of range.
 */
public final class Recipe extends Rule {

    /** So many images, counted again in each epoch, teach a small network what it can learn from few of them. */
    private static final int IMAGES_SEEN = 160_000;

    private static final int MOST_TIMES_AS_MANY_EPOCHS = 8;

    /** Steps of an epoch for which the batches are made smaller, and how small they may become. */
    private static final int STEPS = 40;

    private static final int SMALLEST_BATCH = 32;

    /** Up to so many photos are learned by heart unless each epoch shows others parts of them. */
    private static final int FEW_PHOTOS = 10_000;

    private final Optimizer optimizer;
    private final Schedule schedule;
    private final int epochs;
    private final int batchSize;
    private final List<Augmentation> augmentations;
    private final double labelSmoothing;
    private final double averaging;
    private final double clipNorm;
    private final int patience;
    private final Balance balance;
    private final Criterion selectBy;
    private final List<ParameterGroup> groups;
    private final Loss loss;
    private final boolean pretrained;

    private Recipe(
            Optimizer optimizer,
            Schedule schedule,
            int epochs,
            int batchSize,
            List<Augmentation> augmentations,
            double labelSmoothing,
            double averaging,
            double clipNorm,
            int patience,
            @Nullable Balance balance,
            @Nullable Criterion selectBy,
            @Nullable List<ParameterGroup> groups,
            @Nullable Loss loss,
            @Nullable Boolean pretrained) {
        Check.atLeast("epochs", epochs, 1);
        Check.atLeast("batchSize", batchSize, 1);
        Check.fraction("labelSmoothing", labelSmoothing);
        Check.fraction("averaging", averaging);
        Check.notNegative("clipNorm", clipNorm);
        Check.atLeast("patience", patience, 0);
        if (augmentations.stream().filter(Recipe::mixes).count() > 1) {
            throw new IllegalArgumentException("augmentations must include at most one mixture, but include "
                    + augmentations.stream().filter(Recipe::mixes).toList());
        }
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
        this.schedule = Objects.requireNonNull(schedule, "schedule");
        this.epochs = epochs;
        this.batchSize = batchSize;
        this.augmentations = List.copyOf(augmentations);
        this.labelSmoothing = labelSmoothing;
        this.averaging = averaging;
        this.clipNorm = clipNorm;
        this.patience = patience;
        // Values that are missing in a file are as in the standard recipe.
        this.balance = Objects.requireNonNullElse(balance, Balance.NONE);
        this.selectBy = Objects.requireNonNullElse(selectBy, Criterion.ACCURACY);
        this.groups = groups == null ? List.of() : List.copyOf(groups);
        this.loss = Objects.requireNonNullElse(loss, Loss.CROSS_ENTROPY);
        this.pretrained = pretrained != null && pretrained;
    }

    private static boolean mixes(Augmentation augmentation) {
        return augmentation instanceof Augmentation.Mixup || augmentation instanceof Augmentation.CutMix;
    }

    /**
     * Returns a recipe that suits most small networks: AdamW with a peak learning rate of 0.002 and a weight decay of
     * 0.01, a one-cycle schedule over 10 epochs, batches of 128, and nothing else.
     */
    public static Recipe standard() {
        return new Draft().recipe();
    }

    /**
     * Replaces the optimizer.
     *
     * @param optimizer rule that turns gradients into steps
     */
    public Recipe withOptimizer(Optimizer optimizer) {
        return changed(draft -> draft.optimizer = optimizer);
    }

    /**
     * Replaces the schedule.
     *
     * @param schedule course of the learning rate
     */
    public Recipe withSchedule(Schedule schedule) {
        return changed(draft -> draft.schedule = schedule);
    }

    /**
     * Replaces the number of epochs.
     *
     * @param epochs number of passes over the training images, in whole batches: the images that are left over are
     *     skipped, different ones in each epoch; at least 1
     */
    public Recipe withEpochs(int epochs) {
        return changed(draft -> draft.epochs = epochs);
    }

    /**
     * Replaces the batch size.
     *
     * @param batchSize number of images per step; at least 1
     */
    public Recipe withBatchSize(int batchSize) {
        return changed(draft -> draft.batchSize = batchSize);
    }

    /**
     * Replaces the augmentations.
     *
     * @param augmentations random changes of the training images, in this order; at most one of them mixes images
     */
    public Recipe withAugmentations(Augmentation... augmentations) {
        return changed(draft -> draft.augmentations = List.of(augmentations));
    }

    /**
     * Replaces the label smoothing (Szegedy et al., "Rethinking the Inception Architecture", 2016).
     *
     * @param labelSmoothing 0 or above and below 1
     */
    public Recipe withLabelSmoothing(double labelSmoothing) {
        return changed(draft -> draft.labelSmoothing = labelSmoothing);
    }

    /**
     * Replaces the decay of the exponential moving average of the weights, which is evaluated instead of the weights.
     *
     * @param averaging decay per step, 0 or above and below 1; at step n at most (1 + n) / (10 + n); 0 for no average
     */
    public Recipe withAveraging(double averaging) {
        return changed(draft -> draft.averaging = averaging);
    }

    /**
     * Replaces the limit of gradient clipping.
     *
     * @param clipNorm largest norm of the gradients, or 0 for no limit
     */
    public Recipe withClipNorm(double clipNorm) {
        return changed(draft -> draft.clipNorm = clipNorm);
    }

    /**
     * Replaces the patience of early stopping.
     *
     * @param patience number of epochs without improvement, or 0 for no early stopping
     */
    public Recipe withPatience(int patience) {
        return changed(draft -> draft.patience = patience);
    }

    /**
     * Replaces the handling of classes of unequal size.
     *
     * @param balance how they are handled
     */
    public Recipe withBalance(Balance balance) {
        return changed(draft -> draft.balance = balance);
    }

    /**
     * Replaces the criterion by which the best epoch is selected.
     *
     * @param selectBy criterion on the validation images
     */
    public Recipe withSelectBy(Criterion selectBy) {
        return changed(draft -> draft.selectBy = selectBy);
    }

    /**
     * Replaces the groups of parameters with their own learning rate.
     *
     * @param groups groups, of which the first that contains a parameter applies to it; all other parameters learn at
     *     the rate of the optimizer
     */
    public Recipe withGroups(ParameterGroup... groups) {
        return changed(draft -> draft.groups = List.of(groups));
    }

    /**
     * Replaces the loss that the training minimizes.
     *
     * @param loss the cross-entropy, or the loss that {@link Classifier#loss} returns
     */
    public Recipe withLoss(Loss loss) {
        return changed(draft -> draft.loss = loss);
    }

    /**
     * Sets whether the training starts from {@link Classifier#weights}, unless the user names other weights.
     *
     * @param pretrained whether it starts from them
     */
    public Recipe withPretrained(boolean pretrained) {
        return changed(draft -> draft.pretrained = pretrained);
    }

    /**
     * Fits a recipe that suits tens of thousands of images to a task with fewer. The batches become smaller, so that an
     * epoch has 40 steps, but not below 32. There are up to eight times as many epochs, so that the training sees 160,000
     * images. Up to 10,000 {@link Task#photos photos} are cropped at random instead of shifted. For 60,000 images, and where
     * their number is unknown, nothing changes.
     *
     * @param task the images and classes
     * @return this recipe, or a changed copy
     */
    public Recipe fittedTo(Task task) {
        int images = task.classSizes().stream().mapToInt(Integer::intValue).sum();
        if (images == 0) {
            return this;
        }
        int enough = Math.min(epochs * MOST_TIMES_AS_MANY_EPOCHS, (IMAGES_SEEN + images - 1) / images);
        Recipe fitted = withEpochs(Math.max(epochs, enough))
                .withBatchSize(Math.min(batchSize, Math.max(SMALLEST_BATCH, images / STEPS)));
        return task.photos() && images <= FEW_PHOTOS ? fitted.changed(Draft::cropPhotos) : fitted;
    }

    /** {@return the rule that turns gradients into steps, with the peak learning rate} */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** {@return the course of the learning rate} */
    public Schedule schedule() {
        return schedule;
    }

    /** {@return number of passes over the training images; at least 1} */
    public int epochs() {
        return epochs;
    }

    /** {@return number of images per step; at least 1} */
    public int batchSize() {
        return batchSize;
    }

    /** {@return random changes of the training images; at most one of them mixes images} */
    public List<Augmentation> augmentations() {
        return augmentations;
    }

    /** {@return probability moved from the true class to all classes equally, 0 or above and below 1; 0 for none} */
    public double labelSmoothing() {
        return labelSmoothing;
    }

    /**
     * {@return decay per step of the average of the weights that is evaluated instead of them, 0 or above and below 1;
     * 0 for no average}
     */
    public double averaging() {
        return averaging;
    }

    /** {@return largest Euclidean norm of all gradients together; 0 for no limit} */
    public double clipNorm() {
        return clipNorm;
    }

    /** {@return number of epochs without improvement after which the training stops; 0 for no early stopping} */
    public int patience() {
        return patience;
    }

    /** {@return how classes of unequal size are handled} */
    public Balance balance() {
        return balance;
    }

    /** {@return the criterion that selects the best epoch, whose weights are kept} */
    public Criterion selectBy() {
        return selectBy;
    }

    /**
     * {@return groups of parameters with their own learning rate; the first group that contains a parameter applies to
     * it}
     */
    public List<ParameterGroup> groups() {
        return groups;
    }

    /** {@return the loss that the training minimizes} */
    public Loss loss() {
        return loss;
    }

    /** {@return whether the training starts from the weights that the classifier provides} */
    public boolean pretrained() {
        return pretrained;
    }

    private Recipe changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.recipe();
    }

    /** The standard recipe, or a copy of another one, for changing some of its components. */
    private static final class Draft {

        private Optimizer optimizer = Optimizer.adamW(0.002, 0.01);
        private Schedule schedule = Schedule.oneCycle(0.2);
        private int epochs = 10;
        private int batchSize = 128;
        private List<Augmentation> augmentations = List.of();
        private double labelSmoothing;
        private double averaging;
        private double clipNorm;
        private int patience;
        private Balance balance = Balance.NONE;
        private Criterion selectBy = Criterion.ACCURACY;
        private List<ParameterGroup> groups = List.of();
        private Loss loss = Loss.CROSS_ENTROPY;
        private boolean pretrained;

        Draft() {}

        Draft(Recipe recipe) {
            optimizer = recipe.optimizer;
            schedule = recipe.schedule;
            epochs = recipe.epochs;
            batchSize = recipe.batchSize;
            augmentations = recipe.augmentations;
            labelSmoothing = recipe.labelSmoothing;
            averaging = recipe.averaging;
            clipNorm = recipe.clipNorm;
            patience = recipe.patience;
            balance = recipe.balance;
            selectBy = recipe.selectBy;
            groups = recipe.groups;
            loss = recipe.loss;
            pretrained = recipe.pretrained;
        }

        /** Puts a random crop, which also shifts, in the place of a recipe's own and of shifts. */
        void cropPhotos() {
            augmentations = Stream.concat(
                            augmentations.stream()
                                    .filter(one ->
                                            !(one instanceof Augmentation.Shift || one instanceof Augmentation.Crop)),
                            Stream.of(Augmentation.crop(0.4)))
                    .toList();
        }

        Recipe recipe() {
            return new Recipe(
                    optimizer,
                    schedule,
                    epochs,
                    batchSize,
                    augmentations,
                    labelSmoothing,
                    averaging,
                    clipNorm,
                    patience,
                    balance,
                    selectBy,
                    groups,
                    loss,
                    pretrained);
        }
    }
}
