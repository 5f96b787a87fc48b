package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.experiment.DataSetRuns;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.TerminalText;
import io.catwalk.runner.report.slides.Slides.SlideOptions;
import io.catwalk.runner.report.slides.Slides.SlideOptions.Extent;
import io.catwalk.runner.report.slides.Template;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.RobustnessMeter;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        description = {
            "Write the reports of a run again from the files in its folder, even if it was interrupted.",
            "These are report.html, slides.pptx, plots, results.md and .csv, and the card of each model. The page shows the"
                    + " page of catwalk demo RUN, if that was written."
        })
final class ReportCommand extends ConsoleCommand {

    private static final Logger LOG = LoggerFactory.getLogger(ReportCommand.class);

    private static final int MOST_IMAGES = 1_000_000;

    @Parameters(paramLabel = "RUN", description = "A run folder, or one with the runs of several data sets.")
    private Path folder = Path.of("");

    @Option(names = "--open", description = "Open the page in the browser.")
    private boolean open;

    @Option(names = "--appendix", description = "Add every detail to the slides, as an appendix.")
    private boolean appendix;

    @Option(names = "--template", paramLabel = "FILE", description = "A .pptx or .potx, whose design the slides use.")
    private @Nullable Path template;

    @Option(
            names = "--robustness",
            description =
                    "Measure with the ONNX files how accurate the classifiers are on test images that are shifted, rotated, "
                            + "noisy or of low contrast. Later reports show it, too.")
    private boolean robustness;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Test images for --robustness. Default: " + RobustnessMeter.IMAGES)
    private @Nullable Integer images;

    @Override
    int run() throws IOException {
        SlideOptions slides = new SlideOptions(
                appendix ? Extent.WITH_APPENDIX : Extent.FINDINGS, template == null ? null : Template.read(template));
        if (images != null && !robustness) {
            throw new RequestException("--images is for --robustness: leave it out, or add --robustness");
        }
        int most = OptionParsers.within("--images", images == null ? RobustnessMeter.IMAGES : images, MOST_IMAGES);
        DataSetRuns all = DataSetRuns.isOne(folder) ? new DataSetRuns(folder) : null;
        List<RunFolder> runs = all != null ? all.begun() : List.of(RunFolder.open(folder));
        for (RunFolder run : robustness ? runs : List.<RunFolder>of()) {
            measure(run, most);
        }
        Path page = all != null ? across(all, slides) : run(runs.get(0), slides);
        console.line(page.toString());
        if (open) {
            open(page);
        }
        return ExitCode.DONE;
    }

    /** Measures before the run is locked, since that may take minutes. */
    private void measure(RunFolder run, int most) throws IOException {
        PrivateFolder.claim();
        Robustness robustness = RobustnessMeter.of(run.recorded(), Home.data(console), most, console::note)
                .measure(Robustness.in(run), console::note);
        try (RunLock lock = run.lockPatiently(console::note)) {
            robustness.write(lock.run());
        }
    }

    private Path run(RunFolder run, SlideOptions slides) throws IOException {
        try (RunLock lock = run.lockPatiently(console::note)) {
            RecordedRun recorded = lock.run().recorded();
            keepBaselines(recorded);
            Document document = Reports.write(recorded, recorded.compared(), slides, console);
            if (robustness) {
                new TerminalText(console).print(document.section("robustness"));
            }
            tellUnpredicted(recorded);
        }
        return Reports.page(run);
    }

    /** Computes what an earlier version did not record, if the images are still those of the run. */
    private void keepBaselines(RecordedRun recorded) throws IOException {
        if (recorded.folder().readBaselines() != null) {
            return;
        }
        try {
            ImageDataset images = recorded.spec().dataset().load(Home.data(console));
            if (images.sha256().equals(recorded.dataset().sha256())) {
                recorded.folder().keepBaselines(recorded.spec(), images);
            }
        } catch (RequestException e) {
            LOG.info("There are no images for the baselines", e); // the report says that there are no pictures
        }
    }

    private void tellUnpredicted(RecordedRun recorded) {
        recorded.results().done().stream()
                .map(done -> recorded.folder().trial(done.trial()).predictions("test"))
                .filter(file -> !Files.exists(file))
                .forEach(
                        file -> console.note(file + " is missing, so its classifier is not compared: make it again with"
                                + " catwalk resume " + recorded.folder().path()));
    }

    @SuppressWarnings("try") // the lock is held, not used
    private Path across(DataSetRuns all, SlideOptions slides) throws IOException {
        try (RunLock lock = all.lock(RunLock.Purpose.WRITE, console::note)) {
            for (RunFolder run : all.begun()) {
                run(run, slides);
            }
            RunLauncher.write(all.compared(), all);
        }
        return all.page();
    }

    /** Opens the page with a command of the system, since the program itself runs without a display. */
    private void open(Path page) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String file = page.toAbsolutePath().toString();
        List<String> command = system.contains("win")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", file)
                : List.of(system.contains("mac") ? "open" : "xdg-open", file);
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            console.note("could not open it (" + Reasons.of(e) + "): open it yourself");
        }
    }
}
