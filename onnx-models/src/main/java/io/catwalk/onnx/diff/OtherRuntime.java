package io.catwalk.onnx.diff;

import java.io.IOException;

/** Runs models with another runtime than ONNX Runtime for Java, on images that it knows. */
@FunctionalInterface
public interface OtherRuntime {

    /** Says what came of asking. */
    sealed interface Reply {}

    /**
     * Holds an answer.
     *
     * @param numbers (images, numbers of an image), row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // compared with nothing
    record Given(float[] numbers) implements Reply {}

    /**
     * Holds why there is none.
     *
     * @param reason one line
     */
    record Refused(String reason) implements Reply {}

    /**
     * Asks about all images.
     *
     * @param cut a model and what it gives
     * @return numbers for each image, or why there are none
     * @throws IOException if a file cannot be written or read
     * @throws InterruptedException if the calling thread is interrupted
     */
    Reply ask(Cut cut) throws IOException, InterruptedException;
}
