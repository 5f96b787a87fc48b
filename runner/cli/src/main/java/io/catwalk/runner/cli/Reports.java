package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.MarkdownText;
import io.catwalk.runner.report.ModelCard;
import io.catwalk.runner.report.Plots;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.TerminalText;
import io.catwalk.runner.report.page.ReportPage;
import io.catwalk.runner.report.slides.Slides;
import io.catwalk.runner.report.slides.Slides.SlideOptions;
import io.catwalk.runner.report.slides.Slides.SlideOptions.Extent;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes all reports for people into a run folder, from the files in it. */
final class Reports {

    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    private Reports() {}

    static Path page(RunFolder run) {
        return run.path().resolve(RunFolder.PAGE);
    }

    /** Writes the results, the page, the slides, the plots, and the card of each exported model. */
    static Document write(RecordedRun recorded, RunResults results, SlideOptions options, Console console)
            throws IOException {
        ReportModel model = model(recorded, results, console);
        recorded.folder().writeResults(results);
        return write(recorded.folder(), model, options, document -> {});
    }

    private static ReportModel model(RecordedRun recorded, RunResults results, Console console) throws IOException {
        ExperimentSpec spec = recorded.spec();
        return ReportModel.of(
                recorded.folder(), spec, results, () -> spec.dataset().load(Home.data(console)));
    }

    /** What is done with a document before it is rendered. */
    private interface Answer {
        void take(Document document) throws IOException;
    }

    /** Writes plots, page and slides beside each other; the slides take longest, and open their template meanwhile. */
    @SuppressWarnings("try") // what is written beside is waited for, not used
    private static Document write(RunFolder run, ReportModel model, SlideOptions options, Answer answer)
            throws IOException {
        Path plots = run.path().resolve("plots");
        Path slides = run.path().resolve("slides.pptx");
        Beside<Document> made = new Beside<>(() -> {
            model.evaluate();
            return RunDocument.of(model);
        });
        try (var shown = new Beside<>(() -> Slides.write(made::get, slides, options)).started("slides")) {
            try (var drawn = new Beside<>(() -> Plots.write(model, plots)).started("plots")) {
                made.task.run();
                Document document = made.get();
                answer.take(document);
                Robustness robustness = model.robustness();
                if (robustness != null) {
                    AtomicFiles.write(run.path().resolve("robustness.csv"), robustness.csv());
                }
                AtomicFiles.write(run.path().resolve("results.md"), MarkdownText.of(document));
                ReportPage.write(document, page(run));
            }
            Map<String, Path> confusions = Plots.confusions(model, plots);
            for (ReportModel.Model trial : model.models()) {
                card(model, trial, confusions.get(trial.label()));
            }
            return made.get();
        }
    }

    /** Makes something beside the rest; closing it waits until it is there, or says why not. */
    private static final class Beside<T> implements Closeable {

        private final FutureTask<T> task;

        Beside(Callable<T> making) {
            task = new FutureTask<>(making);
        }

        Beside<T> started(String name) {
            new Thread(task, name).start();
            return this;
        }

        T get() throws IOException {
            try {
                return task.get();
            } catch (ExecutionException e) {
                // A new one each time: the same cannot be suppressed by itself when closing tells it again.
                if (e.getCause() instanceof IOException cause) {
                    throw new IOException(cause.getMessage(), cause);
                }
                if (e.getCause() instanceof RequestException cause) {
                    throw new RequestException(String.valueOf(cause.getMessage()), cause);
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the program was stopped");
            }
        }

        @Override
        public void close() throws IOException {
            get();
        }
    }

    static void writePage(RecordedRun recorded, Console console) throws IOException {
        ReportPage.write(RunDocument.of(model(recorded, recorded.compared(), console)), page(recorded.folder()));
    }

    /** Writes the reports of what a run has made, after the answer unless a program reads that; tells if it worked. */
    static boolean writeAfter(
            Experiment experiment, RunFolder run, RunResults results, boolean printed, Console console) {
        try {
            ReportModel model = ReportModel.of(run, experiment.spec(), results, experiment::dataset);
            write(run, model, new SlideOptions(Extent.FINDINGS, null), document -> {
                if (printed) {
                    new TerminalText(console).print(document);
                }
                run.writeResults(results); // what could not be written before is told by the exit code
            });
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.error("The reports could not be written", e);
            console.note("the run is done, but its reports could not be written: " + Reasons.of(e)
                    + "; try catwalk report " + run.path());
            return false;
        }
    }

    private static void card(ReportModel report, ReportModel.Model model, @Nullable Path confusion) throws IOException {
        Path file = model.onnx();
        if (file == null || model.answers() == null || model.trained().parity() == null || report.images() == null) {
            return;
        }
        TrialFolder folder = new TrialFolder(file.resolveSibling(""));
        Comparison comparison = report.results().comparison();
        ModelCard card = new ModelCard(
                model.label(),
                String.valueOf(file.getFileName()),
                model.trained(),
                report.images(),
                Objects.requireNonNull(model.evaluation()),
                model.trained().parity(),
                folder.readExportOptions(),
                model.trained().efficiency().onnxruntime(),
                OnnxMetadata.read(file),
                Files.size(file),
                comparison == null
                        ? null
                        : comparison.standing(model.trained().trial().label()));
        card.write(folder.file(TrialFile.CARD), confusion);
    }
}
