package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.Cut;
import io.catwalk.onnx.diff.OtherRuntime;
import io.catwalk.onnx.diff.RuntimeDiff;
import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.runtimes.Answer;
import io.catwalk.runner.runtimes.Question;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.ModelSignature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the nodes of a file from which on other runtimes give different results; all use the same images. */
final class RuntimeDiffs {

    private final Path file;
    private final Signature signature;
    private final ModelSignature about;
    private final byte[] pixels;
    private final Tensor images;
    private final Tolerance tolerance;
    private final Duration timeout;
    private final Runnable beat;

    /** A comparison, its result, and the version that the runtime reports; null if it never answered. */
    record Compared(
            RuntimeDiff diff,
            RuntimeOutcome outcome,
            @Nullable String version) {}

    /**
     * Prepares the comparison on unsigned pixels, row-major, in whole batches; {@code beat} is called every half
     * second.
     */
    RuntimeDiffs(
            Path file,
            OnnxPredictor predictor,
            Preprocessing preprocessing,
            byte[] pixels,
            Tolerance tolerance,
            Duration timeout,
            Runnable beat) {
        this.file = file;
        this.signature = predictor.signature();
        this.about = ModelSignature.stated(file, predictor, preprocessing);
        this.pixels = pixels;
        this.images = images(signature, preprocessing, pixels);
        this.tolerance = tolerance;
        this.timeout = timeout;
        this.beat = beat;
    }

    private static Tensor images(Signature signature, Preprocessing preprocessing, byte[] pixels) {
        long[] shape = {
            pixels.length / signature.imageSize(), signature.channels(), signature.height(), signature.width()
        };
        return signature.pixels() == PixelType.UINT8
                ? Tensor.of(TensorType.UINT8, ByteBuffer.wrap(pixels), shape)
                : Tensor.of(preprocessing.normalize(pixels), shape);
    }

    /** Returns how many images are used. */
    int images() {
        return (int) images.shape()[0];
    }

    Compared compared(Runner runner, Path program) throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            Path asked = Files.write(scratch.file("images"), pixels);
            Asked other = new Asked(runner, program, scratch, asked);
            RuntimeDiff diff = RuntimeDiff.of(file, signature, images, tolerance, other);
            return new Compared(diff, diff.outcome(), other.version);
        }
    }

    /** Runs parts of the file with a runner, each part in a file of its own. */
    private final class Asked implements OtherRuntime {

        private final Runner runner;
        private final Path program;
        private final Scratch scratch;
        private final Path asked;
        private @Nullable String version;

        Asked(Runner runner, Path program, Scratch scratch, Path asked) {
            this.runner = runner;
            this.program = program;
            this.scratch = scratch;
            this.asked = asked;
        }

        @Override
        public Reply ask(Cut cut) throws IOException, InterruptedException {
            Path model = scratch.file("cut.onnx");
            cut.write(model);
            Path signed = scratch.file("cut.signature.json");
            about(cut, model).write(signed);
            Question question = new Question(model, signed, asked, images(), cut.numbers());
            Answer answer = runner.ask(program, question, timeout, beat);
            if (answer instanceof Answer.Given given) {
                version = given.version();
                return new Given(given.logits());
            }
            return new Refused(((Answer.Failed) answer).reason());
        }

        private ModelSignature about(Cut cut, Path model) {
            Object batch = cut.batch() == Signature.ANY_BATCH ? "batch" : (Object) cut.batch();
            ModelSignature.Input input = about.input();
            return new ModelSignature(
                    about.schema(),
                    model.getFileName().toString(),
                    new ModelSignature.Input(
                            input.name(),
                            input.type(),
                            input.layout(),
                            List.of(batch, signature.channels(), signature.height(), signature.width())),
                    new ModelSignature.Output(
                            cut.output(),
                            about.output().type(),
                            List.of(batch, cut.numbers()),
                            about.output().scores()),
                    null,
                    about.color(),
                    about.resize(),
                    about.normalization());
        }
    }
}
