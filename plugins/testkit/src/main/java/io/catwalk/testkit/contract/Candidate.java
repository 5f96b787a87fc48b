package io.catwalk.testkit.contract;

import ai.djl.nn.Block;
import io.catwalk.api.Choice;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Support;
import io.catwalk.api.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classifier that is created for one check, with the methods that most checks need. */
final class Candidate {

    static final int SEED = 20170825;

    /** A search space of at most this many points is checked at each of them. */
    private static final int MOST_POINTS = 64;

    /** Most checks use the first of these that the classifier supports. */
    private static final List<Task> PREFERRED = List.of(
            Task.of(1, 28, 28, 10),
            Task.of(1, 32, 32, 10),
            Task.of(3, 32, 32, 10),
            Task.of(3, 64, 64, 10),
            Task.of(3, 224, 224, 10));

    /** Gray and color, small and large, and two numbers of classes. */
    private static final List<Task> VARIED =
            List.of(Task.of(1, 28, 28, 10), Task.of(3, 28, 28, 10), Task.of(1, 32, 32, 10), Task.of(3, 32, 32, 7));

    private final Subject subject;
    private @Nullable Classifier made;

    Candidate(Subject subject) {
        this.subject = subject;
    }

    Subject subject() {
        return subject;
    }

    /** Returns the classifier, the same instance within a check. */
    Classifier classifier() {
        if (made == null) {
            made = subject.source().get();
        }
        return made;
    }

    boolean supports(Task task) {
        Support support = classifier().supports(task);
        BrokenPromise.unless(support != null, "supports(" + task + ") returned null");
        return support.reason().isEmpty();
    }

    /** Returns the task of most checks. */
    Task task() {
        return PREFERRED.stream()
                .filter(this::supports)
                .findFirst()
                .orElseThrow(() ->
                        new BrokenPromise("expected one of these tasks to be supported, but none is: " + PREFERRED));
    }

    /** Returns the task of most checks, and supported tasks of other shapes. */
    List<Task> tasks() {
        List<Task> tasks = new ArrayList<>(List.of(task()));
        VARIED.stream().filter(task -> !tasks.contains(task) && supports(task)).forEach(tasks::add);
        return tasks;
    }

    /**
     * Returns the points of the search space; for a large one, the defaults and all points that differ from them in one
     * value.
     */
    List<Hyperparameters> points() {
        SearchSpace space = classifier().searchSpace();
        long all = 1;
        for (Choice choice : space.choices().values()) {
            all = Math.min(all * choice.values().size(), MOST_POINTS + 1L);
        }
        if (all <= MOST_POINTS) {
            return space.points();
        }
        List<Hyperparameters> points = new ArrayList<>(List.of(space.defaults()));
        space.choices()
                .forEach((name, choice) -> choice.values().stream()
                        .skip(1)
                        .map(value -> space.choose(Map.of(name, value)))
                        .forEach(points::add));
        return points;
    }

    /** Builds the network of the default hyperparameters. */
    Block network(Task task) {
        return network(task, classifier().searchSpace().defaults());
    }

    Block network(Task task, Hyperparameters point) {
        Block network = classifier().network(task, point);
        BrokenPromise.unless(network != null, "network(" + task + ", " + point.values() + ") returned null");
        return network;
    }

    /** Builds the network and draws its weights from the seed of all checks; the caller must close it. */
    Network initialized(Task task) {
        return initialized(task, classifier().searchSpace().defaults());
    }

    /** Builds the network of a point, and draws its weights likewise; the caller must close it. */
    Network initialized(Task task, Hyperparameters point) {
        return Network.initialized(
                network(task, point), Images.random(task, 1, SEED).shape(), SEED);
    }
}
