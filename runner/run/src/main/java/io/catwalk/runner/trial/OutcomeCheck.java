package io.catwalk.runner.trial;

import java.io.IOException;

/** Checks what another machine says of a trial against the files that came with it. */
public interface OutcomeCheck {

    /**
     * Believes nothing: runs the returned weights and the ONNX file on the images of the order, and computes again
     * what follows from them.
     *
     * @param order as this machine gave it, with places on this machine
     * @param folder of the trial, with the files that came back and the claimed outcome, which is done
     * @return done, with the numbers that the files have; lost, with the reason, if they have others than claimed
     * @throws IOException if the check could not be made here, which says nothing about what came back
     * @throws InterruptedException if the calling thread is interrupted
     */
    TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException, InterruptedException;
}
