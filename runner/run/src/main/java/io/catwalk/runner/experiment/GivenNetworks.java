package io.catwalk.runner.experiment;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.given.GivenSource;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what a user names beside classifiers: ONNX files, tables of predictions, and networks of other runs. */
final class GivenNetworks {

    private static final int LONGEST = 60;

    private final Set<String> taken = new HashSet<>();

    /** Begins with the labels that are taken by what is trained. */
    GivenNetworks(List<ClassifierConfig> trained) {
        trained.forEach(one -> taken.add(one.name().toLowerCase(Locale.ROOT)));
    }

    /** Tells whether a word of the command line is a file, and not the name of a classifier. */
    static boolean isOne(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return lower.matches(".*[.](onnx|csv|tsv)|.*[/\\\\].*");
    }

    /**
     * Resolves one on the images that it is evaluated on.
     *
     * @param name null to name it after its file
     * @param ofFiles what is said of all files; a network of a run says itself how its images are prepared
     * @param alone whether it is said of one file, of which it then counts more than what the file says
     * @param fit as in {@link GivenModel#of}
     * @throws RequestException if there is none, or it does not say enough about itself
     */
    ClassifierConfig resolved(
            @Nullable String name,
            GivenSource source,
            @Nullable GivenSource ofFiles,
            boolean alone,
            ImageDataset images,
            @Nullable Fit fit) {
        Path path = source.path();
        String own = baseName(path);
        Path file = path;
        GivenSource whole = source;
        if (Files.isRegularFile(path)) {
            whole = ofFiles == null ? source : alone ? source.or(ofFiles) : source.orUnsaid(ofFiles, images.classes());
        } else {
            try {
                TrialFolder trial = trial(path);
                file = trial.onnx();
                TrialSpec spec = trial.readOrder().spec();
                own = spec.label();
                whole = spec.given() == null ? source : source.or(GivenSource.of(spec.given()));
            } catch (IOException e) {
                throw new RequestException("cannot read the run at " + path + ": " + e.getMessage(), e);
            }
        }
        String absolute = file.toAbsolutePath().normalize().toString();
        return ClassifierConfig.of(
                free(name == null ? own : name, taken), GivenModel.of(whole.at(absolute), images, fit));
    }

    /** Finds a trial with an ONNX file: of a run with one, of the folder of a trial, or by its label behind a run. */
    private static TrialFolder trial(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        List<TrialFolder> found = new ArrayList<>();
        if (Files.isDirectory(path)) {
            found.addAll(RunFolder.networks(path));
        } else if (parent != null && RunFolder.isOne(parent)) {
            String label = String.valueOf(path.getFileName());
            for (TrialFolder trial : RunFolder.networks(parent)) {
                if (trial.readOutcome() instanceof Done done
                        && done.trial().label().equals(label)) {
                    found.add(trial);
                }
            }
        } else {
            throw new RequestException("expected an ONNX file, a table of predictions (.csv) or RUN/CLASSIFIER, but "
                    + path + " does not exist");
        }
        found.removeIf(trial -> !Files.isRegularFile(trial.onnx()));
        if (found.size() != 1) {
            throw new RequestException("expected one network with an ONNX file at " + path + ", but there are "
                    + found.size()
                    + (found.isEmpty()
                            ? ""
                            : ": name one, such as " + found.get(0).onnx()));
        }
        return found.get(0);
    }

    /** Makes the name of a file one of a folder. */
    static String baseName(Path path) {
        String name = String.valueOf(path.getFileName())
                .replaceFirst("(?i)\\.(onnx|csv|tsv)$", "")
                .replaceAll("[^A-Za-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return name.isEmpty()
                ? "given"
                : name.substring(0, Math.min(LONGEST, name.length())).replaceAll("-$", "");
    }

    /** Takes a name that is free, in any letter case: this one, or with a number behind it. */
    static String free(String name, Set<String> taken) {
        TrialSpec.checkedName("name", name);
        String free = name;
        for (int i = 2; !taken.add(free.toLowerCase(Locale.ROOT)); i++) {
            free = name + "-" + i;
        }
        return free;
    }
}
