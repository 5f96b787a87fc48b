package io.catwalk.runner.remote;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.trial.OutcomeCheck;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The result of an order: one file with the outcome and the files of the trial. */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private static final String OUTCOME = "outcome.json";

    private static final int MOST_OUTCOME_BYTES = 64 << 20;

    /**
     * How many times the size of an archive its files may have together. {@link Archive} compresses nothing; this
     * leaves room for one that was packed again, and little for one that is to fill the disk.
     */
    private static final int MOST_GROWTH = 10;

    private Delivery() {}

    /** Packs the result of a trial. */
    public static void write(Path file, TrialOutcome outcome, TrialFolder folder) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path said = scratch.file(OUTCOME);
            Files.writeString(said, Json.JSON.writeValueAsString(outcome));
            Archive archive = new Archive().add(OUTCOME, said);
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
    public static TrialOutcome read(Path file, TrialOrder order, TrialFolder folder, OutcomeCheck check)
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
        try (ZipFile zip = open(file)) {
            TrialOutcome outcome = reported(order, order.own(outcome(zip, file)));
            if (outcome instanceof TrialOutcome.Lost) {
                return outcome;
            }
            long room = MOST_GROWTH * Files.size(file);
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.isDirectory() && !entry.getName().equals(OUTCOME)) {
                    Path target = inside(into, entry.getName());
                    written.add(target);
                    room -= unpack(zip, entry, target, room);
                }
            }
            List<String> damage = outcome instanceof TrialOutcome.Done done ? damage(done, into) : List.of();
            return damage.isEmpty()
                    ? outcome
                    : new TrialOutcome.Lost(
                            order.spec(), "the returned files are damaged: " + String.join(", ", damage));
        } catch (UnsavedException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // nothing that is in the file may stop the run
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

    /** Opens an archive; a pipe would never end. */
    private static ZipFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("expected an archive in " + file + ", but that is not a file");
        }
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new IOException("it is no zip archive, or it is damaged", e);
        }
    }

    /** Reads the outcome of a trial without unpacking its files. */
    public static TrialOutcome outcome(Path file) throws IOException {
        try (ZipFile zip = open(file)) {
            return outcome(zip, file);
        }
    }

    private static TrialOutcome outcome(ZipFile zip, Path file) throws IOException {
        ZipEntry entry = zip.getEntry(OUTCOME);
        if (entry == null) {
            throw new IOException(file + " has no " + OUTCOME);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] text = in.readNBytes(MOST_OUTCOME_BYTES + 1);
            if (text.length > MOST_OUTCOME_BYTES) {
                throw new IOException(
                        OUTCOME + " in " + file + " has more than " + (MOST_OUTCOME_BYTES >> 20) + " MiB");
            }
            TrialOutcome outcome = Json.JSON.readValue(text, TrialOutcome.class);
            if (!Json.isComplete(outcome)) {
                throw new IOException(OUTCOME + " in " + file + " is incomplete");
            }
            return outcome;
        } catch (JacksonException e) {
            throw new IOException(OUTCOME + " in " + file + " is not the outcome of a trial", e);
        }
    }

    /** Unpacks a file if it has no more bytes than there is room for, and returns how many it has. */
    private static long unpack(ZipFile zip, ZipEntry entry, Path target, long room) throws IOException {
        long bytes = 0;
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = opened(target)) {
            byte[] piece = new byte[1 << 16];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                bytes += read;
                if (bytes > room) {
                    throw new IOException("it unpacks to more than " + MOST_GROWTH + " times its size");
                }
                save(piece, read, out);
            }
        } catch (ZipException e) {
            throw new IOException(target.getFileName() + " in it is damaged", e);
        }
        return bytes;
    }

    /** Tells that a file could not be written on this machine. */
    private static final class UnsavedException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        UnsavedException(IOException cause) {
            super(Reasons.of(cause), cause);
        }
    }

    private static OutputStream opened(Path target) throws UnsavedException {
        try {
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            return Files.newOutputStream(target);
        } catch (IOException e) {
            throw new UnsavedException(e);
        }
    }

    private static void save(byte[] bytes, int count, OutputStream out) throws UnsavedException {
        try {
            out.write(bytes, 0, count);
        } catch (IOException e) {
            throw new UnsavedException(e);
        }
    }

    /** Returns the path of a file of the trial; refuses every other. */
    private static Path inside(TrialFolder trial, String name) throws IOException {
        if (TrialFile.isOne(name)) {
            Path file = trial.path().resolve(name).normalize();
            if (file.startsWith(trial.path())) {
                return file;
            }
        }
        throw new IOException("it has a file that no trial writes: " + Reasons.quoted(name));
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
