package io.catwalk.runner.remote;

import io.catwalk.runner.ForeignArchive;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The result of an order: one file with the outcome and the files of the trial. */
public final class TrialResultArchive {

    private static final Logger LOG = LoggerFactory.getLogger(TrialResultArchive.class);

    private static final String OUTCOME = "outcome.json";

    private static final int MOST_OUTCOME_BYTES = 64 << 20;

    private TrialResultArchive() {}

    /** Checks a claimed outcome against the files that came with it, as {@code TrialProcess.check} does. */
    interface Check {

        TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException, InterruptedException;
    }

    /** Packs the result of a trial. */
    public static void write(Path file, TrialOutcome outcome, TrialFolder folder) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path said = scratch.file(OUTCOME);
            Files.writeString(said, Json.JSON.writeValueAsString(outcome));
            ZipArchive archive = new ZipArchive().add(OUTCOME, said);
            try (Stream<Path> all = Files.walk(folder.path())) {
                for (Path one : all.filter(Files::isRegularFile).toList()) {
                    String name = folder.path().relativize(one).toString().replace('\\', '/');
                    // The order has paths of that machine, and a finished trial does not need its checkpoint.
                    if (TrialFile.isOne(name)
                            && !name.equals(TrialFile.ORDER.path())
                            && !name.equals(TrialFile.CHECKPOINT.path())) {
                        archive.add(name, one);
                    }
                }
            }
            archive.write(file);
        }
    }

    /**
     * Unpacks the result of a trial, and accepts only what its digests and a check of its files confirm. The files of
     * everything else are deleted: another attempt must not continue from them. An exception says nothing about what came
     * back: it could not be written or checked here.
     */
    public static TrialOutcome read(Path file, TrialOrder order, TrialFolder folder, Check check)
            throws IOException, InterruptedException {
        TrialFolder into = new TrialFolder(folder.path().toAbsolutePath().normalize()); // paths are compared below
        List<Path> written = new ArrayList<>();
        boolean kept = false;
        try {
            TrialOutcome outcome = unpacked(file, order, into, written);
            if (outcome instanceof TrialOutcome.Done done) {
                into.writeOutcome(done); // what is checked is what was said, not another file of this name
                outcome = order.own(check.check(order, into));
            }
            kept = outcome instanceof TrialOutcome.Done;
            if (kept) {
                into.writeOutcome(outcome);
            }
            return outcome;
        } finally {
            written.add(into.outcome());
            for (Path one : written) {
                boolean text = one.equals(into.file(TrialFile.LOG)) || one.equals(into.file(TrialFile.CRASH_REPORT));
                if (!text && !(kept && into.isResult(one))) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }

    private static TrialOutcome unpacked(Path file, TrialOrder order, TrialFolder into, List<Path> written)
            throws IOException {
        try (ForeignArchive zip = new ForeignArchive(file)) {
            TrialOutcome outcome = reported(order, order.own(outcome(zip, file)));
            if (outcome instanceof TrialOutcome.Lost) {
                return outcome;
            }
            zip.unpack(name -> {
                if (name.endsWith("/") || name.equals(OUTCOME)) {
                    return null;
                }
                Path target = inside(into, name);
                written.add(target);
                return target;
            });
            List<String> damage = outcome instanceof TrialOutcome.Done done ? damage(done, into) : List.of();
            return damage.isEmpty()
                    ? outcome
                    : new TrialOutcome.Lost(
                            order.spec(), "the returned files are damaged: " + String.join(", ", damage));
        } catch (RuntimeException e) { // nothing that is in the file may stop the run
            LOG.error("{} cannot be read", file, e);
            return new TrialOutcome.Lost(order.spec(), "the returned file cannot be read: " + RemoteExecutor.reason(e));
        }
    }

    /** Limits the text of another machine that gives the reason why there is no result. */
    private static TrialOutcome reported(TrialOrder order, TrialOutcome outcome) {
        if (outcome instanceof TrialOutcome.Done) {
            return outcome;
        }
        String error = Reasons.reported(String.valueOf(outcome.error()));
        return outcome instanceof TrialOutcome.Failed
                ? new TrialOutcome.Failed(order.spec(), error)
                : new TrialOutcome.Lost(order.spec(), error);
    }

    /** Reads the outcome of a trial without unpacking its files. */
    public static TrialOutcome outcome(Path file) throws IOException {
        try (ForeignArchive zip = new ForeignArchive(file)) {
            return outcome(zip, file);
        }
    }

    private static TrialOutcome outcome(ForeignArchive zip, Path file) {
        byte[] text = zip.bytes(OUTCOME, MOST_OUTCOME_BYTES)
                .orElseThrow(() -> new RequestException(file + " has no " + OUTCOME));
        if (text.length > MOST_OUTCOME_BYTES) {
            throw new RequestException(file + " has more than " + (MOST_OUTCOME_BYTES >> 20) + " MiB in " + OUTCOME);
        }
        try {
            TrialOutcome outcome = Json.JSON.readValue(text, TrialOutcome.class);
            if (!Json.isComplete(outcome)) {
                throw new RequestException(file + " is incomplete: " + OUTCOME);
            }
            return outcome;
        } catch (JacksonException e) {
            throw new RequestException(file + " does not have the outcome of a trial in " + OUTCOME, e);
        }
    }

    /** Returns the path of a file of the trial; refuses every other. */
    private static Path inside(TrialFolder trial, String name) {
        if (TrialFile.isOne(name)) {
            Path file = trial.path().resolve(name).normalize();
            if (file.startsWith(trial.path())) {
                return file;
            }
        }
        throw new RequestException("it has a file that no trial writes: " + Reasons.quoted(name));
    }

    private static List<String> damage(TrialOutcome.Done done, TrialFolder folder) throws IOException {
        for (TrialFile.Digest file : done.files()) {
            Path unused = inside(folder, file.file());
        }
        List<String> damage = new ArrayList<>(folder.damage(done));
        if (done.files().isEmpty()) {
            damage.add("there are no weights");
        }
        return damage;
    }
}
