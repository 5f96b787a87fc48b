package io.catwalk.runner.data;

/**
 * How the stored lines of an image must be read to show it upright (EXIF 2.32, 4.6.4 A, tag 0x0112).
 *
 * @param code from 1, upright, to 8
 */
record Orientation(int code) {

    static final Orientation UPRIGHT = new Orientation(1);

    private static final int MOST = 8;

    /** Returns the orientation of a code from a file; upright if it is none of the eight codes. */
    static Orientation of(int code) {
        return code >= 1 && code <= MOST ? new Orientation(code) : UPRIGHT;
    }

    /** Returns whether the rows of the upright image are columns of the stored one. */
    boolean isTransposed() {
        return code >= 5;
    }

    /** Returns whether each row is stored from its end. */
    boolean isRowReversed() {
        return code == 2 || code == 3 || code == 6 || code == 7;
    }

    /** Returns whether the last row is stored first. */
    boolean isColumnReversed() {
        return code == 3 || code == 4 || code == 7 || code == 8;
    }
}
