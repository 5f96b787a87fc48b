package io.catwalk.api;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Says how to train a network. Immutable; each {@code with} method returns a changed copy.
 *
 * @param optimizer what turns gradients into steps, with the peak learning rate
 * @param schedule how the learning rate moves
 * @param epochs passes over the training images; at least 1
 * @param batchSize images per step; at least 1
 * @param augmentations random changes of the training images; at most one of them mixes images
 * @param labelSmoothing probability mass moved from the true class to all classes alike, 0 or above and
 *     below 1; 0 is none (Szegedy et al., "Rethinking the Inception Architecture", 2016)
 * @param averaging decay per step of the exponential moving average of the weights that is evaluated in
 *     their place, 0 or above and below 1, at step n at most (1 + n) / (10 + n); 0 evaluates the weights
 *     themselves
 * @param clipNorm largest Euclidean norm of all gradients together; 0 leaves them as they are
 * @param patience epochs without a better one after which training stops; better is what {@code selectBy} says; 0
 *     never stops early
 * @param balance what is done about classes of unequal size
 * @param selectBy what the best epoch is chosen by, whose weights are kept
 * @param groups parameters that learn at a rate of their own; the first that a parameter is of counts, and the others
 *     learn at the rate of the optimizer
 */
public record Recipe(
        Optimizer optimizer,
        Schedule schedule,
        int epochs,
        int batchSize,
        List<Augmentation> augmentations,
        double labelSmoothing,
        double averaging,
        double clipNorm,
        int patience,
        Balance balance,
        Criterion selectBy,
        List<ParameterGroup> groups) {

    /** Checks every number against its range; what is not said of the last three is as in the standard recipe. */
    public Recipe {
        Check.atLeast("epochs", epochs, 1);
        Check.atLeast("batchSize", batchSize, 1);
        Check.fraction("labelSmoothing", labelSmoothing);
        Check.fraction("averaging", averaging);
        Check.notNegative("clipNorm", clipNorm);
        Check.atLeast("patience", patience, 0);
        augmentations = List.copyOf(augmentations);
        balance = Objects.requireNonNullElse(balance, Balance.NONE);
        selectBy = Objects.requireNonNullElse(selectBy, Criterion.ACCURACY);
        groups = groups == null ? List.of() : List.copyOf(groups);
        if (augmentations.stream().filter(Recipe::mixes).count() > 1) {
            throw new IllegalArgumentException("augmentations must mix images at most once, but have mixtures "
                    + augmentations.stream().filter(Recipe::mixes).toList());
        }
    }

    private static boolean mixes(Augmentation augmentation) {
        return augmentation instanceof Augmentation.Mixup || augmentation instanceof Augmentation.CutMix;
    }

    /**
     * Returns a recipe that suits most small networks: AdamW at 0.002 in one cycle over 10 epochs in
     * batches of 128, with nothing else.
     *
     * @return the recipe to start from
     */
    public static Recipe standard() {
        return new Recipe(
                new Optimizer.AdamW(0.002, 0.01),
                new Schedule.OneCycle(0.2),
                10,
                128,
                List.of(),
                0,
                0,
                0,
                0,
                Balance.NONE,
                Criterion.ACCURACY,
                List.of());
    }

    /**
     * Replaces the optimizer.
     *
     * @param optimizer what turns gradients into steps
     * @return a changed copy
     */
    public Recipe withOptimizer(Optimizer optimizer) {
        return changed(parts -> parts.optimizer = optimizer);
    }

    /**
     * Replaces the schedule.
     *
     * @param schedule how the learning rate moves
     * @return a changed copy
     */
    public Recipe withSchedule(Schedule schedule) {
        return changed(parts -> parts.schedule = schedule);
    }

    /**
     * Replaces the length.
     *
     * @param epochs passes over the training images; at least 1
     * @return a changed copy
     */
    public Recipe withEpochs(int epochs) {
        return changed(parts -> parts.epochs = epochs);
    }

    /**
     * Replaces the batch size.
     *
     * @param batchSize images per step; at least 1
     * @return a changed copy
     */
    public Recipe withBatchSize(int batchSize) {
        return changed(parts -> parts.batchSize = batchSize);
    }

    /**
     * Replaces the augmentations.
     *
     * @param augmentations random changes of the training images, in this order
     * @return a changed copy
     */
    public Recipe withAugmentations(Augmentation... augmentations) {
        return changed(parts -> parts.augmentations = List.of(augmentations));
    }

    /**
     * Replaces the label smoothing.
     *
     * @param labelSmoothing 0 or above and below 1
     * @return a changed copy
     */
    public Recipe withLabelSmoothing(double labelSmoothing) {
        return changed(parts -> parts.labelSmoothing = labelSmoothing);
    }

    /**
     * Replaces the decay of the weight average.
     *
     * @param averaging decay per step, 0 or above and below 1
     * @return a changed copy
     */
    public Recipe withAveraging(double averaging) {
        return changed(parts -> parts.averaging = averaging);
    }

    /**
     * Replaces the limit of the gradient norm.
     *
     * @param clipNorm largest norm, or 0 for no limit
     * @return a changed copy
     */
    public Recipe withClipNorm(double clipNorm) {
        return changed(parts -> parts.clipNorm = clipNorm);
    }

    /**
     * Replaces the patience of early stopping.
     *
     * @param patience epochs, or 0 never to stop early
     * @return a changed copy
     */
    public Recipe withPatience(int patience) {
        return changed(parts -> parts.patience = patience);
    }

    /**
     * Replaces what is done about classes of unequal size.
     *
     * @param balance what is done
     * @return a changed copy
     */
    public Recipe withBalance(Balance balance) {
        return changed(parts -> parts.balance = balance);
    }

    /**
     * Replaces what the best epoch is chosen by.
     *
     * @param selectBy what it is chosen by
     * @return a changed copy
     */
    public Recipe withSelectBy(Criterion selectBy) {
        return changed(parts -> parts.selectBy = selectBy);
    }

    /**
     * Replaces the groups of parameters that learn at a rate of their own.
     *
     * @param groups in the order in which they are asked; none lets all learn at the rate of the optimizer
     * @return a changed copy
     */
    public Recipe withGroups(ParameterGroup... groups) {
        return changed(parts -> parts.groups = List.of(groups));
    }

    private Recipe changed(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.recipe();
    }

    /** The components, while one of them is changed: the only other place that lists them. */
    private static final class Parts {

        private Optimizer optimizer;
        private Schedule schedule;
        private int epochs;
        private int batchSize;
        private List<Augmentation> augmentations;
        private double labelSmoothing;
        private double averaging;
        private double clipNorm;
        private int patience;
        private Balance balance;
        private Criterion selectBy;
        private List<ParameterGroup> groups;

        Parts(Recipe recipe) {
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
                    groups);
        }
    }
}
