package io.catwalk.runner.data;

/**
 * Says how the stored lines of an image have to be read for it to stand upright (EXIF 2.32, 4.6.4 A, tag 0x0112).
 *
 * @param code from 1, upright, to 8
 */
record Orientation(int code) {

    static final Orientation UPRIGHT = new Orientation(1);

    private static final int MOST = 8;

    /** Takes a number from a file; one that is none of the eight says nothing. */
    static Orientation of(int code) {
        return code >= 1 && code <= MOST ? new Orientation(code) : UPRIGHT;
    }

    /** Says whether the rows of the upright image are columns of the stored one. */
    boolean isTransposed() {
        return code >= 5;
    }

    /** Says whether each row is stored from its end. */
    boolean isRowReversed() {
        return code == 2 || code == 3 || code == 6 || code == 7;
    }

    /** Says whether the last row is stored first. */
    boolean isColumnReversed() {
        return code == 3 || code == 4 || code == 7 || code == 8;
    }
}
