package io.catwalk.runner.cli;

import io.catwalk.onnx.quantize.IntegerParity;
import io.catwalk.onnx.quantize.IntegerProbe;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.runtimes.Answer;
import io.catwalk.runner.runtimes.Question;
import io.catwalk.runner.runtimes.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Compares the integers that other runtimes compute for an 8-bit file with those of ONNX Runtime for Java. */
final class IntegerCheck implements AutoCloseable {

    /** The answer of a runtime is kept in memory as a whole: 64 MiB. */
    private static final int MOST_NUMBERS = 1 << 24;

    private final Scratch scratch = new Scratch();
    private final RuntimeOptions options;
    private final Console console;
    private @Nullable Asked asked;

    /** The input, and the answer of ONNX Runtime for Java, with its fused kernels and without. */
    @SuppressWarnings("ArrayRecordComponent") // records of this type are not compared
    private record Asked(IntegerProbe probe, Question question, int images, float[] reference, IntegerParity unfused) {}

    private IntegerCheck(RuntimeOptions options, Console console) throws IOException {
        this.options = options;
        this.console = console;
    }

    /**
     * Prepares the check, and runs ONNX Runtime for Java.
     *
     * @param file the ONNX file; if it computes no integers, nothing is run
     * @param preprocessing normalizes the pixels
     * @param images of the size that the file takes; the first of them are used, as many as have 16 million integers
     *     together
     */
    static IntegerCheck of(
            Path file, Preprocessing preprocessing, ImageSource images, RuntimeOptions options, Console console)
            throws IOException {
        IntegerCheck check = new IntegerCheck(options, console);
        try {
            Optional<IntegerProbe> probe = IntegerProbe.of(file, images.height(), images.width());
            if (probe.isPresent()) {
                check.asked = check.asked(probe.get(), preprocessing, images);
            }
            return check;
        } catch (IOException | RuntimeException e) {
            check.close();
            throw e;
        }
    }

    private Asked asked(IntegerProbe probe, Preprocessing preprocessing, ImageSource images) throws IOException {
        int count = Math.max(1, Math.min(images.size(), MOST_NUMBERS / probe.numbers()));
        ImageSource some = images.select(IntStream.range(0, count).toArray());
        Path file = scratch.file("integers.onnx");
        Files.write(file, probe.bytes());
        try (OnnxPredictor fused = OnnxPredictor.open(file);
                OnnxPredictor plain = OnnxPredictor.open(
                        file, OnnxOptions.standard().withOptimization(OptimizationLevel.NONE), OnnxHints.none())) {
            AskedImages kernels = new AskedImages(file, fused, preprocessing, some, this::goesOn);
            float[] reference = kernels.reference();
            float[] unfused = new AskedImages(file, plain, preprocessing, some, this::goesOn).reference();
            return new Asked(
                    probe, kernels.question(scratch), count, reference, probe.compare(reference, unfused, count));
        }
    }

    /** Compares ONNX Runtime for Java with itself without fused kernels; null if the file has no integers. */
    @Nullable
    IntegerParity unfused() {
        return asked == null ? null : asked.unfused();
    }

    /**
     * Runs a runtime.
     *
     * @return null if the file has no integers, or the runtime returned none
     */
    @Nullable
    IntegerParity ask(Runner runner, Path program) throws IOException, InterruptedException {
        if (asked == null || !runner.showsIntegers()) {
            return null;
        }
        Answer answer = runner.ask(program, asked.question(), options.timeout(), this::goesOn);
        if (answer instanceof Answer.Given given) {
            float[] found = Arrays.copyOf(given.logits(), asked.reference().length);
            return IntegerProbe.areWhole(found)
                    ? asked.probe().compare(asked.reference(), found, asked.images())
                    : null;
        }
        return null;
    }

    private void goesOn() {
        ForeignFile.sign(console);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
