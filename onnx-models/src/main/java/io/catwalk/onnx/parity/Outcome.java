package io.catwalk.onnx.parity;

/** Result of one configuration of a cross-check. */
public sealed interface Outcome {

    /**
     * Returns how the file was run.
     *
     * @return the configuration
     */
    Configuration configuration();

    /**
     * Tells whether the file passed.
     *
     * @return whether the file agrees with the reference
     */
    boolean agrees();

    /**
     * Holds the comparison of a file that ran.
     *
     * @param configuration how the file was run
     * @param parity how far it differs from the reference
     */
    record Compared(Configuration configuration, Parity parity) implements Outcome {

        @Override
        public boolean agrees() {
            return parity.agrees();
        }
    }

    /**
     * Holds the reason why a file did not run.
     *
     * @param configuration how the file was to be run
     * @param reason one line
     */
    record Failed(Configuration configuration, String reason) implements Outcome {

        @Override
        public boolean agrees() {
            return false;
        }
    }
}
