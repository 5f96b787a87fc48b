package io.catwalk.runner.cli;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.report.Audit;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        description = {
            "Find the test images that are in the training set too, or twice in the test set.",
            "With a run: the accuracy of its models without them, and the images that all models get wrong."
        })
final class AuditCommand extends JsonCommand {

    @Parameters(paramLabel = "RUN", arity = "0..1", description = "A run folder. Default: audit a data set alone")
    private @Nullable Path run;

    @Option(names = "--dataset", paramLabel = "NAME|DIR", description = "Data set, if no RUN. Default: fashion-mnist")
    private @Nullable String dataset;

    @Mixin
    private ImageOptions reading;

    @Option(names = "--limit-train", paramLabel = "N", description = "Use a stratified sample of N training images.")
    private @Nullable Integer limitTrain;

    @Option(names = "--limit-test", paramLabel = "N", description = "Use a stratified sample of N test images.")
    private @Nullable Integer limitTest;

    @Option(
            names = "--distance",
            paramLabel = "D",
            description = "Largest distance of two duplicates, in gray levels; 0: the same pixels. "
                    + "Default: ${DEFAULT-VALUE}")
    private double distance = NearDuplicates.NEAR;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder to write to. Default: RUN/audit or audit-NAME")
    private @Nullable Path out;

    @Override
    int run() throws IOException {
        ImageDataset images;
        Map<String, PredictedClasses> predictions = Map.of();
        if (run == null) {
            images = reading.of(dataset == null ? "fashion-mnist" : dataset, null, limitTrain, limitTest)
                    .load(Home.data(console));
        } else {
            if (dataset != null || reading.areGiven() || limitTrain != null || limitTest != null) {
                throw new RequestException(
                        "--dataset, --image-size, --fit, --limit-train and --limit-test are for an audit "
                                + "without a run, but there is " + run + ": its images are audited; leave them out");
            }
            RunFolder folder = RunFolder.open(run);
            images = folder.readExperiment().dataset().load(Home.data(console));
            predictions = predictions(folder, images);
        }
        Audit audit = Audit.of(images, distance, predictions);
        Path target = out != null ? out : run != null ? Audit.folder(run) : Path.of("audit-" + images.name());
        List<String> names = write(audit, target).stream().map(Path::toString).toList();
        if (json) {
            Map<String, @Nullable Object> map = audit.asMap();
            map.put("files", names);
            console.json(map);
        } else {
            print(audit);
            console.line("");
            console.item("Written: ", String.join(" ", names));
        }
        return ExitCode.DONE;
    }

    /** Reads what the trials predicted for the test images, by their titles. Of a search, only its best is read. */
    private static Map<String, PredictedClasses> predictions(RunFolder run, ImageDataset images) throws IOException {
        ExperimentSpec request = run.readExperiment();
        if (request.split().folds() > 0 && request.tuning() == null) {
            throw new RequestException("expected a run that was evaluated on the test images, but " + run.path()
                    + " is a cross-validation, whose folds are training images: audit the data set alone");
        }
        Map<String, PredictedClasses> predictions = new LinkedHashMap<>();
        RunResults results = run.recorded().results(); // of the trials that saw these images, some in another size
        boolean same = results.dataset().sha256().equals(images.sha256());
        for (Done done : results.withoutCandidates().done()) {
            TrialFolder folder = run.trial(done.trial());
            PredictedClasses answers = folder.readPredictedClasses(done, "test");
            if (!same || !Arrays.equals(answers.labels(), images.test().labels())) {
                throw new RequestException("expected predictions for the "
                        + images.test().size() + " test images of " + images.name() + " in "
                        + folder.predictions("test")
                        + ", but found those of others: the images have changed since the run; restore them, or evaluate the"
                        + " present ones with catwalk resume");
            }
            predictions.put(done.trial().title(), answers);
        }
        if (predictions.isEmpty()) {
            throw new RequestException("expected a run with networks that were tested on the test images, but "
                    + run.path() + " has none: audit the data set alone, or wait for the first");
        }
        return predictions;
    }

    @SuppressWarnings("try") // the lock is held, not used
    private List<Path> write(Audit audit, Path target) throws IOException {
        try (RunLock lock = out == null && run != null ? RunFolder.open(run).lockPatiently(console::note) : null) {
            return audit.write(target);
        } catch (FileSystemException e) {
            throw new RequestException(
                    "--out must be a folder that can be made and written, but " + target + " cannot (" + Reasons.of(e)
                            + "): choose another",
                    e);
        }
    }

    private void print(Audit audit) {
        DataCommand.describe(audit.dataset(), console);
        console.line("");
        String head = level(audit.distance()) + " apart at most";
        console.table(List.of(
                List.of(head, "pairs", "same pixels", "other label", "test images"),
                row("a test and a training image", audit.leakedCount()),
                row("two test images", audit.repeatedCount())));
        console.line("");
        console.item("", NearDuplicates.DISTANCE);
        if (audit.predictions().isEmpty()) {
            return;
        }
        console.line("");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("accuracy", "all", "95 % interval", "without", "95 % interval", "images"));
        for (Audit.Model model : audit.models()) {
            Accuracy without = model.withoutDuplicates();
            rows.add(List.of(
                    model.model(),
                    Numbers.percent(model.all().share()),
                    Cell.of(model.all()).text(),
                    without == null ? "-" : Numbers.percent(without.share()),
                    without == null ? "-" : Cell.of(without).text(),
                    Numbers.count(without == null ? 0 : without.images())));
        }
        console.table(rows);
        console.line("");
        console.item("", "In percent; without: on the test images that look like no training image.");
        int wrong = audit.wrongForAll().length;
        int all = audit.dataset().test().size();
        console.say("No model is right on %,d of the %,d test images (%.2f %%).", wrong, all, 100.0 * wrong / all);
    }

    private static List<String> row(String name, Audit.Count count) {
        List<String> row = new ArrayList<>(List.of(name));
        for (int number : new int[] {count.pairs(), count.exact(), count.otherLabel(), count.images()}) {
            row.add(Numbers.count(number));
        }
        return row;
    }

    private static String level(double distance) {
        String number = distance == Math.rint(distance) ? Long.toString((long) distance) : Double.toString(distance);
        return number + (distance == 1 ? " gray level" : " gray levels");
    }
}
