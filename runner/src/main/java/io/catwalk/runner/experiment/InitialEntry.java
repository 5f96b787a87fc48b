package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.training.InitialWeights;
import io.catwalk.runner.training.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names weights to start from, as a user writes them.
 *
 * @param file a weight file, or a folder with one trained network
 * @param sha256 digest of the weights; null to accept any
 * @param rate factor of the learning rate for the parameters from there; null for no change
 */
public record InitialEntry(
        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        String file,

        @Nullable String sha256,
        @Nullable Double rate) {

    /** Requests weights that are trained at the full learning rate. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static InitialEntry of(String file) {
        return new InitialEntry(file, null, null);
    }

    /**
     * Finds the weights.
     *
     * @throws RequestException if they are missing, have another digest, or cannot be used
     */
    public InitialWeights resolved() {
        Path weights = Path.of(file);
        try {
            if (Files.isDirectory(weights)) {
                weights = RunFolder.onlyTrained(weights).weights();
            }
            if (!Files.isRegularFile(weights)) {
                throw new RequestException("expected a weight file or a folder with a trained network at " + file
                        + ", but there is none: check the path");
            }
            if (!WeightFile.isOne(weights)) {
                throw new RequestException("expected " + WeightFile.ENDINGS + ", or a folder with a trained"
                        + " network, but found " + file + ": store the weights in one of these formats");
            }
            String digest = Sha256.of(weights);
            if (sha256 != null && !sha256.equals(digest)) {
                throw new RequestException("expected weights of sha256 " + Reasons.oneLine(sha256) + ", but " + file
                        + " is " + digest + ": put the old file back, or delete the key to take this one");
            }
            return new InitialWeights(weights.toAbsolutePath().normalize().toString(), digest, rate == null ? 1 : rate);
        } catch (RequestException | IllegalArgumentException e) {
            throw new RequestException("init: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new RequestException("init: cannot read " + weights + ": " + Reasons.of(e), e);
        }
    }
}
