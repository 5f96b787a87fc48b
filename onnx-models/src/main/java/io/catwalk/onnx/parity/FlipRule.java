package io.catwalk.onnx.parity;

/** Says which images may get another label. */
public enum FlipRule {
    /** None. */
    NONE,
    /**
     * Those of which the reference prefers its own label by no more than the tolerance allows both logits to move. They are near
     * ties, and listed apart from flips, of which there may be none.
     */
    NEAR_TIES,
    /** All whose logits stay within the tolerance, which then are near ties. They are listed as flips. */
    WITHIN_TOLERANCE
}
