package io.catwalk.runner.demo;

import io.catwalk.runner.trial.ModelSignature;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One network of the page.
 *
 * @param name shown to people
 * @param file the ONNX file
 * @param signature input and output of the file
 * @param report address of its confusion matrix, relative to the page; null if there is none
 */
public record DemoNetwork(
        String name,
        Path file,
        ModelSignature signature,
        @Nullable String report) {}
