package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.experiment.CollectionFolder;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.report.slides.SlideOptions;
import io.catwalk.runner.report.slides.SlideOptions.Extent;
import io.catwalk.runner.report.slides.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the reports of a run anew. */
@Command(
        name = "report",
        description = {
            "Write the reports of a run again from the files in its folder, even if it was interrupted:",
            "report.html, slides.pptx, plots, results.md and .csv, and the card of each model."
        },
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "A run folder, or one with the runs of several data sets.")
    private Path folder = Path.of("");

    @Option(names = "--open", description = "Open the page in the browser.")
    private boolean open;

    @Option(names = "--appendix", description = "Add every detail to the slides, as an appendix.")
    private boolean appendix;

    @Option(
            names = "--template",
            paramLabel = "FILE",
            description = "A PowerPoint file (.pptx) whose master, theme and layouts the slides use.")
    private @Nullable Path template;

    @Override
    public Integer call() throws IOException {
        Console console = new Console(spec);
        SlideOptions slides = new SlideOptions(
                appendix ? Extent.WITH_APPENDIX : Extent.FINDINGS, template == null ? null : Template.read(template));
        Path page = CollectionFolder.isOne(folder)
                ? across(new CollectionFolder(folder), slides, console)
                : run(RunFolder.open(folder), slides, console);
        console.line(page.toString());
        if (open) {
            open(page, console);
        }
        return ExitCode.DONE;
    }

    /** Writes everything of one run anew, and returns its page. */
    static Path run(RunFolder run, SlideOptions slides, Console console) throws IOException {
        try (RunLock lock = run.lockPatiently(console::note)) {
            RecordedRun recorded = lock.run().recorded();
            Reports.write(recorded, recorded.compared(), slides, console);
        }
        return Reports.page(run);
    }

    @SuppressWarnings("try") // the lock is held, not used
    private static Path across(CollectionFolder collection, SlideOptions slides, Console console) throws IOException {
        try (RunLock lock = collection.lockPatiently(console::note)) {
            for (RunFolder run : collection.runs()) {
                run(run, slides, console);
            }
            CollectionRuns.sumUp(collection);
        }
        return collection.page();
    }

    /** The program itself runs without a display, so the system is asked to open the page. */
    private static void open(Path page, Console console) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> opener = system.contains("win")
                ? List.of("rundll32", "url.dll,FileProtocolHandler")
                : List.of(system.contains("mac") ? "open" : "xdg-open");
        List<String> command = new ArrayList<>(opener);
        command.add(page.toAbsolutePath().toString());
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
