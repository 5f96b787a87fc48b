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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Finds the nodes of a file from which on other runtimes give different results; all use the same images. */
@SuppressWarnings("ArrayRecordComponent") // compared with nothing
record RuntimeDiffs(
        Path file,
        OnnxPredictor predictor,
        Preprocessing preprocessing,
        byte[] pixels,
        Tolerance tolerance,
        Duration timeout,
        Runnable beat) {

    /** A comparison, its result, and the version that the runtime reports; null if it never answered. */
    record Compared(
            RuntimeDiff diff,
            RuntimeOutcome outcome,
            @Nullable String version) {}

    /** Returns how many images are used. */
    int images() {
        return pixels.length / predictor.signature().imageSize();
    }

    private Tensor tensor() {
        Signature signature = predictor.signature();
        long[] shape = {images(), signature.channels(), signature.height(), signature.width()};
        return signature.pixels() == PixelType.UINT8
                ? Tensor.of(TensorType.UINT8, ByteBuffer.wrap(pixels), shape)
                : Tensor.of(preprocessing.normalize(pixels), shape);
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
                Answer answer = runner.ask(program, question, timeout, beat);
                if (answer instanceof Answer.Given given) {
                    version.set(given.version());
                    return new OtherRuntime.Given(given.logits());
                }
                return new OtherRuntime.Refused(((Answer.Failed) answer).reason());
            };
            RuntimeDiff diff = RuntimeDiff.of(file, predictor.signature(), tensor(), tolerance, other);
            return new Compared(diff, diff.outcome(), version.get());
        }
    }

    private ModelSignature about(Cut cut, Path model) {
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
                whole.normalization());
    }
}
