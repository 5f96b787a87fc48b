package io.catwalk.runner.training;

/**
 * Names the weights that a training starts from, in place of random ones.
 *
 * @param file where they are: {@code .params} of DJL, {@code .safetensors} or {@code .onnx}
 * @param sha256 digest of the file, 64 lower-case hexadecimal digits
 * @param rate factor of the learning rate for the parameters that are taken from the file, 0 to 1,000; 0 freezes
 *     them
 */
public record InitialWeights(String file, String sha256, double rate) {

    /** Checks the range of the rate. */
    public InitialWeights {
        if (!(rate >= 0 && rate <= 1_000)) {
            throw new IllegalArgumentException("rate must be between 0 and 1000, but is " + rate);
        }
    }
}
