package io.catwalk.runner.remote;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.Submitted;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialExecutor.TrialNews.Started;
import io.catwalk.runner.trial.TrialExecutor.TrialNews.Trained;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every executor must do that carries trials out while somebody waits. Executors of others extend it, too: it is in
 * the jar {@code catwalk-runner-run-VERSION-tests.jar}.
 */
@Timeout(300)
public abstract class TrialExecutorContract {

    private static final long PATIENCE = 120;

    /** Learns with dropout, so that another seed or another order of images gives other weights. */
    private static final String LEARNS = "return Layers.sequence(Layers.flatten(), Layers.dense(16), Layers.relu(),"
            + " Layers.dropout(0.3), Layers.dense(task.classes()));";

    /** Trains one epoch, and then waits for ever: it is asked about the 12 validation images at its end. */
    private static final String HANGS =
            "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { if (x.head().getShape().get(0) == 12)"
                    + " java.util.concurrent.locks.LockSupport.park(); return x; }, \"hang\"), Layers.flatten(),"
                    + " Layers.dense(task.classes()));";

    /** Plugins and images of the trials. */
    @TempDir
    protected static Path shared;

    @TempDir
    Path folder;

    private final LinkedBlockingQueue<TrialNews> news = new LinkedBlockingQueue<>();

    @BeforeAll
    static void makePluginsAndImages() throws IOException {
        Path plugins = Files.createDirectory(shared.resolve("plugins"));
        plugin(plugins, "learns", LEARNS);
        plugin(plugins, "hangs", HANGS);
        plugin(plugins, "fails", "throw new IllegalStateException(\"no such network\");");
        TinyImages.write(shared.resolve("tiny"));
    }

    private static void plugin(Path plugins, String name, String network) {
        TestPlugin.building(name, network).write(plugins.resolve(name + ".jar"));
    }

    /** Opens the executor, which can run two trials at once; it may be one that others have used. */
    protected TrialExecutor open() throws Exception {
        return openAnew();
    }

    /** Opens an executor of its own. */
    protected abstract TrialExecutor openAnew() throws Exception;

    /** Says how many trials it takes at once. */
    protected int slots() {
        return 2;
    }

    /** Kills whatever carries the trials out on the machine where they run, as a lack of memory would. */
    protected void killTheWork() throws Exception {
        Works.kill(() -> ProcessHandle.current().descendants());
    }

    final TrialOrder order(String classifier) {
        return Orders.of(shared, classifier, "tiny", 2, 1);
    }

    final TrialFolder trial(String name) throws IOException {
        return new TrialFolder(Files.createDirectories(folder.resolve(name)));
    }

    final Submitted submit(TrialExecutor executor, TrialOrder order, TrialFolder trial) throws IOException {
        trial.prepare(order);
        return executor.submit(order, trial, news::add);
    }

    static TrialOutcome outcome(Submitted submitted) throws Exception {
        return submitted.outcome().get(PATIENCE, SECONDS);
    }

    private TrialNews next() throws InterruptedException {
        TrialNews next = news.poll(PATIENCE, SECONDS);
        assertThat(next).as("news").isNotNull();
        return next;
    }

    final Done done(TrialExecutor executor, TrialFolder trial) throws Exception {
        TrialOutcome outcome = outcome(submit(executor, order("learns"), trial));
        assertThat(outcome).as("%s", outcome.error()).isInstanceOf(Done.class);
        assertThat(trial.damage((Done) outcome)).isEmpty();
        return (Done) outcome;
    }

    @Test
    void aTrialTellsItsStartAndItsEpochsAndLeavesItsFiles() throws Exception {
        try (TrialExecutor executor = open()) {
            assertThat(executor.slots()).isEqualTo(slots());
            TrialFolder trial = trial("one");
            Done done = done(executor, trial);

            List<TrialNews> told = new ArrayList<>(news);
            assertThat(told.get(0)).isInstanceOf(Started.class);
            assertThat(told.stream()
                            .filter(Trained.class::isInstance)
                            .map(one -> ((Trained) one).epoch().epoch()))
                    .containsExactly(1, 2);
            assertThat(done.files()).isNotEmpty();
            assertThat(trial.readOutcome().trial()).isEqualTo(done.trial());
            assertThat(trial.readOrder().spec()).isEqualTo(done.trial());
            assertThat(trial.readHistory()).hasSize(2);
            assertThat(trial.file(TrialFile.LOG)).exists();
            assertThat(trial.onnx()).exists();
        }
    }

