package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds the outcomes of an experiment so far, at most one per trial. A later one replaces an earlier one. */
public final class Outcomes {

    /** By the id of the trial, which is far faster to look up than the whole specification. */
    private final Map<String, TrialOutcome> byId = new LinkedHashMap<>();

    /** Longest times of the trials that are done, by classifier. */
    private final Map<String, Pace> paces = new HashMap<>();

    /** Adds an outcome, or replaces an earlier one of the same trial. */
    public void put(TrialOutcome outcome) {
        byId.put(outcome.trial().id(), outcome);
        if (outcome instanceof TrialOutcome.Done done) {
            paces.merge(done.trial().classifier(), Pace.of(done.timing()), Pace::most);
        }
    }

    /** Returns how long a trial of a classifier takes at the most, as far as that is known. */
    Pace pace(String classifier) {
        return paces.getOrDefault(classifier, Pace.UNKNOWN);
    }

    /** Returns the outcome of a trial; null if there is none. */
    public @Nullable TrialOutcome of(TrialSpec trial) {
        return byId.get(trial.id());
    }

    public boolean has(TrialSpec trial) {
        return byId.containsKey(trial.id());
    }

    /** Lists all outcomes, in the order in which the trials finished first. */
    public Collection<TrialOutcome> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** Lists the outcomes of those trials that have one, in their order. */
    public List<TrialOutcome> of(List<TrialSpec> trials) {
        return trials.stream().flatMap(trial -> Stream.ofNullable(of(trial))).toList();
    }

    int size() {
        return byId.size();
    }

    /** The seconds that a trial takes: once, for loading, evaluation and export, and for each epoch. */
    record Pace(double once, double epoch) {

        static final Pace UNKNOWN = new Pace(0, 0);

        /** Computes it from a trial that has ended. */
        static Pace of(Timing timing) {
            double epochs = Math.min(timing.totalSeconds(), timing.secondsPerEpoch() * timing.epochs());
            return new Pace(timing.totalSeconds() - epochs, epochs / Math.max(1, timing.epochs()));
        }

        /** Returns the slower of both, in each part. */
        Pace most(Pace other) {
            return new Pace(Math.max(once, other.once), Math.max(epoch, other.epoch));
        }

        /** Returns the seconds of a trial with this many epochs. */
        double seconds(int epochs) {
            return once + epoch * epochs;
        }
    }
}
