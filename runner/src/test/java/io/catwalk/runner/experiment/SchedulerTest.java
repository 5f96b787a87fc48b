package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Recipe;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.Supplies;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialInputs;
import io.catwalk.runner.trial.TrialNews;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Controls a scheduler by hand, in one thread. Whatever the scheduler does is an event such as {@code begin a}; a test
 * says what happens then, for example that a trial ends or that time passes.
 */
@Timeout(20)
class SchedulerTest {

    private static final Instant START = Instant.parse("2026-11-24T15:15:49Z");
    private static final Conduct RETRY_ONCE = new Conduct(null, Conduct.Retry.ONCE, Conduct.Versions.RENEW, null);

    /** Made-up trials take 12.3 s per epoch, and no other time if they have five. */
    private static final int EPOCHS = 5;

    private final Hand hand = new Hand();
    private final Outcomes finished = new Outcomes();

    @Test
    void slotsAreKeptFilledInTheOrderOfTheRequest() throws Exception {
        hand.slots = 2;
        hand.when("begin b", () -> hand.end("b", done(0.9)));
        hand.when("begin c", () -> hand.end("a", done(0.8)));
        hand.when("begin d", () -> {
            hand.end("c", done(0.7));
            hand.end("d", done(0.6));
        });

        run(request("a", "b", "c", "d"), Conduct.STANDARD);

        assertThat(hand.events)
                .containsExactly("begin a", "begin b", "end b", "begin c", "end a", "begin d", "end c", "end d");
        assertThat(accuracies()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 0.8, "b", 0.9, "c", 0.7, "d", 0.6));
    }

    @Test
    void whatHasFinishedBeforeIsNotRunAgain() throws Exception {
        ExperimentSpec request = request("a", "b", "c");
        finished.put(MadeUp.done(trial(request, "b"), 0.5));
        hand.endsAll(done(0.9));

        run(request, Conduct.STANDARD);

        assertThat(hand.events).containsExactly("begin a", "end a", "begin c", "end c");
    }

    @Test
    void epochsAreToldOfTheirTrial() throws Exception {
        hand.epochs = List.of(new Epoch(1, 0.5, 0.8, 0.6, 0.7, 0.7, 0.001, 2));
        hand.endsAll(done(0.9));

        run(request("a"), Conduct.STANDARD);

        assertThat(hand.events).containsExactly("epoch 1 of a", "begin a", "end a");
    }

    /** Five epochs took 61.5 s, so 40 epochs take 492 s and 5 take 61.5 s; there are 100 s. */
    @Test
    void whatFitsTheBudgetBeginsThoughAnEarlierTrialDoesNot() throws Exception {
        ExperimentSpec request = requestOf(
                contestant("a", "known", EPOCHS),
                contestant("a", "long", 40),
                contestant("a", "short", EPOCHS),
                contestant("a", "shortest", 1));
        finished.put(MadeUp.done(trial(request, "a@known"), 0.5));
        hand.when("begin a@short", () -> {
            hand.pass(Duration.ofSeconds(70));
            hand.end("a@short", done(0.9));
        });
        hand.when("begin a@shortest", () -> hand.end("a@shortest", done(0.8)));

        run(request, budget(100));

        assertThat(hand.events).containsExactly("begin a@short", "end a@short", "begin a@shortest", "end a@shortest");
        assertThat(accuracies()).doesNotContainKey("a@long");
    }

    /** After the first there are 50 s left, and each takes 61.5 s. */
    @Test
    void thePaceIsLearntFromTheTrialsOfThisRun() throws Exception {
        ExperimentSpec request = requestOf(contestant("a", "one", EPOCHS), contestant("a", "two", EPOCHS));
        hand.when("begin a@one", () -> {
            hand.pass(Duration.ofSeconds(50));
            hand.end("a@one", done(0.9));
        });

        run(request, budget(100));

        assertThat(hand.events).containsExactly("begin a@one", "end a@one");
    }

    @Test
    void theDeadlineCancelsWhatRunsAndLeavesItWithoutOutcome() throws Exception {
        hand.slots = 2;
        hand.when("begin b", () -> hand.pass(Duration.ofMillis(99_999)));

        run(request("a", "b", "c"), budget(100));

        assertThat(hand.events).containsExactly("begin a", "begin b", "cancel a", "cancel b");
        assertThat(finished.all()).isEmpty();
    }

    @Test
    void whatHasEndedByTheDeadlineKeepsItsOutcome() throws Exception {
        hand.slots = 3;
        hand.when("begin c", () -> {
            hand.end("c", done(0.9));
            hand.end("a", done(0.8));
            hand.pass(Duration.ofSeconds(101));
        });

        run(request("a", "b", "c", "d"), budget(100));

        assertThat(hand.events).containsExactly("begin a", "begin b", "begin c", "end a", "end c", "cancel b");
    }

    @Test
    void withoutTimeNothingBegins() throws Exception {
        run(request("a"), budget(0));

        assertThat(hand.events).isEmpty();
    }

    @Test
    void aFailureStands() throws Exception {
        hand.when("begin a", () -> hand.end("a", failed("out of memory")));
        hand.when("begin b", () -> hand.end("b", done(0.9)));

        run(request("a", "b"), Conduct.STANDARD);

        assertThat(hand.events).containsExactly("begin a", "end a", "begin b", "end b");
        assertThat(outcome("a")).isEqualTo(new TrialOutcome.Failed(hand.trial("a"), "out of memory", null));
    }

    @Test
    void aTrialThatIsDoneAtTheSecondTryKeepsTheFirstReason() throws Exception {
        hand.when("begin a", () -> hand.end("a", failed("the loss is NaN")));
        hand.when("begin b", () -> hand.end("b", done(0.9)));
        hand.when("begin a", () -> hand.end("a", done(0.8)));

        run(request("a", "b"), RETRY_ONCE);

        assertThat(hand.events)
                .containsExactly("begin a", "retry a: the loss is NaN", "begin b", "end b", "begin a", "end a");
        assertThat(outcome("a")).isInstanceOf(TrialOutcome.Done.class);
        assertThat(outcome("a").firstError()).isEqualTo("the loss is NaN");
        assertThat(outcome("b").firstError()).isNull();
    }

    @Test
    void aSecondFailureStandsBesideTheFirstReason() throws Exception {
        hand.when("begin a", () -> hand.end("a", failed("the loss is NaN")));
        hand.when("begin a", () -> hand.end("a", failed("out of memory")));

        run(request("a"), RETRY_ONCE);

        assertThat(hand.events).containsExactly("begin a", "retry a: the loss is NaN", "begin a", "end a");
        assertThat(outcome("a"))
                .isEqualTo(new TrialOutcome.Failed(hand.trial("a"), "out of memory", "the loss is NaN"));
    }

    @Test
    void aLostTrialIsTriedThreeTimesInAll() throws Exception {
        hand.when("begin a", () -> hand.end("a", lost("no process")));
        hand.when("begin a", () -> hand.end("a", lost("no memory")));
        hand.when("begin a", () -> hand.end("a", lost("no space")));

        run(request("a"), Conduct.STANDARD);

        assertThat(hand.events)
                .containsExactly("begin a", "retry a: no process", "begin a", "retry a: no memory", "begin a", "end a");
        assertThat(outcome("a")).isEqualTo(new TrialOutcome.Lost(hand.trial("a"), "no space", null));
    }

    @Test
    void aTrialThatIsLostWithItsExecutorIsNotTriedAgain() throws Exception {
        hand.when("begin a", () -> {
            hand.over = true;
            hand.end("a", lost("Spark ended"));
        });

        run(request("a"), Conduct.STANDARD);

        assertThat(hand.events).containsExactly("begin a", "end a");
    }

    @Test
    void aTrialThatWasLostMayStillBeDone() throws Exception {
        hand.when("begin a", () -> hand.end("a", lost("no process")));
        hand.when("begin a", () -> hand.end("a", done(0.9)));

        run(request("a"), Conduct.STANDARD);

        assertThat(accuracies()).containsEntry("a", 0.9);
        assertThat(outcome("a").firstError()).as("it did not fail").isNull();
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
        for (int i = 0; i < 3; i++) {
            hand.when("begin a", () -> hand.running("a").completeExceptionally(trouble));
        }
        hand.when("begin b", () -> hand.end("b", done(0.9)));

        run(request("a", "b"), Conduct.STANDARD);

        assertThat(outcome("a")).isInstanceOf(TrialOutcome.Lost.class);
        assertThat(outcome("a").error()).contains("Too many open files");
        assertThat(accuracies()).containsOnly(Map.entry("b", 0.9));
    }

    @Test
    void aTrialThatCannotBePreparedIsLostAndNoOther() throws Exception {
        hand.unprepared.add("a");
        hand.when("begin b", () -> hand.end("b", done(0.9)));

        run(request("a", "b"), Conduct.STANDARD);

        assertThat(hand.events).containsExactly("end a", "begin b", "end b");
        assertThat(outcome("a")).isEqualTo(new TrialOutcome.Lost(hand.trial("a"), "cannot make its folder", null));
    }

    @Test
    void aJournalThatCannotBeWrittenEndsTheRun() {
        hand.slots = 2;
        hand.unwritten.add("a");
        hand.when("begin b", () -> hand.end("a", done(0.9)));

        assertThatThrownBy(() -> run(request("a", "b", "c"), Conduct.STANDARD))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the journal");
        assertThat(hand.events).containsExactly("begin a", "begin b", "cancel b");
        assertThat(finished.all()).isEmpty();
    }

    @Test
    void anInterruptCancelsWhatRuns() {
        hand.slots = 2;
        hand.when("begin b", () -> Thread.currentThread().interrupt());

        assertThatThrownBy(() -> run(request("a", "b", "c"), Conduct.STANDARD))
                .isInstanceOf(InterruptedException.class);
        assertThat(hand.events).containsExactly("begin a", "begin b", "cancel a", "cancel b");
    }

    @Test
    void aTrialThatSomebodyElseCancelsEndsTheRun() {
        hand.slots = 2;
        hand.when("begin b", () -> hand.running("a").cancel(false));

        assertThatThrownBy(() -> run(request("a", "b", "c"), Conduct.STANDARD))
                .isInstanceOf(InterruptedException.class);
        assertThat(hand.events).containsExactly("begin a", "begin b", "cancel b");
    }

    /** Three candidates on two folds; the best two go on, and the better of them is trained in full. */
    @Test
    void aSearchBeginsARungOnceTheEarlierOneIsComplete() throws Exception {
        hand.slots = 3;
        hand.when("begin a@t01-1ep/1-2", () -> hand.end("a@t01-1ep/1-2", done(0.7)));
        hand.when("begin a@t02-1ep/1-2", () -> hand.end("a@t02-1ep/1-2", done(0.9)));
        hand.when("begin a@t03-1ep/1-1", () -> hand.end("a@t03-1ep/1-1", done(0.8)));
        hand.when("begin a@t03-1ep/1-2", () -> {
            hand.end("a@t03-1ep/1-2", done(0.8));
            hand.end("a@t02-1ep/1-1", done(0.9));
            hand.end("a@t01-1ep/1-1", done(0.7));
        });
        hand.when("begin a@t02-3ep/1-1", () -> hand.end("a@t02-3ep/1-1", done(0.9)));
        hand.when("begin a@t02-3ep/1-2", () -> hand.end("a@t02-3ep/1-2", done(0.9)));
        hand.when("begin a@t03-3ep/1-1", () -> hand.end("a@t03-3ep/1-1", done(0.95)));
        hand.when("begin a@t03-3ep/1-2", () -> hand.end("a@t03-3ep/1-2", done(0.95)));
        hand.when("begin a@best", () -> hand.end("a@best", done(0.97)));

        run(search(), Conduct.STANDARD);

        assertThat(hand.events.stream().filter(event -> event.startsWith("begin")))
                .containsExactly(
                        "begin a@t01-1ep/1-1",
                        "begin a@t01-1ep/1-2",
                        "begin a@t02-1ep/1-1",
                        "begin a@t02-1ep/1-2",
                        "begin a@t03-1ep/1-1",
                        "begin a@t03-1ep/1-2",
                        "begin a@t02-3ep/1-1",
                        "begin a@t02-3ep/1-2",
                        "begin a@t03-3ep/1-1",
                        "begin a@t03-3ep/1-2",
                        "begin a@best");
        int firstOfSecondRung = hand.events.indexOf("begin a@t02-3ep/1-1");
        assertThat(hand.events.subList(0, firstOfSecondRung))
                .filteredOn(event -> event.startsWith("end"))
                .hasSize(6);
        assertThat(outcome("a@best").trial().hyperparameters()).containsEntry("units", 3);
    }

    @Test
    void aSearchGoesOnThoughTheLastOfARungCannotBePrepared() throws Exception {
        hand.unprepared.add("a@t03-1ep/1-2");
        hand.endsAll(done(0.9));

        run(search(), Conduct.STANDARD);

        assertThat(hand.events)
                .contains("end a@t03-1ep/1-2", "end a@t01-3ep/1-2", "end a@t02-3ep/1-2")
                .endsWith("begin a@best", "end a@best");
        assertThat(outcome("a@best").trial().hyperparameters()).containsEntry("units", 1);
    }

    /** The earlier start went on with candidates 2 and 3, since a trial of candidate 1 had failed. */
    @Test
    void whatAnEarlierStartHasDoneInLaterRungsIsNotRunAgain() throws Exception {
        finishFirstRungBut("a@t01-1ep/1-2");
        for (String left : List.of("a@t02-3ep/1-1", "a@t02-3ep/1-2", "a@t03-3ep/1-1", "a@t03-3ep/1-2", "a@best")) {
            hand.left.put(left, done(0.9));
        }
        hand.when("begin a@t01-1ep/1-2", () -> hand.end("a@t01-1ep/1-2", failed("out of memory")));

        run(search(), Conduct.STANDARD);

        assertThat(hand.events)
                .containsExactly(
                        "begin a@t01-1ep/1-2",
                        "end a@t01-1ep/1-2",
                        "keep a@t02-3ep/1-1",
                        "keep a@t02-3ep/1-2",
                        "keep a@t03-3ep/1-1",
                        "keep a@t03-3ep/1-2",
                        "keep a@best");
    }

    /** Candidate 1 is now better than the others, of which the first goes on with it. */
    @Test
    void onlyWhatANewOutcomeCallsForIsRun() throws Exception {
        finishFirstRungBut("a@t01-1ep/1-2");
        for (String left : List.of("a@t02-3ep/1-1", "a@t02-3ep/1-2", "a@t03-3ep/1-1", "a@t03-3ep/1-2")) {
            hand.left.put(left, done(0.9));
        }
        hand.endsAll(done(0.95));

        run(search(), Conduct.STANDARD);

        assertThat(hand.events)
                .containsExactly(
                        "begin a@t01-1ep/1-2",
                        "end a@t01-1ep/1-2",
                        "keep a@t02-3ep/1-1",
                        "keep a@t02-3ep/1-2",
                        "begin a@t01-3ep/1-1",
                        "end a@t01-3ep/1-1",
                        "begin a@t01-3ep/1-2",
                        "end a@t01-3ep/1-2",
                        "begin a@best",
                        "end a@best");
        assertThat(outcome("a@best").trial().hyperparameters()).containsEntry("units", 1);
    }

    private void finishFirstRungBut(String name) {
        search().trials(new Outcomes()).stream()
                .filter(trial -> !name(trial).equals(name))
                .forEach(trial -> finished.put(MadeUp.done(trial, 0.8)));
    }

    private void run(ExperimentSpec request, Conduct conduct) throws IOException, InterruptedException {
        Clock clock = hand.clock();
        new Scheduler(request, hand, conduct, new Stopwatch(clock, START, 0, START), hand).run(finished);
    }

    private static Conduct budget(int seconds) {
        return new Conduct(Duration.ofSeconds(seconds), Conduct.Retry.NEVER, Conduct.Versions.RENEW, null);
    }

    private static ExperimentSpec request(String... classifiers) {
        return requestOf(Stream.of(classifiers)
                .map(name -> contestant(name, "default", EPOCHS))
                .toArray(Contestant[]::new));
    }

    private static ExperimentSpec requestOf(Contestant... contestants) {
        return spec(SplitSpec.holdOut(0.1, 0), List.of(contestants), null);
    }

    private static ExperimentSpec search() {
        List<Contestant> candidates = Stream.of(1, 2, 3)
                .map(number -> new Contestant(
                        "a",
                        TuningSpec.variant(number),
                        Map.of("units", number),
                        Recipe.standard().withEpochs(EPOCHS)))
                .toList();
        return spec(
                new SplitSpec(2, 1, 0.1, 0),
                candidates,
                new TuningSpec(
                        TuningSpec.Strategy.HALVING,
                        List.of(new TuningSpec.Rung(1, 3), new TuningSpec.Rung(3, 2)),
                        candidates.stream().map(Contestant::hyperparameters).toList()));
    }

    private static ExperimentSpec spec(SplitSpec split, List<Contestant> contestants, @Nullable TuningSpec tuning) {
        return new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                new DatasetSpec("fashion-mnist", null, 0, 0),
                split,
                contestants,
                List.of(1L),
                1,
                1,
                ComputeDevice.CPU,
                null,
                1,
                tuning,
                "compare");
    }

    private static Contestant contestant(String name, String variant, int epochs) {
        return new Contestant(name, variant, Map.of(), Recipe.standard().withEpochs(epochs));
    }

    private static TrialSpec trial(ExperimentSpec request, String name) {
        return request.trials(new Outcomes()).stream()
                .filter(trial -> name(trial).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String name(TrialSpec trial) {
        return trial.fold() == 0 ? trial.label() : trial.id();
    }

    private static End done(double accuracy) {
        return trial -> MadeUp.done(trial, accuracy);
    }

    private static End failed(String reason) {
        return trial -> new TrialOutcome.Failed(trial, reason);
    }

    private static End lost(String reason) {
        return trial -> new TrialOutcome.Lost(trial, reason);
    }

    private TrialOutcome outcome(String name) {
        return Objects.requireNonNull(finished.of(hand.trial(name)));
    }

    private Map<String, Double> accuracies() {
        Map<String, Double> accuracies = new HashMap<>();
        for (TrialOutcome outcome : finished.all()) {
            if (outcome instanceof TrialOutcome.Done done) {
                accuracies.put(name(done.trial()), done.metrics().test().accuracy());
            }
        }
        return accuracies;
    }

    /** Says how a trial ends. */
    private interface End {

        TrialOutcome of(TrialSpec trial);
    }

    /** Executor, desk and clock in one, which does only what a test says. */
    private static final class Hand implements TrialExecutor, Scheduler.Desk {

        private final List<String> events = new ArrayList<>();
        private final Map<String, Deque<Runnable>> reactions = new HashMap<>();
        private final Map<String, TrialSpec> trials = new HashMap<>();
        private final Map<String, CompletableFuture<TrialOutcome>> running = new HashMap<>();
        private final Set<String> unprepared = new HashSet<>();
        private final Set<String> unwritten = new HashSet<>();

        /** What an earlier start has left, by the names of the trials. */
        private final Map<String, End> left = new HashMap<>();

        private List<Epoch> epochs = List.of();
        private @Nullable End always;
        private Instant now = START;
        private int slots = 1;
        private boolean over;

        /** Says what happens at an event; when called again, what happens when the event occurs again. */
        void when(String event, Runnable reaction) {
            reactions.computeIfAbsent(event, any -> new ArrayDeque<>()).add(reaction);
        }

        void endsAll(End end) {
            always = end;
        }

        void end(String name, End end) {
            running(name).complete(end.of(trial(name)));
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        TrialSpec trial(String name) {
            return Objects.requireNonNull(trials.get(name), name);
        }

        CompletableFuture<TrialOutcome> running(String name) {
            return Objects.requireNonNull(running.get(name), name);
        }

        private void happens(String event) {
            events.add(event);
            Deque<Runnable> next = reactions.getOrDefault(event, new ArrayDeque<>());
            if (!next.isEmpty()) {
                next.remove().run();
            }
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
            String name = name(order.spec());
            CompletableFuture<TrialOutcome> outcome = new CompletableFuture<>();
            running.put(name, outcome);
            epochs.forEach(epoch -> listener.accept(new TrialNews.Trained(epoch)));
            happens("begin " + name);
            if (always != null) {
                end(name, always);
            }
            return new Submitted(outcome, () -> happens("cancel " + name));
        }

        @Override
        public List<TrialOutcome> earlier(List<TrialSpec> asked) {
            List<TrialOutcome> earlier = new ArrayList<>();
            for (TrialSpec trial : asked) {
                End end = left.remove(name(trial));
                if (end != null) {
                    trials.put(name(trial), trial);
                    happens("keep " + name(trial));
                    earlier.add(end.of(trial));
                }
            }
            return earlier;
        }

        @Override
        public TrialOrder begin(TrialSpec trial, int attempt) throws IOException {
            trials.put(name(trial), trial);
            if (unprepared.contains(name(trial))) {
                throw new IOException("cannot make its folder");
            }
            Path nowhere = Path.of("nowhere");
            return new TrialOrder(
                    trial,
                    new DatasetSpec("fashion-mnist", null, 0, 0),
                    new SplitSpec(10, 1, 0.1, 0),
                    new TrialInputs("p", "1", "ab", "cd", new Software("1", "2", "3", "4", "5")),
                    Supplies.here(nowhere, nowhere, null, null),
                    null,
                    null,
                    attempt);
        }

        @Override
        public TrialFolder folder(TrialSpec trial) {
            return new TrialFolder(Path.of("nowhere"));
        }

        @Override
        public void news(TrialOrder order, TrialNews news) {
            if (news instanceof TrialNews.Trained trained) {
                happens("epoch " + trained.epoch().epoch() + " of " + name(order.spec()));
            }
        }

        @Override
        public void retrying(TrialOutcome outcome) {
            happens("retry " + name(outcome.trial()) + ": " + outcome.error());
        }

        @Override
        public TrialOutcome finished(TrialOutcome outcome) throws IOException {
            if (unwritten.contains(name(outcome.trial()))) {
                throw new IOException("cannot write the journal");
            }
            happens("end " + name(outcome.trial()));
            return outcome;
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
