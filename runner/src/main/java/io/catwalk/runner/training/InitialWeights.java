package io.catwalk.runner.training;

/**
 * Names the weights that a training starts from, in place of random ones.
 *
 * @param file where they are: {@code .params} of DJL, {@code .safetensors} or {@code .onnx}
 * @param sha256 digest of the file, 64 lower-case hexadecimal digits
 * @param rate what the learning rate is multiplied by for the parameters that are taken from it, 0 to 1,000; 0 freezes
 *     them
 */
public record InitialWeights(String file, String sha256, double rate) {

    /** Checks the rate against its range. */
    public InitialWeights {
        if (!(rate >= 0 && rate <= 1_000)) {
            throw new IllegalArgumentException("rate must be between 0 and 1000, but is " + rate);
        }
    }
}
