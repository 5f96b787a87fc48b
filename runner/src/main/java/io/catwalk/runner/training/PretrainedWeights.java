package io.catwalk.runner.training;

import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a copy of the weights in the jar of a plugin, until it is closed. */
public final class PretrainedWeights implements AutoCloseable {

    private final Scratch scratch;
    private final Path file;

    private PretrainedWeights(Scratch scratch, Path file) {
        this.scratch = scratch;
        this.file = file;
    }

    /**
     * Copies the weights to a temporary file.
     *
     * @param weights a file in the jar
     * @return the copy
     * @throws TrainingException if the format is not supported
     * @throws IOException if they cannot be read or written
     */
    public static PretrainedWeights copy(URL weights) throws IOException {
        String path = weights.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        Scratch scratch = new Scratch();
        PretrainedWeights copy = new PretrainedWeights(scratch, scratch.file(name));
        try (InputStream in = weights.openStream()) {
            if (!WeightFile.isOne(copy.file)) {
                throw new TrainingException("expected weights of the plugin in a file that ends in "
                        + WeightFile.ENDINGS + ", but found " + name);
            }
            Files.copy(in, copy.file);
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /**
     * Returns what a training takes from the weights.
     *
     * @return all of them, at the full learning rate
     * @throws IOException if they cannot be read
     */
    public Start start() throws IOException {
        return new Start(new InitialWeights(file.toString(), Sha256.of(file), 1), Start.Head.TAKEN);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
