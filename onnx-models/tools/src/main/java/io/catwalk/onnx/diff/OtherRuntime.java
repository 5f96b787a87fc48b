package io.catwalk.onnx.diff;

import java.io.IOException;

/** Runs models with another runtime than ONNX Runtime for Java, on images that it already has. */
@FunctionalInterface
public interface OtherRuntime {

    /** Reply of the runtime. */
    sealed interface Reply {}

    /**
     * Holds the output of a model.
     *
     * @param numbers (images, numbers of an image), row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // compared with nothing
    record Given(float[] numbers) implements Reply {}

    /**
     * Holds the reason why there is no output.
     *
     * @param reason one line
     */
    record Refused(String reason) implements Reply {}

    /**
     * Runs a model on all images.
     *
     * @return numbers for each image, or the reason why there are none
     * @throws IOException if a file cannot be written or read
     * @throws InterruptedException if the calling thread is interrupted
     */
    Reply ask(Subgraph cut) throws IOException, InterruptedException;
}
