package io.catwalk.onnx;

import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.runtime.ModelFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes a model into one file, or into two if large tensors are external. */
final class ModelWriter {

    private ModelWriter() {}

    /**
     * Writes a model into temporary files beside the target, and then moves them into place.
     *
     * @param beside whether large tensors go into the file that {@link ModelFiles#data} names
     */
    static void write(Model model, boolean beside, Path file) throws IOException {
        Path draft = part(file);
        Path weights = part(ModelFiles.data(file));
        try {
            try (OutputStream stream = Files.newOutputStream(draft)) {
                if (beside) {
                    try (OutputStream data = Files.newOutputStream(weights)) {
                        OnnxSerializer.write(
                                model, String.valueOf(ModelFiles.data(file).getFileName()), data, stream);
                    }
                } else {
                    OnnxSerializer.write(model, stream);
                }
            }
            boolean anyBeside = beside && Files.size(weights) > 0;
            ModelFiles.publish(draft, anyBeside ? Optional.of(weights) : Optional.empty(), file);
        } finally {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(weights);
        }
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }
}
