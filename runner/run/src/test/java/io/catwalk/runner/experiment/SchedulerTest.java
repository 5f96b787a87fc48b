package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.catwalk.api.Recipe;
import io.catwalk.runner.experiment.Scheduler.Stopwatch;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Controls a scheduler by hand, in one thread, by scripts. {@code b: a=0.8, +70; c: =lost no disk} says that when b
 * begins, a is done with an accuracy of 0.8 and 70 seconds pass, and that c is lost when it begins. Whatever the
 * scheduler does is an event: {@code a(} for a begins, {@code a)} ends, {@code a!} is canceled, {@code a~} is tried
 * again, {@code a=} is kept from an earlier start.
 *
 * <p>Of the search, {@code 2x3/1} is candidate 2 with 3 epochs on fold 1.
 */
@Timeout(20)
class SchedulerTest {

    private static final Instant START = Instant.parse("2026-11-24T15:15:49Z");

    /** Made-up trials take 12.3 s per epoch, and no other time if they have five. */
    private static final int EPOCHS = 5;

    private final Hand hand = new Hand();
    private final Outcomes finished = new Outcomes();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            slots are kept filled in the order of the request | 2 | a b c d | - | b: =0.9; c: a=0.8; d: c=0.7, d=0.6 | a( b( b) c( a) d( c) d) | a=0.8, b=0.9, c=0.7, d=0.6
            what has finished before is not run again | 1 | a b c | - | before: b=0.5; all: 0.9 | a( a) c( c) | b=0.5
            what fits 100 s begins though an earlier trial of 492 s does not | 1 | a@known a@long:40 a@short a@shortest:1 | 100 | before: a@known=0.5; a@short: +70, =0.9; a@shortest: =0.8 | a@short( a@short) a@shortest( a@shortest) | a@short=0.9
            the pace is learnt from the trials of this run | 1 | a@one a@two | 100 | a@one: +50, =0.9 | a@one( a@one) | a@one=0.9
            the deadline cancels what runs and leaves it without outcome | 2 | a b c | 100 | b: +99.999 | a( b( a! b! | -
            what has ended by the deadline keeps its outcome | 3 | a b c d | 100 | c: c=0.9, a=0.8, +101 | a( b( c( a) c) b! | a=0.8, c=0.9
            without time nothing begins | 1 | a | 0 | - | - | -
            a failure stands | 1 | a b | - | a: =failed out of memory; b: =0.9 | a( a) b( b) | a=failed out of memory, b=0.9
            who is done at the second try keeps the first reason | 1 | a b | retry | a: =failed NaN; b: =0.9; a: =0.8 | a( a~ b( b) a( a) | a=0.8 after NaN, b=0.9
            a second failure stands beside the first reason | 1 | a | retry | a: =failed NaN; a: =failed no memory | a( a~ a( a) | a=failed no memory after NaN
            a lost trial is tried three times in all | 1 | a | - | a: =lost no process; a: =lost no memory; a: =lost no space | a( a~ a( a~ a( a) | a=lost no space
            who is lost with its executor is not tried again | 1 | a | - | a: over, =lost Spark ended | a( a) | a=lost Spark ended
            who was lost may still be done and did not fail | 1 | a | - | a: =lost no process; a: =0.9 | a( a~ a( a) | a=0.9
            who cannot be prepared is lost and no other | 1 | a b | - | before: a=unprepared; b: =0.9 | a) b( b) | a=lost cannot make its folder, b=0.9
            a rung begins once the earlier one is complete | 3 | search | - | 1x1/2: =0.7; 2x1/2: =0.9; 3x1/1: =0.8; 3x1/2: =0.8, 2x1/1=0.9, 1x1/1=0.7; 2x3/1: =0.9; 2x3/2: =0.9; 3x3/1: =0.95; 3x3/2: =0.95; best: =0.97 | 1x1/1( 1x1/2( 2x1/1( 1x1/2) 2x1/2( 2x1/2) 3x1/1( 3x1/1) 3x1/2( 2x1/1) 1x1/1) 3x1/2) 2x3/1( 2x3/2( 3x3/1( 2x3/1) 3x3/2( 2x3/2) 3x3/1) 3x3/2) best( best) | best=0.97 of 3
            a search goes on though the last of a rung cannot be prepared | 1 | search | - | before: 3x1/2=unprepared; all: 0.9 | 1x1/1( 1x1/1) 1x1/2( 1x1/2) 2x1/1( 2x1/1) 2x1/2( 2x1/2) 3x1/1( 3x1/1) 3x1/2) 1x3/1( 1x3/1) 1x3/2( 1x3/2) 2x3/1( 2x3/1) 2x3/2( 2x3/2) best( best) | best=0.9 of 1
            what an earlier start did in later rungs though 1 had failed is not run again | 1 | search | - | before: 1x1/1=0.8, 2x1/1=0.8, 2x1/2=0.8, 3x1/1=0.8, 3x1/2=0.8; left: 2x3/1=0.9, 2x3/2=0.9, 3x3/1=0.9, 3x3/2=0.9, best=0.9; 1x1/2: =failed no memory | 1x1/2( 1x1/2) 2x3/1= 2x3/2= 3x3/1= 3x3/2= best= | best=0.9 of 2
            only what a new outcome calls for is run | 1 | search | - | before: 1x1/1=0.8, 2x1/1=0.8, 2x1/2=0.8, 3x1/1=0.8, 3x1/2=0.8; left: 2x3/1=0.9, 2x3/2=0.9, 3x3/1=0.9, 3x3/2=0.9; all: 0.95 | 1x1/2( 1x1/2) 2x3/1= 2x3/2= 1x3/1( 1x3/1) 1x3/2( 1x3/2) best( best) | best=0.95 of 1
            """)
    void itDoesWhatIsLeft(
            String what, int slots, String trials, String policy, String script, String events, String outcomes)
            throws Exception {
        run(slots, trials, policy, script);

        assertThat(hand.events).containsExactlyElementsOf(list(events, " "));
        assertThat(outcomes()).as(what).containsAll(list(outcomes, ", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            before: a=unwritten; b: a=0.9 | java.io.IOException            | a( b( b!
            b: interrupt                  | java.lang.InterruptedException | a( b( a! b!
            b: a=canceled                 | java.lang.InterruptedException | a( b( b!
            """)
    void whatEndsTheRunCancelsWhatRuns(String script, Class<? extends Throwable> end, String events) {
        assertThat(catchThrowable(() -> run(2, "a b c", "-", script))).isInstanceOf(end);
        assertThat(hand.events).containsExactlyElementsOf(list(events, " "));
        assertThat(finished.all()).isEmpty();
    }

    static Stream<Exception> troubles() {
        return Stream.of(
                new IOException("Too many open files"),
                new IllegalStateException("Too many open files"),
                new IOException("Too many open files", new RuntimeException("beneath")));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void troubleOfTheExecutorLosesTheTrialAndNoOther(Exception trouble) throws Exception {
        hand.trouble = trouble;

        run(1, "a b", "-", "a: =trouble; a: =trouble; a: =trouble; b: =0.9");

        assertThat(outcomes()).contains("b=0.9").anyMatch(one -> one.matches("a=lost .*Too many open files.*"));
    }

    private void run(int slots, String trials, String policy, String script) throws IOException, InterruptedException {
        ExperimentSpec request = trials.equals("search")
                ? Requests.search(
                        Requests.FASHION,
                        "a",
                        Recipe.standard().withEpochs(EPOCHS),
                        3,
                        new TuningSpec.Rung(1, 3),
                        new TuningSpec.Rung(3, 2))
                : Requests.of(list(trials, " ").stream()
                        .map(SchedulerTest::contestant)
                        .toArray(ClassifierConfig[]::new));
        hand.slots = slots;
        for (String reaction : list(script, "; ")) {
            String event = reaction.substring(0, reaction.indexOf(": "));
            List<String> actions = list(reaction.substring(event.length() + 2), ", ");
            switch (event) {
                case "all" -> hand.always = actions.get(0);
                case "left" -> actions.forEach(one -> hand.left.put(before(one), after(one)));
                case "before" -> actions.forEach(one -> prepare(request, before(one), after(one)));
                default ->
                    hand.reactions
                            .computeIfAbsent(event, any -> new ArrayDeque<>())
                            .add(actions);
            }
        }
        Duration budget = policy.matches("[0-9]+") ? Duration.ofSeconds(Long.parseLong(policy)) : null;
        RunPolicy how = new RunPolicy(budget, policy.equals("retry"), false, null);
        hand.request = request;
        Stopwatch stopwatch = new Stopwatch(hand.clock(), START, 0, START);
        try (Scheduler scheduler = new Scheduler(hand, finished, hand, how, stopwatch, hand::note)) {
            for (TrialOutcome next = scheduler.next(); next != null; next = scheduler.next()) {
                hand.write(next);
                finished.put(next);
            }
        }
    }

    private void prepare(ExperimentSpec request, String name, String what) {
        switch (what) {
            case "unprepared" -> hand.unprepared.add(name);
            case "unwritten" -> hand.unwritten.add(name);
            default ->
                request.trials(new Outcomes()).stream()
                        .filter(trial -> name(trial).equals(name))
                        .forEach(trial -> finished.put(outcome(trial, what)));
        }
    }

    private static List<String> list(String text, String separator) {
        return text.equals("-") ? List.of() : List.of(text.split(separator, -1));
    }

    private static String before(String action) {
        return action.substring(0, action.indexOf('='));
    }

    private static String after(String action) {
        return action.substring(action.indexOf('=') + 1);
    }

    /** Reads such as {@code a@long:40}: a name, a variant and the epochs. */
    private static ClassifierConfig contestant(String text) {
        String[] parts = text.split("[@:]", -1);
        int epochs = parts.length > 2 ? Integer.parseInt(parts[2]) : EPOCHS;
        return new ClassifierConfig(
                parts[0],
                parts.length > 1 ? parts[1] : "default",
                Map.of(),
                Recipe.standard().withEpochs(epochs),
                null,
                null,
                null,
                null,
                null);
    }

    private static String name(TrialSpec trial) {
        return trial.fold() == 0
                ? trial.label().replace("a@best", "best")
                : trial.id().replaceFirst("a@t0(.)-(.)ep/1-", "$1x$2/");
    }

    private static TrialOutcome outcome(TrialSpec trial, String how) {
        if (how.startsWith("failed ")) {
            return new TrialOutcome.Failed(trial, how.substring("failed ".length()));
        }
        return how.startsWith("lost ")
                ? new TrialOutcome.Lost(trial, how.substring("lost ".length()))
                : MadeUp.done(trial, Double.parseDouble(how));
    }

    private List<String> outcomes() {
        return finished.all().stream()
                .map(outcome -> {
                    String name = name(outcome.trial());
                    String first = outcome.firstError() == null ? "" : " after " + outcome.firstError();
                    String units = name.equals("best")
                            ? " of " + outcome.trial().hyperparameters().get("units")
                            : "";
                    String end = outcome instanceof TrialOutcome.Done done
                            ? Double.toString(done.metrics().test().accuracy())
                            : (outcome instanceof TrialOutcome.Failed ? "failed " : "lost ") + outcome.error();
                    return name + "=" + end + units + first;
                })
                .toList();
    }

    /** Executor, trials and clock in one, which does only what a script says. */
    private final class Hand implements TrialExecutor, Scheduler.Trials {

        private final List<String> events = new ArrayList<>();
        private final Map<String, Deque<List<String>>> reactions = new HashMap<>();
        private final Map<String, TrialSpec> trials = new HashMap<>();
        private final Map<String, CompletableFuture<TrialOutcome>> running = new HashMap<>();
        private final Set<String> unprepared = new HashSet<>();
        private final Set<String> unwritten = new HashSet<>();

        /** What an earlier start has left, by the names of the trials. */
        private final Map<String, String> left = new HashMap<>();

        private ExperimentSpec request = Requests.of();
        private Exception trouble = new IOException();
        private @Nullable String always;
        private Instant now = START;
        private int slots = 1;
        private boolean over;

        private void act(String name, String action) {
            if (action.startsWith("+")) {
                now = now.plusMillis(Math.round(Double.parseDouble(action) * 1000));
            } else if (action.equals("over")) {
                over = true;
            } else if (action.equals("interrupt")) {
                Thread.currentThread().interrupt();
            } else {
                end(action.startsWith("=") ? name : before(action), after(action));
            }
        }

        private void end(String name, String how) {
            CompletableFuture<TrialOutcome> one = Objects.requireNonNull(running.get(name), name);
            boolean unused = switch (how) {
                case "canceled" -> one.cancel(false);
                case "trouble" -> one.completeExceptionally(trouble);
                default -> one.complete(outcome(Objects.requireNonNull(trials.get(name)), how));
            };
        }

        @Override
        public int slots() {
            return slots;
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public Submitted submit(TrialOrder order, TrialFolder folder, Consumer<TrialNews> listener) {
            throw new UnsupportedOperationException("the run submits its trials");
        }

        @Override
        public Submitted submit(TrialSpec trial, int attempt) throws IOException {
            String name = name(trial);
            trials.put(name, trial);
            if (unprepared.contains(name)) {
                throw new IOException("cannot make its folder");
            }
            CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
            running.put(name, outcome);
            events.add(name + "(");
            Deque<List<String>> next = reactions.getOrDefault(name, new ArrayDeque<>());
            if (!next.isEmpty()) {
                next.remove().forEach(action -> act(name, action));
            }
            if (always != null) {
                end(name, always);
            }
            return new Submitted(outcome, () -> events.add(name + "!"));
        }

        @Override
        public List<TrialSpec> left() {
            List<TrialSpec> unfinished = unfinished();
            for (TrialSpec trial : unfinished) {
                String how = left.remove(name(trial));
                if (how != null) {
                    events.add(name(trial) + "=");
                    finished.put(outcome(trial, how));
                }
            }
            return unfinished.stream().anyMatch(finished::has) ? left() : unfinished;
        }

        private List<TrialSpec> unfinished() {
            return request.trials(finished).stream()
                    .filter(trial -> !finished.has(trial))
                    .toList();
        }

        void note(String text) {
            trials.values().stream()
                    .filter(trial -> text.matches(
                            Pattern.quote(trial.title()) + ": (failed, trying once more|lost, trying again): .*"))
                    .forEach(trial -> events.add(name(trial) + "~"));
        }

        void write(TrialOutcome outcome) throws IOException {
            if (unwritten.contains(name(outcome.trial()))) {
                throw new IOException("cannot write the journal");
            }
            events.add(name(outcome.trial()) + ")");
        }

        @Override
        public void close() {}

        Clock clock() {
            return new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    throw new UnsupportedOperationException("a run counts in UTC");
                }
            };
        }
    }
}
