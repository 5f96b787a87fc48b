package io.catwalk.runner.remote;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The result of an order: one file with the outcome and the files of the trial. */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private static final String OUTCOME = "outcome.json";

    private Delivery() {}

    /**
     * Packs the result of a trial.
     *
     * @param file the archive to write
     * @param outcome of the trial
     * @param folder of the trial
     * @throws IOException if it cannot be written, or a file cannot be read
     */
    public static void write(Path file, TrialOutcome outcome, TrialFolder folder) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path said = scratch.file(OUTCOME);
            Files.writeString(said, Json.JSON.writeValueAsString(outcome));
            Archive archive = new Archive().add(OUTCOME, said);
            try (Stream<Path> all = Files.walk(folder.path())) {
                for (Path one : all.filter(Files::isRegularFile).toList()) {
                    String name = folder.path().relativize(one).toString().replace('\\', '/');
                    // The order has paths of that machine, and a finished trial does not need its checkpoint.
                    if (name.matches(TrialFolder.OWN)
                            && !one.equals(folder.order())
                            && !name.equals("checkpoint.bin")) {
                        archive.add(name, one);
                    }
                }
            }
            archive.write(file);
        }
    }

    /**
     * Unpacks the result of a trial, and accepts only what its digests confirm.
     *
     * @param file from {@link #write}, perhaps from an untrusted machine
     * @param order that was given
     * @param into folder of the trial; it exists
     * @return the outcome; lost if it does not belong to this order, or its files do not match it
     */
    public static TrialOutcome read(Path file, TrialOrder order, TrialFolder into) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            TrialOutcome outcome = order.own(outcome(zip, file));
            if (outcome instanceof TrialOutcome.Lost) {
                return outcome;
            }
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.getName().equals(OUTCOME)) {
                    unpack(zip, entry, into);
                }
            }
            List<String> damage = outcome instanceof TrialOutcome.Done done ? damage(done, into) : List.of();
            return damage.isEmpty()
                    ? outcome
                    : new TrialOutcome.Lost(
                            order.spec(), "what was handed back is damaged: " + String.join(", ", damage));
        } catch (IOException | RequestException e) {
            LOG.error("{} cannot be read", file, e);
            return new TrialOutcome.Lost(
                    order.spec(), "what was handed back cannot be read: " + OrderFolderExecutor.reason(e));
        }
    }

    /**
     * Reads the outcome of a trial without unpacking its files.
     *
     * @param file from {@link #write}
     * @return the outcome
     * @throws IOException if it cannot be read
     */
    public static TrialOutcome outcome(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return outcome(zip, file);
        }
    }

    private static TrialOutcome outcome(ZipFile zip, Path file) throws IOException {
        ZipEntry entry = zip.getEntry(OUTCOME);
        if (entry == null) {
            throw new IOException(file + " has no " + OUTCOME);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            TrialOutcome outcome = Json.JSON.readValue(in, TrialOutcome.class);
            if (!Json.isComplete(outcome)) {
                throw new IOException(OUTCOME + " in " + file + " lacks something");
            }
            return outcome;
        } catch (JacksonException e) {
            throw new IOException(OUTCOME + " in " + file + " is no outcome of a trial", e);
        }
    }

    private static void unpack(ZipFile zip, ZipEntry entry, TrialFolder into) throws IOException {
        if (!entry.getName().matches(TrialFolder.OWN)) {
            throw new IOException("it has a file that no trial writes: " + Reasons.quoted(entry.getName()));
        }
        Path target = into.path().resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static List<String> damage(TrialOutcome.Done done, TrialFolder folder) throws IOException {
        List<String> damage = new ArrayList<>(folder.damage(done));
        if (done.files().isEmpty()) {
            damage.add("there are no weights");
        }
        return damage;
    }
}
