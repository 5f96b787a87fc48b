package io.catwalk.runner.trial;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files that a trial writes into its folder, those with a digest first: in the order of the digests. */
@SuppressWarnings("ImmutableEnumChecker") // the sets are
public enum TrialFile {
    /** In DJL's format. */
    WEIGHTS("model/" + TrainedModel.FILE_NAME, Use.LISTED, Use.RETURNED, Use.CONTINUED),
    /** Those of the first training, which chose the epoch, if the network was trained once more. */
    CHOSEN_WEIGHTS("chosen/" + TrainedModel.FILE_NAME, Use.LISTED, Use.RETURNED, Use.CONTINUED),
    /** The predictions of the test images as an array of NumPy, or as text. */
    TEST_ARRAY("predictions.npy", Use.LISTED, Use.RETURNED),
    TEST_TEXT("predictions.csv", Use.LISTED, Use.RETURNED),
    VALIDATION_ARRAY("predictions-validation.npy", Use.LISTED, Use.RETURNED),
    VALIDATION_TEXT("predictions-validation.csv", Use.LISTED, Use.RETURNED),
    HISTORY("history.csv", Use.LISTED, Use.RETURNED, Use.CONTINUED),
    /** Of the second training, if there was one. */
    REFIT_HISTORY("history-refit.csv", Use.LISTED, Use.RETURNED, Use.CONTINUED),
    /** Exists only if it agrees with the network. */
    ONNX("model.onnx", Use.EXPORTED, Use.RETURNED, Use.CONTINUED),
    ONNX_DATA("model.onnx.data", Use.EXPORTED, Use.RETURNED, Use.CONTINUED),
    SIGNATURE("model.signature.json", Use.EXPORTED, Use.RETURNED, Use.CONTINUED),
    /** The options of the last export; there is none unless the trial was exported again after the training. */
    EXPORT("export.json", Use.EXPORTED, Use.CONTINUED),
    REJECTED_ONNX("model.rejected.onnx", Use.RETURNED),
    REJECTED_ONNX_DATA("model.rejected.onnx.data"),
    /** From which the trial can be measured or evaluated again. If it is killed, the next attempt knows its inputs. */
    ORDER("order.json", Use.CONTINUED),
    OUTCOME("trial.json", Use.RETURNED),
    /** How the weights were made. */
    TRAINING("training.json", Use.RETURNED, Use.CONTINUED),
    SPLIT("split.json", Use.RETURNED),
    CLASSES(WeightFile.CLASSES, Use.RETURNED),
    /** What the first training chose, until the second one is done. */
    CHOICE("choice.json", Use.CONTINUED),
    /** The state of the training while it goes on. */
    CHECKPOINT("checkpoint.bin", Use.CONTINUED),
    CARD("card.md"),
    LOG("log.txt"),
    /** Of the trial's JVM, if it crashed. */
    CRASH_REPORT("crash.log");

    /** What is done with a file. */
    enum Use {
        /** The outcome lists its digest. */
        LISTED,
        /** The outcome lists its digest, and an export writes it anew. */
        EXPORTED,
        /** It is kept when another machine has carried out the trial; all others are drafts, or written here. */
        RETURNED,
        /** An attempt with the same inputs continues from it. */
        CONTINUED
    }

    /** Folders, drafts, and what earlier versions wrote. */
    private static final Pattern OTHERS =
            Pattern.compile("measure\\.json|(model|chosen)(\\.part)?|(model|chosen)\\.part/network-0000\\.params"
                    + "|model(\\.rejected)?\\.onnx(\\.data)?\\.part|\\.model(\\.rejected)?\\.onnx[0-9]+\\.tmp");

    private final String path;
    private final Set<Use> uses;

    TrialFile(String path, Use... uses) {
        this.path = path;
        this.uses = Set.of(uses);
    }

    /** Returns its path in the folder of a trial, with slashes. */
    public String path() {
        return path;
    }

    boolean has(Use use) {
        return uses.contains(use);
    }

    static List<TrialFile> with(Use use) {
        return Stream.of(values()).filter(one -> one.has(use)).toList();
    }

    /** Tells whether an export writes the file that has this digest. */
    static boolean isExported(Digest digest) {
        return Stream.of(values()).anyMatch(one -> one.has(Use.EXPORTED) && one.path.equals(digest.file()));
    }

    /**
     * Tells whether a trial writes a file or folder of this name. A draft, which a killed process leaves, counts as the
     * file that it was written for.
     *
     * @param name path in the folder of a trial, with slashes; on no system does an accepted one lead out of the folder
     */
    public static boolean isOne(String name) {
        String file = name.substring(name.lastIndexOf('/') + 1);
        String whole = name.substring(0, name.length() - file.length())
                + AtomicFiles.target(file).orElse(file);
        return OTHERS.matcher(whole).matches() || Stream.of(values()).anyMatch(one -> one.path.equals(whole));
    }

    /** Identifies the content of a file, by its path in the trial folder. */
    public record Digest(String file, long bytes, String sha256) {

        static Digest of(Path folder, TrialFile file) throws IOException {
            Path there = folder.resolve(file.path);
            return new Digest(file.path, Files.size(there), Sha256.of(there));
        }

        /** Describes how the file has changed; empty if it has not. */
        Optional<String> damage(Path folder) throws IOException {
            Path there = folder.resolve(file);
            if (!Files.isRegularFile(there)) {
                return Optional.of(file + " is missing");
            }
            if (Files.size(there) != bytes) {
                return Optional.of(file + " has " + Files.size(there) + " bytes instead of " + bytes);
            }
            return Sha256.of(there).equals(sha256) ? Optional.empty() : Optional.of(file + " has been changed");
        }
    }
}
