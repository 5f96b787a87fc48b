package io.catwalk.runner.report.drawing;

import io.catwalk.runner.report.graphics.Letters;

/** Font sizes of a drawing. */
final class Type {

    static final Letters TITLE = Letters.bold(16);
    static final Letters NAME = Letters.bold(13);
    static final Letters SHAPE = Letters.plain(12.5);
    static final Letters DETAIL = Letters.plain(11.5);

    private Type() {}
}
