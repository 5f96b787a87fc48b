package io.catwalk.runner.demo;

import io.catwalk.runner.trial.ModelSignature;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Is one network of the page.
 *
 * @param name as people know it
 * @param file in ONNX form
 * @param signature how it is asked
 * @param report address of its confusion matrix, relative to the page; null if there is none
 */
public record DemoNetwork(
        String name,
        Path file,
        ModelSignature signature,
        @Nullable String report) {}
