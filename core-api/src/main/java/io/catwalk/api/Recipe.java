package io.catwalk.api;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says how to train a network. Immutable; begin with {@link #standard}, each {@code with} method returns a changed copy.
 */
public final class Recipe extends Rule {

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
            throw new IllegalArgumentException("augmentations must mix images at most once, but have mixtures "
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
        // What a file does not say is as in the standard recipe.
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
     * Returns a recipe that suits most small networks: AdamW at 0.002 in one cycle over 10 epochs in
     * batches of 128, with nothing else.
     *
     * @return the recipe to start from
     */
    public static Recipe standard() {
        return new Recipe(
                Optimizer.adamW(0.002, 0.01),
                Schedule.oneCycle(0.2),
                10,
                128,
                List.of(),
                0,
                0,
                0,
                0,
                Balance.NONE,
                Criterion.ACCURACY,
                List.of(),
                Loss.CROSS_ENTROPY,
                false);
    }

    /**
     * Replaces the optimizer.
     *
     * @param optimizer what turns gradients into steps
     * @return a changed copy
     */
    public Recipe withOptimizer(Optimizer optimizer) {
        return changed(draft -> draft.optimizer = optimizer);
    }

    /**
     * Replaces the schedule.
     *
     * @param schedule how the learning rate moves
     * @return a changed copy
     */
    public Recipe withSchedule(Schedule schedule) {
        return changed(draft -> draft.schedule = schedule);
    }

    /**
     * Replaces the length.
     *
     * @param epochs passes over the training images; at least 1
     * @return a changed copy
     */
    public Recipe withEpochs(int epochs) {
        return changed(draft -> draft.epochs = epochs);
    }

    /**
     * Replaces the batch size.
     *
     * @param batchSize images per step; at least 1
     * @return a changed copy
     */
    public Recipe withBatchSize(int batchSize) {
        return changed(draft -> draft.batchSize = batchSize);
    }

    /**
     * Replaces the augmentations.
     *
     * @param augmentations random changes of the training images, in this order
     * @return a changed copy
     */
    public Recipe withAugmentations(Augmentation... augmentations) {
        return changed(draft -> draft.augmentations = List.of(augmentations));
    }

    /**
     * Replaces the label smoothing (Szegedy et al., "Rethinking the Inception Architecture", 2016).
     *
     * @param labelSmoothing 0 or above and below 1
     * @return a changed copy
     */
    public Recipe withLabelSmoothing(double labelSmoothing) {
        return changed(draft -> draft.labelSmoothing = labelSmoothing);
    }

    /**
     * Replaces the decay of the exponential moving average of the weights, which is evaluated in their place.
     *
     * @param averaging decay per step, 0 or above and below 1; at step n at most (1 + n) / (10 + n)
     * @return a changed copy
     */
    public Recipe withAveraging(double averaging) {
        return changed(draft -> draft.averaging = averaging);
    }

    /**
     * Replaces the limit of the gradient norm.
     *
     * @param clipNorm largest norm, or 0 for no limit
     * @return a changed copy
     */
    public Recipe withClipNorm(double clipNorm) {
        return changed(draft -> draft.clipNorm = clipNorm);
    }

    /**
     * Replaces the patience of early stopping.
     *
     * @param patience epochs, or 0 never to stop early
     * @return a changed copy
     */
    public Recipe withPatience(int patience) {
        return changed(draft -> draft.patience = patience);
    }

    /**
     * Replaces what is done about classes of unequal size.
     *
     * @param balance what is done
     * @return a changed copy
     */
    public Recipe withBalance(Balance balance) {
        return changed(draft -> draft.balance = balance);
    }

    /**
     * Replaces what the best epoch is chosen by.
     *
     * @param selectBy what it is chosen by
     * @return a changed copy
     */
    public Recipe withSelectBy(Criterion selectBy) {
        return changed(draft -> draft.selectBy = selectBy);
    }

    /**
     * Replaces the groups of parameters that learn at a rate of their own.
     *
     * @param groups in the order in which they are asked; none lets all learn at the rate of the optimizer
     * @return a changed copy
     */
    public Recipe withGroups(ParameterGroup... groups) {
        return changed(draft -> draft.groups = List.of(groups));
    }

    /**
     * Replaces what the training makes small.
     *
     * @param loss the cross-entropy, or what {@link Classifier#loss} says
     * @return a changed copy
     */
    public Recipe withLoss(Loss loss) {
        return changed(draft -> draft.loss = loss);
    }

    /**
     * Lets the training start from {@link Classifier#weights}, unless the user names others.
     *
     * @param pretrained whether it does
     * @return a changed copy
     */
    public Recipe withPretrained(boolean pretrained) {
        return changed(draft -> draft.pretrained = pretrained);
    }

    /** {@return what turns gradients into steps, with the peak learning rate} */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** {@return how the learning rate moves} */
    public Schedule schedule() {
        return schedule;
    }

    /** {@return passes over the training images; at least 1} */
    public int epochs() {
        return epochs;
    }

    /** {@return images per step; at least 1} */
    public int batchSize() {
        return batchSize;
    }

    /** {@return random changes of the training images; at most one of them mixes images} */
    public List<Augmentation> augmentations() {
        return augmentations;
    }

    /** {@return probability mass moved from the true class to all classes alike, 0 or above and below 1; 0 is none} */
    public double labelSmoothing() {
        return labelSmoothing;
    }

    /** {@return decay per step of the average of the weights that is evaluated in their place, 0 or above and below 1; 0 evaluates the weights themselves} */
    public double averaging() {
        return averaging;
    }

    /** {@return largest Euclidean norm of all gradients together; 0 leaves them as they are} */
    public double clipNorm() {
        return clipNorm;
    }

    /** {@return epochs without a better one after which training stops; 0 never stops early} */
    public int patience() {
        return patience;
    }

    /** {@return what is done about classes of unequal size} */
    public Balance balance() {
        return balance;
    }

    /** {@return what the best epoch is chosen by, whose weights are kept} */
    public Criterion selectBy() {
        return selectBy;
    }

    /** {@return parameters that learn at a rate of their own; the first that a parameter is of counts} */
    public List<ParameterGroup> groups() {
        return groups;
    }

    /** {@return what the training makes small} */
    public Loss loss() {
        return loss;
    }

    /** {@return whether the training starts from the weights that the classifier comes with} */
    public boolean pretrained() {
        return pretrained;
    }

    @Override
    List<Object> parts() {
        return List.of(
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

    private Recipe changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.recipe();
    }

    /** The components, while one of them is changed. */
    private static final class Draft {

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
        private Loss loss;
        private boolean pretrained;

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
