package io.catwalk.onnx.parity;

import java.util.Locale;

/**
 * Label flip: an image that the reference and the candidate classify differently.
 *
 * @param image index of the image, from 0
 * @param reference label by the reference: index of its largest logit
 * @param candidate label by the candidate: index of its largest logit
 * @param margin by how much the reference prefers its own label to the candidate's, in logits; 0 or above. A margin
 *     below the tolerance means that the reference itself was undecided
 */
public record Flip(int image, int reference, int candidate, double margin) {

    /** Returns the flip in one line, such as {@code image 7: 3 instead of 5, by 1.2e-05}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "image %d: %d instead of %d, by %.1e", image, candidate, reference, margin);
    }
}
