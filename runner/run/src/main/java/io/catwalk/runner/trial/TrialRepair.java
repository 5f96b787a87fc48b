package io.catwalk.runner.trial;

import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialRun.TrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the small files of a finished trial anew where they are missing or damaged, without running it again: its
 * outcome is in the journal, its order in the request, its split in the images, its history beside its weights.
 */
public final class TrialRepair {

    private static final Logger LOG = LoggerFactory.getLogger(TrialRepair.class);

    private final TrialFolder folder;
    private final TrialOutcome.Done done;
    private final TrialOrder order;
    private final List<String> damaged = new ArrayList<>();

    /** Prepares to repair a trial by its outcome, as the journal has it, and the order that made it. */
    public TrialRepair(TrialFolder folder, TrialOutcome.Done done, TrialOrder order) {
        this.folder = folder;
        this.done = done;
        this.order = order;
    }

    private interface Look {

        boolean isWhole() throws IOException;
    }

    private interface Writing {

        void write() throws IOException;
    }

    /** Makes the files anew, and returns the names of those that were damaged; what was missing is just written. */
    public List<String> mend(TrialImages images) throws IOException {
        // Texts are compared: the outcome has arrays, which no record compares.
        String outcome = Json.LINE.writeValueAsString(done);
        mend(
                folder.outcome(),
                () -> Json.LINE.writeValueAsString(folder.readOutcome()).equals(outcome),
                () -> folder.writeOutcome(done));
        mend(
                folder.file(TrialFile.ORDER),
                () -> folder.readOrder().key().equals(order.key()),
                () -> folder.writeOrder(order));
        mend(
                folder.file(TrialFile.CLASSES),
                () -> folder.readClasses().equals(images.dataset().classes()),
                () -> folder.writeClasses(images.dataset().classes()));
        mend(
                folder.file(TrialFile.SPLIT),
                () -> Files.readString(folder.file(TrialFile.SPLIT)).equals(TrialFolder.splitText(images)),
                () -> folder.writeSplit(images));
        mend(
                folder.file(TrialFile.HISTORY),
                () -> folder.damage(done, folder.file(TrialFile.HISTORY)).isEmpty()
                        && folder.readHistory().size() == done.timing().epochs(),
                () -> {
                    TrainedWeights weights = folder.readTraining(order.key());
                    if (weights != null) {
                        folder.writeHistory(weights.choosing(), TrialFile.HISTORY);
                    }
                });
        return List.copyOf(damaged);
    }

    private void mend(Path file, Look look, Writing writing) throws IOException {
        boolean there = Files.exists(file);
        boolean whole = false;
        try {
            whole = there && look.isWhole();
        } catch (RequestException | IOException e) {
            LOG.info("{} is damaged", file, e);
            damaged.add(String.valueOf(file.getFileName()));
        }
        if (!whole) {
            LOG.info("{} is written again", file);
            writing.write();
        }
    }

    /**
     * Lists what only another attempt can make up for, such as {@code predictions.csv is missing}. Options of the export
     * that are damaged, or of another trial, are deleted: the next attempt exports with the standard ones.
     */
    public List<String> left() throws IOException {
        List<String> left = new ArrayList<>(folder.damage(done));
        try {
            int epochs = folder.readHistory().size();
            if (epochs > 0 && epochs != done.timing().epochs()) {
                left.add("history.csv has " + epochs + " epochs instead of "
                        + done.timing().epochs());
            }
        } catch (RequestException e) {
            LOG.info("The history is damaged", e);
            if (left.stream().noneMatch(one -> one.startsWith("history.csv "))) {
                left.add("history.csv is damaged");
            }
        }
        Path export = folder.file(TrialFile.EXPORT);
        boolean listed = done.files().stream().anyMatch(digest -> digest.file().equals(TrialFile.EXPORT.path()));
        if (!listed || folder.damage(done, export).isPresent()) {
            Files.deleteIfExists(export);
        }
        ParityResult parity = done.parity();
        if (parity != null && parity.missing() == ParityResult.Missing.UNWRITTEN) {
            left.add("its ONNX file could not be written: " + parity.worst());
        }
        return left;
    }
}
