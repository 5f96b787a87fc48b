package io.catwalk.runner.cli;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.diff.OtherRuntime;
import io.catwalk.onnx.diff.RuntimeDiff;
import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.diff.Subgraph;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.OriginalImages;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.runtimes.Runner.Answer;
import io.catwalk.runner.runtimes.Runner.Question;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.Software;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs the same images through other runtimes and ONNX Runtime for Java, and compares the answers. */
record RuntimeCheck(
        Path file,
        OnnxPredictor predictor,
        Preprocessing preprocessing,
        ImageSource images,
        Path folder,
        Tolerance tolerance,
        RuntimeOptions options,
        Console console) {

    /** How many images are run again, node by node, where a runtime disagrees. */
    private static final int MOST_AGAIN = 4;

    /** The batch size of the runners: an LSTM in 8 bits uses one scale for all images of a batch. */
    private static final int BATCH = 256;

    RuntimeReport run() throws IOException, InterruptedException {
        Signature signature = predictor.signature();
        if (predictor.resizes()) {
            FileOptions.requireWhole(file, signature);
        } else {
            requireChannelsFirst(file, signature);
        }
        Set<String> operators = predictor.operators();
        Map<Runner, Optional<Path>> programs = options.programs(file, operators);
        long start = System.nanoTime();
        float[] reference = reference();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<RuntimeReport.Entry> entries = new ArrayList<>();
        try (Scratch scratch = new Scratch()) {
            Question whole = question(scratch, images.size());
            for (Map.Entry<Runner, Optional<Path>> one : programs.entrySet()) {
                Runner runner = one.getKey();
                int count = options.images(runner, images.size());
                entries.add(
                        one.getValue().isEmpty()
                                ? new RuntimeReport.Unanswered(runner, false, runner.reason(operators))
                                : asked(
                                        runner,
                                        one.getValue().get(),
                                        count == images.size() ? whole : question(scratch, count),
                                        Arrays.copyOf(reference, count * whole.classes())));
            }
        }
        return new RuntimeReport(
                file.toString(),
                images.size(),
                tolerance,
                Software.current().onnxruntime(),
                images.size() / seconds,
                entries);
    }

    static void requireChannelsFirst(Path file, Signature signature) {
        FileOptions.requireWhole(file, signature);
        if (signature.layout() != Layout.NCHW) {
            throw new RequestException(
                    file + ": expected images of (batch, channels, height, width), which the runners "
                            + "give, found (batch, height, width, channels); export it in the other order");
        }
    }

    private float[] reference() {
        if (predictor.resizes()) {
            return new OriginalImages(images, folder).answers(predictor);
        }
        Signature signature = predictor.signature();
        Normalization normalization = preprocessing.normalization();
        float[] logits = new float[Math.multiplyExact(images.size(), signature.classes())];
        int batch = Math.min(BATCH, images.batchSize());
        for (int from = 0; from < images.size(); from += batch) {
            int to = Math.min(images.size(), from + batch);
            float[] some = predictor.logits(images.normalized(normalization, from, to), to - from);
            System.arraycopy(some, 0, logits, from * signature.classes(), some.length);
        }
        return logits;
    }

    /** Writes the first images as input of the runners; if the batch size is fixed, black ones fill the last batch. */
    private Question question(Scratch scratch, int size) throws IOException {
        Signature signature = predictor.signature();
        Path about = scratch.file("signature.json");
        ModelSignature.stated(file, predictor, preprocessing).write(about);
        Path pixels = scratch.file("images-" + size);
        int batch = Math.max(1, signature.batch());
        int count = (size + batch - 1) / batch * batch;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pixels))) {
            for (int i = 0; i < size; i++) {
                if (predictor.resizes()) {
                    RasterImage image = new OriginalImages(images, folder).image(i);
                    ByteBuffer shape = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    out.write(shape.putInt(image.height())
                            .putInt(image.width())
                            .putInt(image.channels())
                            .array());
                    out.write(image.interleaved());
                } else {
                    out.write(images.image(i).pixels());
                }
            }
            out.write(new byte[(count - size) * images.imageLength()]);
        }
        return new Question(file.toAbsolutePath(), about, pixels, count, signature.classes());
    }

    private RuntimeReport.Entry asked(Runner runner, Path program, Question question, float[] reference)
            throws IOException, InterruptedException {
        Answer answer = runner.ask(program, question, options.timeout());
        if (answer instanceof Runner.Failed failed) {
            return new RuntimeReport.Unanswered(runner, true, failed.reason());
        }
        Runner.Given given = (Runner.Given) answer;
        // Without the logits of black images that fill the last batch.
        float[] logits = Arrays.copyOf(given.logits(), reference.length);
        int size = reference.length / question.classes();
        Parity parity = Parity.of(reference, logits, size, tolerance, FlipRule.NEAR_TIES);
        RuntimeOutcome where =
                parity.agrees() || predictor.resizes() ? null : where(runner, program, reference, logits);
        return new RuntimeReport.Compared(runner, given, size, question.count() / given.seconds(), parity, where);
    }

    private @Nullable RuntimeOutcome where(Runner runner, Path program, float[] reference, float[] logits)
            throws IOException, InterruptedException {
        Signature signature = predictor.signature();
        int batch = Math.max(1, signature.batch());
        byte[] pixels = new byte[(MOST_AGAIN + batch - 1) / batch * batch * images.imageLength()];
        int at = 0;
        for (int image : differingMost(reference, logits, signature.classes())) {
            images.read(image, pixels, at);
            at += images.imageLength();
        }
        try {
            return new RuntimeDiffs(file, predictor, preprocessing, pixels, tolerance, options.timeout())
                    .compared(runner, program)
                    .outcome();
        } catch (OnnxFileException | IllegalArgumentException e) {
            console.note("cannot locate where " + runner.name() + " differs: "
                    + Reasons.oneLine(String.valueOf(e.getMessage())));
            return null;
        }
    }

    private static int[] differingMost(float[] reference, float[] logits, int classes) {
        double[] most = new double[reference.length / classes];
        for (int i = 0; i < reference.length; i++) {
            double difference = Math.abs((double) reference[i] - logits[i]);
            most[i / classes] =
                    Math.max(most[i / classes], Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        }
        return IntStream.range(0, most.length)
                .boxed()
                .sorted(Comparator.comparingDouble(image -> -most[image]))
                .limit(MOST_AGAIN)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Finds the nodes of a file from which on other runtimes give different results; all use the same images. */
    @SuppressWarnings("ArrayRecordComponent") // compared with nothing
    record RuntimeDiffs(
            Path file,
            OnnxPredictor predictor,
            Preprocessing preprocessing,
            byte[] pixels,
            Tolerance tolerance,
            Duration timeout) {

        /** A comparison, its result, and the version that the runtime reports; null if it never answered. */
        record Compared(
                RuntimeDiff diff,
                RuntimeOutcome outcome,
                @Nullable String version,
                int images) {}

        private int images() {
            return pixels.length / predictor.signature().imageSize();
        }

        private Tensor tensor() {
            Signature signature = predictor.signature();
            long[] shape = {images(), signature.channels(), signature.height(), signature.width()};
            return signature.pixels() == PixelType.UINT8
                    ? Tensor.of(TensorType.UINT8, ByteBuffer.wrap(pixels), shape)
                    : Tensor.of(preprocessing.normalization().normalized(pixels, images()), shape);
        }

        /** Compares one runtime; it runs parts of the file, each part in a file of its own. */
        Compared compared(Runner runner, Path program) throws IOException, InterruptedException {
            try (Scratch scratch = new Scratch()) {
                Path asked = Files.write(scratch.file("images"), pixels);
                AtomicReference<@Nullable String> version = new AtomicReference<>();
                OtherRuntime other = cut -> {
                    Path model = scratch.file("cut.onnx");
                    cut.write(model);
                    Path signed = scratch.file("cut.signature.json");
                    about(cut, model).write(signed);
                    Question question = new Question(model, signed, asked, images(), cut.numbers());
                    Answer answer = runner.ask(program, question, timeout);
                    if (answer instanceof Runner.Given given) {
                        version.set(given.version());
                        return new OtherRuntime.Given(given.logits());
                    }
                    return new OtherRuntime.Refused(((Runner.Failed) answer).reason());
                };
                RuntimeDiff diff = RuntimeDiff.of(file, predictor.signature(), tensor(), tolerance, other);
                return new Compared(diff, diff.outcome(), version.get(), images());
            }
        }

        private ModelSignature about(Subgraph cut, Path model) {
            Object batch = cut.batch() == Signature.ANY_BATCH ? "batch" : (Object) cut.batch();
            Signature signature = predictor.signature();
            ModelSignature whole = ModelSignature.stated(file, predictor, preprocessing);
            ModelSignature.Input input = whole.input();
            return new ModelSignature(
                    whole.schema(),
                    model.getFileName().toString(),
                    new ModelSignature.Input(
                            input.name(),
                            input.type(),
                            input.layout(),
                            List.of(batch, signature.channels(), signature.height(), signature.width())),
                    new ModelSignature.Output(
                            cut.output(),
                            whole.output().type(),
                            List.of(batch, cut.numbers()),
                            whole.output().scores()),
                    null,
                    whole.color(),
                    whole.resize(),
                    whole.normalization(),
                    null);
        }
    }
}
