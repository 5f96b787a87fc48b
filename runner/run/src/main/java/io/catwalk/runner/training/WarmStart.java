package io.catwalk.runner.training;

import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a training takes from given weights, and what becomes of the last layer, whose shape depends on the number of
 * classes.
 */
public record WarmStart(InitialWeights weights, Head head) {

    /** What becomes of the last layer. */
    public enum Head {
        /** It is taken where the number of classes is the same. */
        TAKEN,
        /** It starts at random, since the weights are known to be for other classes. */
        FRESH
    }

    /**
     * Starts without the last layer if the weights are known to be for classes with other names than those that the
     * network is trained for.
     */
    public static WarmStart of(InitialWeights weights, List<String> classes) {
        boolean other = WeightFile.classes(Path.of(weights.file()))
                .filter(known -> !known.equals(classes))
                .isPresent();
        return new WarmStart(weights, other ? Head.FRESH : Head.TAKEN);
    }

    /**
     * Copies the weights in the jar of a plugin into a folder, since they are read from files.
     *
     * @throws TrainingException if the format is not supported
     */
    public static WarmStart ofPlugin(URL weights, Scratch scratch) throws IOException {
        String path = weights.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        Path file = scratch.file(name);
        try (InputStream in = weights.openStream()) {
            if (!WeightFile.isOne(file)) {
                throw new TrainingException("expected weights of the plugin in a file that ends in "
                        + WeightFile.ENDINGS + ", but found " + name);
            }
            Files.copy(in, file);
        }
        return new WarmStart(new InitialWeights(file.toString(), Sha256.of(file), 1), Head.TAKEN);
    }
}
