package io.catwalk.runner.trial;

import io.catwalk.runner.data.DataHome;
import org.jspecify.annotations.Nullable;

/**
 * Hands a trial to whoever runs it, on this machine or another: what to do, what it is made from, and where that is.
 *
 * @param spec the trial
 * @param dataset which images
 * @param split which of them are for validation
 * @param inputs plugin, data and software that are expected; others are refused
 * @param supplies where plugin, images and weights are
 * @param timeoutSeconds after which it is stopped; null lets it run
 * @param processor model that it must run on, as {@link Machine} has it, since bits are equal on one kind only; null for any
 * @param attempt number of the attempt, from 1: a lost trial is ordered again
 */
public record TrialOrder(
        TrialSpec spec,
        DatasetSpec dataset,
        SplitSpec split,
        TrialInputs inputs,
        Supplies supplies,
        @Nullable Long timeoutSeconds,
        @Nullable String processor,
        int attempt) {

    /**
     * Loads the images that the trial sees, from where the request says.
     *
     * @param home where data sets are
     * @return training, validation and judging images
     * @throws RequestException if the data set or the split is wrong
     */
    public TrialImages images(DataHome home) {
        return split.split(dataset.load(home), spec.fold());
    }

    /**
     * Asks for the same, made from something else.
     *
     * @param newInputs plugin, data and software
     * @return a changed copy
     */
    public TrialOrder with(TrialInputs newInputs) {
        return new TrialOrder(spec, dataset, split, newInputs, supplies, timeoutSeconds, processor, attempt);
    }

    /**
     * Asks for the same from other places.
     *
     * @param newDataset the same images, perhaps under another path
     * @param newSupplies where the files are
     * @return a changed copy
     */
    public TrialOrder from(DatasetSpec newDataset, Supplies newSupplies) {
        return new TrialOrder(spec, newDataset, split, inputs, newSupplies, timeoutSeconds, processor, attempt);
    }

    /**
     * Asks for it once more.
     *
     * @param newAttempt number of the attempt, from 1
     * @return a changed copy
     */
    public TrialOrder numbered(int newAttempt) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, processor, newAttempt);
    }

    /**
     * Asks for it on one kind of processor.
     *
     * @param newProcessor model that it must run on; null for any
     * @return a changed copy
     */
    public TrialOrder on(@Nullable String newProcessor) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, newProcessor, attempt);
    }

    /**
     * Refuses an outcome that was made from something else than was ordered.
     *
     * @param outcome what somebody says came of it
     * @return the outcome, or that the trial is lost
     */
    public TrialOutcome own(TrialOutcome outcome) {
        boolean own = outcome.trial().id().equals(spec.id())
                && (!(outcome instanceof TrialOutcome.Done done)
                        || TrialKey.of(with(done.provenance().inputs())).equals(TrialKey.of(this)));
        return own
                ? outcome
                : new TrialOutcome.Lost(
                        spec, "it was made from another plugin, other images or by another version than was ordered");
    }
}