    @Test
    @Tag("long")
    void twoAtOnceAndTwoThatWaitEachComeToTheSameBytes() throws Exception {
        try (TrialExecutor executor = open()) {
            List<TrialFolder> trials = new ArrayList<>();
            List<Submitted> submitted = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                trials.add(trial("copy " + i));
                submitted.add(submit(executor, order("learns"), trials.get(i)));
            }
            List<String> weights = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                assertThat(outcome(submitted.get(i))).isInstanceOf(Done.class);
                weights.add(Sha256.of(trials.get(i).file(TrialFile.WEIGHTS)));
            }
            assertThat(weights).containsOnly(weights.get(0));
        }
    }

    @Test
    void aTrialThatFailsIsAnOutcomeAndNoException() throws Exception {
        try (TrialExecutor executor = open()) {
            TrialOutcome outcome = outcome(submit(executor, order("fails"), trial("failed")));

            assertThat(outcome).isInstanceOf(TrialOutcome.Failed.class);
            assertThat(outcome.error()).contains("no such network").doesNotContain("\n");
        }
    }

    @Test
    void aTrialThatTakesTooLongIsStopped() throws Exception {
        TrialOrder within = Orders.changed(order("hangs"), "timeout_seconds = 2");
        try (TrialExecutor executor = open()) {
            TrialOutcome outcome = outcome(submit(executor, within, trial("slow")));

            assertThat(outcome).isInstanceOf(TrialOutcome.Failed.class);
            assertThat(outcome.error()).contains("--trial-timeout 2s");
        }
    }

    @Test
    void aTrialThatIsCanceledFreesItsSlotForTheNext() throws Exception {
        try (TrialExecutor executor = open()) {
            TrialFolder trial = trial("canceled");
            Submitted first = submit(executor, order("hangs"), trial);
            Submitted second = submit(executor, order("hangs"), trial("canceled too"));
            assertThat(next()).isInstanceOf(Started.class);

            first.cancel();
            second.cancel();

            assertThatThrownBy(() -> outcome(first)).isInstanceOf(CancellationException.class);
            done(executor, trial("after"));
        }
    }

    @Test
    @Tag("long")
    void aTrialWhoseWorkIsKilledIsLostAndTheNextAttemptMakesTheSame() throws Exception {
        try (TrialExecutor executor = openAnew()) {
            String undisturbed = weights(executor, trial("undisturbed"));
            news.clear();
            TrialFolder trial = trial("killed");
            Submitted submitted = submit(executor, order("hangs"), trial);
            assertThat(next()).isInstanceOf(Started.class);
            killTheWork();

            TrialOutcome outcome = outcome(submitted);
            assertThat(outcome).as("%s", outcome.error()).isInstanceOf(TrialOutcome.Lost.class);
            assertThat(outcome.error()).doesNotContain("\n");
            assertThat(weights(executor, trial("again"))).isEqualTo(undisturbed);
        }
    }

    private String weights(TrialExecutor executor, TrialFolder trial) throws Exception {
        done(executor, trial);
        return Sha256.of(trial.file(TrialFile.WEIGHTS));
    }

    @Test
    @Tag("long")
    void whatIsUnderWayWhenTheExecutorIsClosedCanBeOrderedFromTheNextOne() throws Exception {
        TrialFolder trial = trial("restarted");
        Submitted submitted;
        try (TrialExecutor executor = openAnew()) {
            submitted = submit(executor, order("hangs"), trial);
            assertThat(next()).isInstanceOf(Started.class);
        }
        assertThat(submitted.outcome()).isDone();
        try (TrialExecutor executor = openAnew()) {
            done(executor, trial("after the restart"));
        }
    }

    @Test
    @Tag("long")
    void whatCannotBeFoundOrIsNotAsOrderedLosesTheTrialOnly() throws Exception {
        TrialOrder other = Orders.changed(order("learns"), "inputs/dataset_sha256 = \"" + "1".repeat(64) + "\"");
        try (TrialExecutor executor = open()) {
            TrialOutcome outcome = outcome(submit(executor, other, trial("other images")));
            assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
            assertThat(outcome.error()).contains("tiny").contains("of sha256 111111111111, but found");
            done(executor, trial("as ordered"));
        }
    }
}
