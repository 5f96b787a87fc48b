package io.catwalk.runner.experiment;

import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds the outcomes of an experiment so far, at most one per trial. A later one replaces an earlier one. */
public final class Outcomes {

    /** By the id of the trial, which is far faster to look up than the whole specification. */
    private final Map<String, TrialOutcome> byId = new LinkedHashMap<>();

    /** Adds an outcome, or replaces an earlier one of the same trial. */
    public void put(TrialOutcome outcome) {
        byId.put(outcome.trial().id(), outcome);
    }

    /** Returns the outcome of a trial; null if there is none. */
    public @Nullable TrialOutcome of(TrialSpec trial) {
        return byId.get(trial.id());
    }

    /** Tells whether a trial has an outcome. */
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

    /** Counts the outcomes. */
    int size() {
        return byId.size();
    }
}
