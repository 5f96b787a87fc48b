package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import org.jspecify.annotations.Nullable;

/**
 * Orders a trial, to be run on this machine or another: what to do, what it is made from, and where that is.
 *
 * @param spec the trial
 * @param dataset which images
 * @param split how they are split
 * @param inputs plugin, data and software that are expected; others are refused
 * @param supplies where plugin, images and weights are
 * @param timeoutSeconds time after which it is stopped; null for no limit
 * @param processor model that it must run on, as in {@link Machine}, since bits are equal only on the same model; null
 *     for any
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

    /** The longest time of a trial, a year: no clock of a process counts what some numbers would mean. */
    private static final long MOST_SECONDS = 366L * 24 * 60 * 60;

    /** Checks the ranges of the numbers. */
    public TrialOrder {
        require("timeout_seconds", timeoutSeconds == null ? 1 : timeoutSeconds, 1, MOST_SECONDS);
        require("attempt", attempt, 1, Integer.MAX_VALUE);
        if (spec != null && split != null) { // an order without them is refused where it is read
            require("threads", spec.threads(), 1, TrialSpec.MOST_THREADS);
            require("fold", spec.fold(), 0, split.lastFold());
        }
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new RequestException(key + " must be from " + least + " to " + most + ", but is " + value);
        }
    }

    /** Loads the images of the trial, from where the order says. */
    public TrialImages images(DataHome home) {
        return split.split(dataset.load(home), spec.fold());
    }

    /** Replaces the inputs. */
    public TrialOrder with(TrialInputs newInputs) {
        return new TrialOrder(spec, dataset, split, newInputs, supplies, timeoutSeconds, processor, attempt);
    }

    /** Replaces the places of the files. */
    public TrialOrder from(DatasetSpec newDataset, Supplies newSupplies) {
        return new TrialOrder(spec, newDataset, split, inputs, newSupplies, timeoutSeconds, processor, attempt);
    }

    /** Sets the number of the attempt. */
    public TrialOrder numbered(int newAttempt) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, processor, newAttempt);
    }

    /** Requires one kind of processor. */
    public TrialOrder on(@Nullable String newProcessor) {
        return new TrialOrder(spec, dataset, split, inputs, supplies, timeoutSeconds, newProcessor, attempt);
    }

    /** Refuses an outcome that was made from other inputs than ordered. */
    public TrialOutcome own(TrialOutcome outcome) {
        boolean own = outcome.trial().id().equals(spec.id())
                && (!(outcome instanceof TrialOutcome.Done done)
                        || TrialKey.of(with(done.provenance().inputs())).equals(TrialKey.of(this)));
        return own
                ? outcome
                : new TrialOutcome.Lost(
                        spec, "it was made with another plugin, other images or another version than the order states");
    }
}
