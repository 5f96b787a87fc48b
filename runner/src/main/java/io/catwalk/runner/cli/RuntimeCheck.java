package io.catwalk.runner.cli;

import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.quantize.IntegerParity;
import io.catwalk.onnx.runtime.Layout;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.runtimes.Answer;
import io.catwalk.runner.runtimes.Question;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.Software;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks other runtimes what this program asks ONNX Runtime for Java, and compares the answers. */
final class RuntimeCheck {

    /** As the runners do: an LSTM in 8 bits takes one scale for all images of a batch. */
    private static final int BATCH = 256;

    private final Path file;
    private final OnnxPredictor predictor;
    private final Preprocessing preprocessing;
    private final ImageSource images;
    private final RuntimeOptions options;
    private final Console console;

    /**
     * Prepares the check.
     *
     * @param file to ask about
     * @param predictor that has opened it
     * @param preprocessing of its pixels
     * @param images to ask about, of the size of the file
     */
    RuntimeCheck(
            Path file,
            OnnxPredictor predictor,
            Preprocessing preprocessing,
            ImageSource images,
            RuntimeOptions options,
            Console console) {
        this.file = file;
        this.predictor = predictor;
        this.preprocessing = preprocessing;
        this.images = images;
        this.options = options;
        this.console = console;
    }

    /**
     * Asks all of them, one after the other.
     *
     * @return what came of each, in the order in which they were asked for
     * @throws RequestException if none is installed, one that was asked for by name is not, or the file is of no form that
     *     the runners know
     */
    RuntimeReport run() throws IOException, InterruptedException {
        Signature signature = predictor.signature();
        if (signature.layout() != Layout.NCHW) {
            throw new RequestException(
                    file + ": expected images of (batch, channels, height, width), which the runners "
                            + "give, found (batch, height, width, channels); export it in the other order");
        }
        List<Runner> runners = options.runners();
        Map<Runner, Path> found = found(runners);
        long start = System.nanoTime();
        float[] reference = reference();
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, RuntimeReport.Entry> entries = new LinkedHashMap<>();
        IntegerParity unfused = null;
        try (Scratch scratch = new Scratch();
                IntegerCheck integers = IntegerCheck.of(file, preprocessing, images, options, console)) {
            Question question = question(scratch);
            for (Runner runner : runners) {
                Path program = found.get(runner);
                entries.put(
                        runner.name(),
                        program == null ? left(runner) : asked(runner, program, question, reference, integers));
            }
            unfused = integers.unfused();
        }
        return new RuntimeReport(
                file.toString(),
                images.size(),
                Parity.TOLERANCE,
                Software.current().onnxruntime(),
                images.size() / seconds,
                unfused,
                entries);
    }

    private void goesOn() {
        ForeignFile.sign(console);
    }

    /** Finds those that can answer, before anything takes long. */
    private Map<Runner, Path> found(List<Runner> runners) throws InterruptedException {
        Map<Runner, Path> found = new LinkedHashMap<>();
        for (Runner runner : runners) {
            Optional<String> unknown = runner.unknown(predictor.operators());
            Optional<Path> program = unknown.isPresent() ? Optional.empty() : runner.find(this::goesOn);
            if (program.isEmpty() && !options.takesWhatIsThere()) {
                throw new RequestException(
                        "--runtimes " + runner.name() + ": " + runner.runtime() + " " + reason(runner));
            }
            program.ifPresent(there -> found.put(runner, there));
        }
        if (found.isEmpty()) {
            throw new RequestException("expected a runtime that can read " + file + ", found none; "
                    + runners.get(0).runtime() + ", for one, " + reason(runners.get(0)));
        }
        return found;
    }

    private String reason(Runner runner) {
        return runner.unknown(predictor.operators())
                .map(operator -> "knows no " + operator + ": export the file with --unroll-recurrent --batch 1 for it")
                .orElseGet(() -> "is not installed: " + runner.install());
    }

    private RuntimeReport.Entry left(Runner runner) {
        return new RuntimeReport.Left(runner.runtime(), runner.runtime() + " " + reason(runner));
    }

    private RuntimeReport.Entry asked(
            Runner runner, Path program, Question question, float[] reference, IntegerCheck integers)
            throws IOException, InterruptedException {
        Answer answer = runner.ask(program, question, options.timeout(), this::goesOn);
        if (answer instanceof Answer.Failed failed) {
            return new RuntimeReport.Failed(runner.runtime(), failed.reason());
        }
        Answer.Given given = (Answer.Given) answer;
        float[] logits = new float[reference.length]; // without those of black images that fill the last batch
        System.arraycopy(given.logits(), 0, logits, 0, logits.length);
        Parity parity = Parity.of(reference, logits, images.size(), Parity.TOLERANCE);
        return new RuntimeReport.Compared(
                runner.runtime(),
                given.version(),
                question.count() / given.seconds(),
                parity,
                integers.ask(runner, program),
                given.note());
    }

    /** Returns the right answers by definition, (images, classes), row-major. */
    float[] reference() {
        Signature signature = predictor.signature();
        float[] logits = new float[Math.multiplyExact(images.size(), signature.classes())];
        int batch = Math.min(BATCH, images.batchSize());
        for (int from = 0; from < images.size(); from += batch) {
            int to = Math.min(images.size(), from + batch);
            float[] some = predictor.logits(preprocessing.normalize(images.read(from, to)), to - from);
            System.arraycopy(some, 0, logits, from * signature.classes(), some.length);
            goesOn();
        }
        return logits;
    }

    /** Writes what the runners are asked. Black images fill the last batch of a file with a fixed one. */
    Question question(Scratch scratch) throws IOException {
        Signature signature = predictor.signature();
        Path about = scratch.file("signature.json");
        ModelSignature.stated(file, predictor, preprocessing).write(about);
        Path pixels = scratch.file("images");
        int batch = Math.max(1, signature.batch());
        int count = (images.size() + batch - 1) / batch * batch;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pixels))) {
            byte[] image = new byte[images.imageLength()];
            for (int i = 0; i < images.size(); i++) {
                images.read(i, image, 0);
                out.write(image);
            }
            out.write(new byte[(count - images.size()) * image.length]);
        }
        return new Question(file.toAbsolutePath(), about, pixels, count, signature.classes());
    }
}
