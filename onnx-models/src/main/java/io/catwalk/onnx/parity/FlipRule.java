package io.catwalk.onnx.parity;

/** Says which label flips are allowed. */
public enum FlipRule {
    /** None. */
    NONE,
    /**
     * Flips where the reference prefers its own label by no more than the tolerance allows both logits to move. They
     * are listed as near ties, separate from all other flips, which are not allowed.
     */
    NEAR_TIES,
    /** All flips of images whose logits stay within the tolerance; these are near ties. They are listed as flips. */
    WITHIN_TOLERANCE
}
